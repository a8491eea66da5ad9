// What `cleave check` prints: a summary a path on a terminal, PATH<TAB>true|false|unknown a line
// elsewhere, or one JSON object a path.
#pragma once

#include <string>

#include "harness/cli/judge.h"

namespace cleave {

/// Prints each path as it is judged, and remembers the worst.
class CheckPrinter {
 public:
  explicit CheckPrinter(bool json);
  void Add(const std::string& path, const Judgement& judgement, const History& history);
  /// A path that could not be judged; `why` also goes to standard error.
  void AddFailure(const std::string& path, const std::string& why, int exit_code);
  /// On a terminal, sums up several paths in a last line. Returns the exit code: that of an invalid
  /// history, else that of a failure, else that of the worst verdict.
  int End() const;

 private:
  size_t counts_[4] = {};  // by verdict
  size_t failures_ = 0;
  Verdict worst_ = Verdict::kValid;
  int failure_ = 0;
  bool json_, terminal_;
};

}  // namespace cleave
