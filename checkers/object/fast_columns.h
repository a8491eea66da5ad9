// Columns for the fast paths: which row has a value, and which rows come in which order of time,
// without hashing and, for values and times as histories have them, without sorting.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>

#include "checkers/no_index.h"
#include "harness/history/column.h"
#include "harness/history/operation.h"

namespace cleave {

/// A table over a range of numbers is worth its memory where it is at most this large.
inline constexpr bool WorthATable(uint64_t range, size_t count) {
  return range <= 8 * uint64_t{count} + 1024;
}

/// From a value (or any other 32-bit number) to the first row that has it.
class ValueRows {
 public:
  /// Row i has ids[i]. O(rows) where the ids lie close together, O(n log n) otherwise.
  explicit ValueRows(std::span<const uint32_t> ids);
  /// kNone where no row has it. O(1), or O(log n).
  uint32_t Find(uint32_t id) const {
    if (!table_.empty()) return id - low_ < table_.size() ? table_[id - low_] : kNone;
    return Search(id);
  }
  /// How many different ids there are.
  size_t distinct() const { return distinct_; }

 private:
  uint32_t Search(uint32_t id) const;

  uint32_t low_ = 0;
  size_t distinct_ = 0;
  BigVector<uint32_t> table_;
  BigVector<std::pair<uint32_t, uint32_t>> sorted_;  // id, first row; where there is no table
};

/// The numbers below `count` by time(i); those with kNever are left out, and of several with the
/// same time at least one comes.
/// O(count) where the times lie close together, O(n log n) otherwise.
template <class Time>
BigVector<uint32_t> InOrderOfTime(uint32_t count, Time time) {
  BigVector<uint32_t> order;
  order.reserve(count);
  Position low = kNever, high = 0;
  for (uint32_t i = 0; i < count; ++i) {
    const Position t = time(i);
    if (t == kNever) continue;
    low = std::min(low, t);
    high = std::max(high, t);
  }
  if (low > high) return order;
  if (!WorthATable(uint64_t{high} - low + 1, count)) {
    for (uint32_t i = 0; i < count; ++i) {
      if (time(i) != kNever) order.push_back(i);
    }
    std::sort(order.begin(), order.end(),
              [&](uint32_t a, uint32_t b) { return time(a) < time(b); });
    return order;
  }
  BigVector<uint32_t> at(high - low + 1, kNone);
  for (uint32_t i = 0; i < count; ++i) {
    if (time(i) != kNever) at[time(i) - low] = i;
  }
  for (const uint32_t i : at) {
    if (i != kNone) order.push_back(i);
  }
  return order;
}

}  // namespace cleave
