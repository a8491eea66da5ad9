// Interned values: every distinct JSON value of a history gets one small dense id, so that checkers
// compare and index by id and never look at text. Lists and maps hold the ids of their elements:
// the elements of a set read are already dense. Invariant: equal values have equal ids, but for
// lists that were added as LooseList.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/history/column.h"
#include "harness/history/json.h"

namespace cleave {

/// A text without its middle where it is longer than about 160 bytes; never cut inside a UTF-8
/// sequence.
std::string Shortened(std::string text);

/// An index into the ValueTable of its history. Dense, from 0; kNull is always 0.
using ValueId = uint32_t;
inline constexpr ValueId kNull = 0;
inline constexpr ValueId kNoValue = UINT32_MAX;  // "there is no value here", which is not null

enum class ValueKind : uint8_t { kNull, kFalse, kTrue, kInt, kNumber, kString, kList, kMap };

/// A text of at most kMaxShortText bytes in one word of 60 bits, which is never 0.
inline constexpr size_t kMaxShortText = 7;
inline uint64_t PackText(std::string_view text) {
  const size_t size = text.size();
  uint64_t bytes = 0;
  const auto place = [&](uint64_t part, size_t at) { bytes |= part << (8 * at); };
  if (size >= 4) {  // two loads, which may overlap
    uint32_t first, last;
    std::memcpy(&first, text.data(), 4);
    std::memcpy(&last, text.data() + size - 4, 4);
    place(first, 0);
    place(last, size - 4);
  } else {
    for (size_t i = 0; i < size; ++i) place(static_cast<unsigned char>(text[i]), i);
  }
  return bytes << 4 | (size + 1);
}

/// Not thread-safe while interning; concurrent reads are fine. Spans and string_views are valid
/// until the next value is interned. Interning is O(size) expected and allocates only to grow.
class ValueTable {
 public:
  ValueTable();

  ValueId Bool(bool value);
  ValueId Int(int64_t value) {
    const auto index = static_cast<size_t>(value);  // a negative one is beyond all
    const bool known = index < small_ints_.size() && small_ints_[index] != kNull;
    return known ? small_ints_[index] : NewInt(value);
  }
  /// A number that is not an int64_t, by its JSON text (1.5, 1e9, 18446744073709551615).
  ValueId Number(std::string_view text);
  ValueId String(std::string_view text) {
    return text.size() <= kMaxShortText ? ShortString(PackText(text))
                                        : InternText(ValueKind::kString, text);
  }
  /// The string that was packed.
  ValueId ShortString(uint64_t packed) {
    const ShortText& recent = recent_texts_[RecentText(packed)];
    return recent.packed == packed ? recent.id : FindShortString(packed);
  }
  ValueId List(std::span<const ValueId> elements);
  /// A list that nobody compares by its id: of equal ones only those that follow each other soon
  /// have one id. Transactions and their micro-operations are millions of such, and searching for
  /// each in all of the table would be most of the time that reading them takes.
  ValueId LooseList(std::span<const ValueId> elements);
  /// A loose list of which the caller knows that it does not follow an equal one soon.
  ValueId NewList(std::span<const ValueId> elements);
  /// Keys and values alternate, in the order given; maps that differ in order differ.
  ValueId Map(std::span<const ValueId> keys_and_values);
  ValueId FromJson(const Json& json);

  size_t size() const { return entries_.size(); }
  ValueKind kind(ValueId id) const { return entries_[id].kind; }
  bool IsList(ValueId id) const { return id != kNoValue && kind(id) == ValueKind::kList; }
  bool IsInt(ValueId id) const { return id != kNoValue && kind(id) == ValueKind::kInt; }
  int64_t AsInt(ValueId id) const { return static_cast<int64_t>(entries_[id].payload); }
  std::string_view AsText(ValueId id) const;            // kString and kNumber
  std::span<const ValueId> Elements(ValueId id) const;  // kList and kMap

  /// The id of a value, or kNoValue where the history never mentions it.
  ValueId FindInt(int64_t value) const;
  ValueId FindString(std::string_view text) const;

  Json ToJson(ValueId id) const;
  /// Compact JSON text, "-" for kNoValue.
  std::string ToText(ValueId id) const;
  /// What people read in evidence: the Shortened text, at a cost that does not grow with a list or
  /// string.
  std::string ToShortText(ValueId id) const;
  /// For results: the value where its text is short, otherwise that short text.
  Json ToShortJson(ValueId id) const;

  /// Bytes in use, for memory bounds and benchmarks: spare capacity is not resident.
  size_t MemoryUse() const;

 private:
  struct Entry {
    uint64_t payload;  // kInt: the integer; otherwise an offset into text_ or elements_
    uint32_t size;     // bytes or elements
    ValueKind kind;
  };
  /// What is asked for and not there costs no look at an entry.
  struct Slot {
    ValueId id = kNull;  // of an empty one: null is never looked up
    uint32_t hash = 0;   // of the content: the highest bits
  };
  size_t FirstSlot(uint32_t hash) const { return uint64_t{hash} << 32 >> (64 - slot_bits_); }
  template <class Equal>
  size_t FindSlot(uint64_t hash, Equal equal) const;
  template <class Equal, class Make>
  ValueId Intern(ValueKind kind, uint64_t hash, Equal equal, Make make);
  ValueId InternText(ValueKind kind, std::string_view text);
  bool HasElements(const Entry& entry, std::span<const ValueId> elements) const;
  ValueId InternElements(ValueKind kind, std::span<const ValueId> elements);
  ValueId Add(uint64_t payload, size_t size, ValueKind kind);
  ValueId NewInt(int64_t value);
  ValueId FindShortString(uint64_t packed);
  static size_t RecentText(uint64_t packed) {
    return packed * 0x9e3779b97f4a7c15ULL >> (64 - kRecentTextBits);
  }
  ValueId FindHashedInt(int64_t value) const;
  Json EndsOf(ValueId id) const;
  void Grow();

  Column<Entry> entries_;
  Column<Slot> slots_;          // open addressing
  unsigned slot_bits_;          // slots_ has two to this power
  size_t hashed_ = 0;           // the entries that slots_ holds
  size_t hashed_ints_ = 0;      // those of them that are integers
  Column<ValueId> small_ints_;  // the ids of dense small integers, which slots_ does not hold
  static constexpr unsigned kRecentTextBits = 10;
  struct ShortText {
    uint64_t packed = 0;
    ValueId id = kNull;
  };
  std::vector<ShortText> recent_texts_;  // few names are in use at a time
  std::vector<Slot> recent_lists_;       // the loose ones
  Column<char> text_;
  Column<ValueId> elements_;
};

}  // namespace cleave
