// The calls and returns of a history's operations in real-time order, grouped by independent key:
// what a checker sweeps over that keeps a running state. An operation without a known return (info)
// has only its call.
#pragma once

#include <span>
#include <vector>

#include "harness/history/history.h"

namespace cleave {

struct Moment {
  uint32_t operation : 31;
  uint32_t is_return : 1;
};
static_assert(sizeof(Moment) == sizeof(Position));

class Moments {
 public:
  /// O(events), 4 bytes each, or 8 where there are keys. Throws std::length_error beyond 2^31
  /// operations.
  explicit Moments(const History& history);

  /// Keys that have operations; operations without a key are a key of their own, kNoKey.
  size_t keys() const { return keys_.size(); }
  KeyId key(size_t i) const { return keys_[i]; }
  std::span<const Moment> Of(size_t i) const {
    return std::span(moments_).subspan(begin_[i], begin_[i + 1] - begin_[i]);
  }

 private:
  void Group(const History& history);

  std::vector<Moment> moments_;
  std::vector<KeyId> keys_;
  std::vector<uint32_t> begin_;
};

}  // namespace cleave
