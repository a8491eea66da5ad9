// The verdict so far, for the live line: what is recorded is judged again and again while the run
// goes on, on a thread of its own and with a small part of one core. Advisory only: the verdict of
// the run is made at its end, from all of it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace cleave {

class InterimVerdict {
 public:
  /// Judges the first `bytes` of the history, whole lines, in few words: "valid", "INVALID:
  /// stale-read", or "" where nothing can be said yet. Called on this object's thread.
  using Judge = std::function<std::string(uint64_t bytes)>;

  /// Beyond this the history is left to the end: judging must not cost memory without bound.
  static constexpr uint64_t kMostBytes = uint64_t{64} << 20;

  /// An empty function never says anything.
  explicit InterimVerdict(Judge judge);
  /// Waits for the judgement under way.
  ~InterimVerdict();
  InterimVerdict(const InterimVerdict&) = delete;
  InterimVerdict& operator=(const InterimVerdict&) = delete;

  /// "no verdict yet", "valid up to 12s", "INVALID up to 12s: stale-read". Starts a new judgement
  /// of the `bytes` recorded after `elapsed` nanoseconds where one is due. Called from one thread.
  std::string Words(int64_t elapsed, uint64_t bytes);

 private:
  void Work();

  const Judge judge_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false, asked_ = false;
  uint64_t bytes_ = 0, judged_bytes_ = 0;
  int64_t elapsed_ = 0;     // of what is asked
  int64_t not_before_ = 0;  // steady clock, nanoseconds
  std::string words_ = "no verdict yet";
  std::thread thread_;
};

}  // namespace cleave
