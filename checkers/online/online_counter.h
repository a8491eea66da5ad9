// A counter judged online: the bounds of checkers/streaming/counter.h.
#pragma once

#include <vector>

#include "checkers/online/online_keys.h"

namespace cleave {

/// Each read lies between the least and the greatest sum that real time allows. A read is
/// remembered while an add is open that it may have seen, and that may still fail.
class OnlineCounter {
 public:
  /// Functions add (a whole number below 2^53) and read.
  Found Call(OnlineCall* call, const Event& event);
  Found Return(const OnlineCall& call, const Event& event);
  size_t live() const { return open_adds_.size() + reads_.size(); }

 private:
  struct Sums {
    int64_t up = 0, down = 0;
    void Add(int64_t amount) { (amount >= 0 ? up : down) += amount; }
  };
  struct Read {
    int64_t ret, value, low, high;
  };
  Found Judge(const Read& read) const;
  Found Undo(const OnlineCall& call);

  Sums called_, returned_;
  std::vector<int64_t> open_adds_;  // their calls, ascending
  std::vector<Read> reads_;         // that returned after the call of an open add
};

}  // namespace cleave
