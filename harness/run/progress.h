// The live line on standard error: where a test stands, redrawn in place.
#pragma once

#include <string>
#include <vector>

#include "harness/run/runner.h"

namespace cleave {

struct ProgressState {
  std::string phase;
  int64_t elapsed = 0;  // nanoseconds
  RunnerCounts counts;
  double rate = 0;                  // completed operations a second, lately
  std::vector<std::string> faults;  // active now
  std::string verdict = "no verdict yet";
};

/// "main 12.3s  1034 op/s  ok 12034 fail 12 info 3  partition n1|n2 n3  no verdict yet", cut to
/// `width`.
std::string FormatProgress(const ProgressState& state, size_t width);

/// Draws only on a terminal. Not thread-safe.
class Progress {
 public:
  /// `enabled` is false for --quiet.
  Progress(int fd, bool enabled);
  ~Progress() { Clear(); }
  bool shown() const { return shown_; }
  void Draw(const ProgressState& state);
  void Clear();

 private:
  int fd_;
  bool shown_, drawn_ = false;
};

}  // namespace cleave
