// Which moments lie within the certain stays of some values, as more and more of them are added.
// For the priority queue's path.
#pragma once

#include <span>

#include "checkers/object/passages.h"
#include "harness/history/column.h"

namespace cleave {

/// Time is cut at the marks of the values: their put_ret, and the first moment at which each can be
/// taken. Stretches that are covered point to the next that is not (union-find): O(n α(n)) in all
/// where events lie close together, O(n log n) otherwise. The values must outlive it.
class CoveredTime {
 public:
  explicit CoveredTime(std::span<const Passage> values);

  /// From now on the value's certain stay, (put_ret, take_call), is covered.
  void Cover(uint32_t value);
  /// The event after which the first moment comes that is not covered and at which the value can be
  /// taken; kNever where there is none. The value is taken.
  Position FirstBare(uint32_t value);

 private:
  uint32_t Bare(uint32_t stretch);

  std::span<const Passage> values_;
  BigVector<Position> begins_;    // of stretches; the last one has no end
  BigVector<uint32_t> in_, out_;  // by value: the stretch that begins at its mark; kNone: never
  BigVector<uint32_t> next_;      // by stretch: leads to the first bare one at or after it
};

}  // namespace cleave
