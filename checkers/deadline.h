// The end of a checker's time, looked at every few thousand steps: a look at the clock costs as
// much as some twenty of them.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>

namespace cleave {

/// Its text says where the checker was. What was found before it still holds.
class OutOfTime : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds timeout)
      : end_(std::chrono::steady_clock::now() + timeout) {}

  /// Counts steps: those up to the next call. Throws OutOfTime: "out of time " + where().
  template <class Where>
  void Step(uint64_t steps, Where where) {
    steps_ += steps;
    if (steps_ < kBetweenLooks) return;
    steps_ = 0;
    if (std::chrono::steady_clock::now() > end_) throw OutOfTime("out of time " + where());
  }

 private:
  static constexpr uint64_t kBetweenLooks = 4096;
  const std::chrono::steady_clock::time_point end_;
  uint64_t steps_ = 0;
};

}  // namespace cleave
