// The value table: one open-addressing hash table over columns, plus a direct map for small
// integers.
#include "harness/history/value.h"

#include <algorithm>
#include <cstring>

#include "harness/history/check.h"

namespace cleave {
namespace {

// Integers below this bound, or below four times the table's size, take the direct map.
constexpr int64_t kAlwaysSmall = 1 << 16;
constexpr unsigned kFirstSlotBits = 10;
constexpr size_t kMaxText = size_t{1} << 40;
constexpr size_t kHalf = 80;  // bytes that Shortened leaves on either side
constexpr unsigned kRecentListBits = 12;

uint64_t Mix(uint64_t x) {  // the finaliser of splitmix64
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// Both halves of a product that nearly every bit of x changes (Wang Yi's wyhash).
uint64_t Fold(uint64_t x) {
  const auto product = static_cast<unsigned __int128>(x) * 0x9e3779b97f4a7c15ULL;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

/// Intern mixes it once more.
uint64_t HashBytes(const void* data, size_t size, uint64_t seed) {
  const char* p = static_cast<const char*>(data);
  uint64_t h = Fold(seed + size);
  for (; size >= 8; p += 8, size -= 8) {
    uint64_t word;
    std::memcpy(&word, p, 8);
    h = Fold(h ^ word);
  }
  uint64_t tail = 0;
  if (size != 0) std::memcpy(&tail, p, size);  // `data` of nothing may be null
  return Fold(h ^ tail);
}

}  // namespace

std::string Shortened(std::string text) {
  if (text.size() <= 2 * kHalf) return text;
  const auto inside = [&](size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  size_t head = kHalf, tail = text.size() - kHalf;
  while (head > 0 && inside(head)) --head;
  while (tail < text.size() && inside(tail)) ++tail;
  return text.substr(0, head) + " … " + text.substr(tail);
}

ValueTable::ValueTable()
    : slots_(size_t{1} << kFirstSlotBits),
      slot_bits_(kFirstSlotBits),
      recent_texts_(size_t{1} << kRecentTextBits),
      recent_lists_(size_t{1} << kRecentListBits) {
  Add(0, 0, ValueKind::kNull);
}

ValueId ValueTable::Add(uint64_t payload, size_t size, ValueKind kind) {
  CHECK(entries_.size() < kNoValue - 1) << "a history holds at most 2^32 - 2 distinct values";
  CHECK(size <= UINT32_MAX) << "one value is larger than 4 GiB";
  entries_.push_back({payload, static_cast<uint32_t>(size), kind});
  return static_cast<ValueId>(entries_.size() - 1);
}

template <class Equal>
size_t ValueTable::FindSlot(uint64_t hash, Equal equal) const {
  const uint32_t tag = static_cast<uint32_t>(hash >> 32);
  const size_t mask = slots_.size() - 1;
  size_t slot = FirstSlot(tag);
  while (slots_[slot].id != kNull) {
    if (slots_[slot].hash == tag && equal(entries_[slots_[slot].id])) break;
    slot = (slot + 1) & mask;
  }
  return slot;
}

template <class Equal, class Make>
ValueId ValueTable::Intern(ValueKind kind, uint64_t hash, Equal equal, Make make) {
  hash = Mix(hash ^ (static_cast<uint64_t>(kind) << 56));
  const auto same = [&](const Entry& e) { return e.kind == kind && equal(e); };
  size_t slot = FindSlot(hash, same);
  if (slots_[slot].id != kNull) return slots_[slot].id;
  if (++hashed_ * 3 >= slots_.size() * 2) {
    Grow();
    slot = FindSlot(hash, same);
  }
  const auto [payload, size] = make();
  const ValueId id = Add(payload, size, kind);
  slots_[slot] = {id, static_cast<uint32_t>(hash >> 32)};
  return id;
}

void ValueTable::Grow() {
  Column<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  ++slot_bits_;
  const size_t mask = slots_.size() - 1;
  for (const Slot& moved : old) {
    if (moved.id == kNull) continue;
    size_t slot = FirstSlot(moved.hash);
    while (slots_[slot].id != kNull) slot = (slot + 1) & mask;
    slots_[slot] = moved;
  }
}

ValueId ValueTable::Bool(bool value) {
  const ValueKind kind = value ? ValueKind::kTrue : ValueKind::kFalse;
  return Intern(
      kind, 0, [](const Entry&) { return true; }, [] { return std::pair<uint64_t, size_t>(0, 0); });
}

ValueId ValueTable::NewInt(int64_t value) {
  const size_t index = static_cast<size_t>(value);
  const uint64_t payload = static_cast<uint64_t>(value);
  const bool small =
      value >= 0 && (value < kAlwaysSmall || value < static_cast<int64_t>(4 * entries_.size()));
  if (!small) {
    return Intern(
        ValueKind::kInt, payload, [&](const Entry& e) { return e.payload == payload; },
        [&] {
          ++hashed_ints_;
          return std::pair<uint64_t, size_t>(payload, 0);
        });
  }
  // It may have been hashed when the table was smaller. What is in the direct map is not hashed
  // too.
  ValueId id = value < kAlwaysSmall || hashed_ints_ == 0 ? kNoValue : FindHashedInt(value);
  if (id == kNoValue) id = Add(payload, 0, ValueKind::kInt);
  if (index >= small_ints_.size()) {
    small_ints_.resize(std::max<size_t>(index + 1, small_ints_.size() + small_ints_.size() / 2), 0);
  }
  small_ints_[index] = id;
  return id;
}

ValueId ValueTable::InternText(ValueKind kind, std::string_view text) {
  return Intern(
      kind, HashBytes(text.data(), text.size(), 1),
      [&](const Entry& e) {
        return e.size == text.size() &&
               std::memcmp(text_.data() + e.payload, text.data(), e.size) == 0;
      },
      [&] {
        CHECK(text_.size() < kMaxText);
        const std::pair<uint64_t, size_t> place(text_.size(), text.size());
        text_.append(text);
        return place;
      });
}

bool ValueTable::HasElements(const Entry& entry, std::span<const ValueId> elements) const {
  return entry.size == elements.size() &&
         std::equal(elements.begin(), elements.end(), elements_.begin() + entry.payload);
}

ValueId ValueTable::InternElements(ValueKind kind, std::span<const ValueId> elements) {
  return Intern(
      kind, HashBytes(elements.data(), elements.size_bytes(), 2),
      [&](const Entry& e) { return HasElements(e, elements); },
      [&] {
        const std::pair<uint64_t, size_t> place(elements_.size(), elements.size());
        elements_.append(elements);
        return place;
      });
}

ValueId ValueTable::LooseList(std::span<const ValueId> elements) {
  const uint64_t hash = HashBytes(elements.data(), elements.size_bytes(), 2);
  const auto tag = static_cast<uint32_t>(hash >> 32);
  Slot& recent = recent_lists_[hash % recent_lists_.size()];
  if (recent.id != kNull && recent.hash == tag && HasElements(entries_[recent.id], elements))
    return recent.id;
  recent = {NewList(elements), tag};
  return recent.id;
}

ValueId ValueTable::NewList(std::span<const ValueId> elements) {
  const size_t place = elements_.size();
  elements_.append(elements);
  return Add(place, elements.size(), ValueKind::kList);
}

ValueId ValueTable::Number(std::string_view text) { return InternText(ValueKind::kNumber, text); }
ValueId ValueTable::FindShortString(uint64_t packed) {
  char text[sizeof packed];  // little-endian, as PackText packs
  const uint64_t bytes = packed >> 4;
  std::memcpy(text, &bytes, sizeof text);
  const ValueId id = InternText(ValueKind::kString, {text, (packed & 15) - 1});
  recent_texts_[RecentText(packed)] = {packed, id};
  return id;
}
ValueId ValueTable::List(std::span<const ValueId> elements) {
  return InternElements(ValueKind::kList, elements);
}
ValueId ValueTable::Map(std::span<const ValueId> elements) {
  return InternElements(ValueKind::kMap, elements);
}

ValueId ValueTable::FromJson(const Json& json) {
  switch (json.type()) {
    case Json::value_t::boolean: return Bool(json.get<bool>());
    case Json::value_t::number_integer: return Int(json.get<int64_t>());
    case Json::value_t::number_unsigned:
      if (json.get<uint64_t>() <= INT64_MAX) return Int(json.get<int64_t>());
      return Number(DumpJson(json));
    case Json::value_t::number_float: return Number(DumpJson(json));
    case Json::value_t::string: return String(json.get_ref<const std::string&>());
    case Json::value_t::array: {
      std::vector<ValueId> ids;
      for (const Json& element : json) ids.push_back(FromJson(element));
      return List(ids);
    }
    case Json::value_t::object: {
      std::vector<ValueId> ids;
      for (const auto& [key, value] : json.items()) {
        ids.push_back(String(key));
        ids.push_back(FromJson(value));
      }
      return Map(ids);
    }
    default: return kNull;
  }
}

std::string_view ValueTable::AsText(ValueId id) const {
  const Entry& e = entries_[id];
  return {text_.data() + e.payload, e.size};
}

std::span<const ValueId> ValueTable::Elements(ValueId id) const {
  const Entry& e = entries_[id];
  return {elements_.data() + e.payload, e.size};
}

ValueId ValueTable::FindInt(int64_t value) const {
  const size_t index = static_cast<size_t>(value);
  if (value >= 0 && index < small_ints_.size() && small_ints_[index] != 0)
    return small_ints_[index];
  return FindHashedInt(value);
}

ValueId ValueTable::FindHashedInt(int64_t value) const {
  const uint64_t payload = static_cast<uint64_t>(value);
  const uint64_t hash = Mix(payload ^ (static_cast<uint64_t>(ValueKind::kInt) << 56));
  const size_t slot = FindSlot(
      hash, [&](const Entry& e) { return e.kind == ValueKind::kInt && e.payload == payload; });
  return slots_[slot].id == kNull ? kNoValue : slots_[slot].id;
}

ValueId ValueTable::FindString(std::string_view text) const {
  const uint64_t hash = Mix(HashBytes(text.data(), text.size(), 1) ^
                            (static_cast<uint64_t>(ValueKind::kString) << 56));
  const size_t slot = FindSlot(hash, [&](const Entry& e) {
    return e.kind == ValueKind::kString &&
           std::string_view(text_.data() + e.payload, e.size) == text;
  });
  return slots_[slot].id == kNull ? kNoValue : slots_[slot].id;
}

Json ValueTable::ToJson(ValueId id) const {
  if (id == kNoValue) return nullptr;
  switch (kind(id)) {
    case ValueKind::kNull: return nullptr;
    case ValueKind::kFalse: return false;
    case ValueKind::kTrue: return true;
    case ValueKind::kInt: return AsInt(id);
    case ValueKind::kNumber: return TryParseJson(AsText(id));
    case ValueKind::kString: return std::string(AsText(id));
    case ValueKind::kList: {
      Json list = Json::array();
      for (const ValueId element : Elements(id)) list.push_back(ToJson(element));
      return list;
    }
    case ValueKind::kMap: {
      Json map = Json::object();
      const auto parts = Elements(id);
      for (size_t i = 0; i + 1 < parts.size(); i += 2) {
        const bool text = kind(parts[i]) == ValueKind::kString;
        map[text ? std::string(AsText(parts[i])) : ToText(parts[i])] = ToJson(parts[i + 1]);
      }
      return map;
    }
  }
  return nullptr;
}

std::string ValueTable::ToText(ValueId id) const {
  if (id == kNoValue) return "-";
  if (kind(id) == ValueKind::kInt) return std::to_string(AsInt(id));
  return DumpJson(ToJson(id));
}

/// The value without what Shortened leaves out of its text anyway: each byte of a string gives at
/// least one byte of text, and so does each element of a list.
Json ValueTable::EndsOf(ValueId id) const {
  constexpr size_t kEnd = kHalf + 8;
  if (kind(id) == ValueKind::kString && AsText(id).size() > 2 * kEnd) {
    const std::string_view text = AsText(id);
    return std::string(text.substr(0, kEnd)) + std::string(text.substr(text.size() - kEnd));
  }
  if (kind(id) != ValueKind::kList) return ToJson(id);
  const auto elements = Elements(id);
  Json list = Json::array();
  for (size_t i = 0; i < elements.size(); ++i) {
    if (i == kEnd && elements.size() > 2 * kEnd) i = elements.size() - kEnd;
    list.push_back(EndsOf(elements[i]));
  }
  return list;
}

std::string ValueTable::ToShortText(ValueId id) const {
  if (id == kNoValue || kind(id) == ValueKind::kInt) return ToText(id);
  return Shortened(DumpJson(EndsOf(id)));
}

Json ValueTable::ToShortJson(ValueId id) const {
  if (id == kNoValue) return nullptr;
  const std::string text = DumpJson(EndsOf(id));
  return text.size() <= 2 * kHalf ? ToJson(id) : Json(Shortened(text));
}

size_t ValueTable::MemoryUse() const {
  return entries_.size() * sizeof(Entry) + slots_.size() * sizeof(Slot) +
         small_ints_.size() * sizeof(ValueId) + text_.size() + elements_.size() * sizeof(ValueId);
}

}  // namespace cleave
