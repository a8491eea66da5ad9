// See append_history.h.
#include "checkers/transactions/append_history.h"

#include <algorithm>
#include <cstring>

#include "checkers/no_index.h"

namespace cleave {

AppendHistory::AppendHistory(const History& h, Deadline* deadline)
    : TransactionColumns(h, Kind::kAppend, deadline) {
  const auto count = static_cast<uint32_t>(history.operations().size());
  happened.resize(count);
  uses.reserve(2 * size_t{count});
  for (uint32_t t = 0; t < count; ++t) {
    Take(t);
    happened[t] = transactions[t].outcome == Outcome::kOk;
    keys.resize(names.size());
    for (const MicroOp& m : MopsOf(t)) {
      if (m.write) {
        ++keys[m.key].appends;
        uses.push_back({1, kNoVersion});
      } else {
        Read(t, m);
      }
    }
  }
  GroupAppends();
}

/// Every list is compared with the longest so far: if all of these are prefixes of each other, all
/// lists are. Equal lists have one id.
void AppendHistory::Read(uint32_t transaction, const MicroOp& m) {
  ++reads_;
  AppendKey& key = keys[m.key];
  key.last_reader = transaction;
  const auto seen = Elements(m.value);
  const auto longest = Elements(key.longest);
  uses.push_back({0, static_cast<uint32_t>(seen.size() & kNoVersion)});
  if (m.value != key.longest) {
    const size_t both = std::min(seen.size(), longest.size());
    if (both > 0 && std::memcmp(seen.data(), longest.data(), both * sizeof(ValueId)) != 0)
      key.suspect = true;
    Step(seen.size() / 8, transaction);  // comparing takes much less than other steps
  }
  if (key.longest_reader != kNone && seen.size() <= longest.size()) return;
  key.longest = m.value;
  key.longest_reader = transaction;
}

void AppendHistory::GroupAppends() {
  uint32_t total = 0;
  for (AppendKey& key : keys) {
    key.appends_begin = total;
    total += std::exchange(key.appends, 0);
  }
  appends_.resize(total);
  for (uint32_t t = 0; t < transactions.size(); ++t) {
    for (uint32_t i = transactions[t].begin; i < transactions[t].end; ++i) {
      if (!mops[i].write) continue;
      AppendKey& key = keys[mops[i].key];
      Append* next = &appends_[key.appends_begin + key.appends++];
      *next = {mops[i].value, t, i, kNone, 0, 0};
      if (key.appends == 1 || next[-1].transaction != t) continue;
      next[-1].more = 1;
      next->rank = (next[-1].rank + 1) & INT32_MAX;
    }
  }
  for (AppendKey& key : keys) {
    SortAppends(&key);
    distinct_ += key.appends;
  }
}

/// By element, one append each.
void AppendHistory::SortAppends(AppendKey* key) {
  const auto begin = appends_.begin() + key->appends_begin, end = begin + key->appends;
  const auto element = [](const Append& a, const Append& b) { return a.element < b.element; };
  // Elements mostly have ids in the order in which they are appended.
  const auto unordered = std::adjacent_find(
      begin, end, [](const Append& a, const Append& b) { return a.element >= b.element; });
  if (unordered == end) return;
  std::stable_sort(begin, end, element);
  auto kept = begin;
  for (auto next = begin + 1; next != end; ++next) {
    if (next->element != kept->element) {
      *++kept = *next;
      continue;
    }
    key->suspect = true;
    const bool before = transactions[kept->transaction].outcome != Outcome::kFail;
    const bool now = transactions[next->transaction].outcome != Outcome::kFail;
    if (before && now) key->ambiguous = true;
    if (!before) *kept = *next;
  }
  key->appends = static_cast<uint32_t>(kept + 1 - begin);
}

const Append* AppendHistory::Find(uint32_t key, ValueId element) const {
  const auto all = AppendsTo(key);
  const auto it = std::lower_bound(all.begin(), all.end(), element,
                                   [](const Append& a, ValueId e) { return a.element < e; });
  return it == all.end() || it->element != element ? nullptr : &*it;
}

}  // namespace cleave
