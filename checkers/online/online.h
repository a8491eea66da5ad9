// Checkers that judge a run while it goes on. They read the stream of events once, keep what later
// events can still contradict, and forget the rest: O(concurrency + crashed operations + live keys)
// memory, of a set its elements. What they report is a violation for certain; that a run may be
// stopped by it is their whole purpose: the verdict is made at the end, from all of the history.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checkers/checker.h"
#include "harness/history/event.h"

namespace cleave {

/// The first violation.
struct OnlineViolation {
  std::string anomaly;  // "stale-read"; the checker at the end may know a more precise name
  int64_t event = 0;    // the index of the event that proves it
  std::string key;      // the key's JSON text; "" where there is none
};

class OnlineChecker {
 public:
  virtual ~OnlineChecker() = default;
  /// The events of a history in their order, of processes and of the nemesis (which are ignored).
  /// Of a malformed stream it judges what it understands. After a violation nothing more is read.
  virtual void Take(const Event& event) = 0;

  const std::optional<OnlineViolation>& violation() const { return violation_; }
  /// Operations that were not judged: their key's values repeat while they are live, an answer is
  /// of a strange kind, or the key was taken for over.
  uint64_t left_out() const { return left_out_; }
  /// Operations whose answer was judged.
  uint64_t judged() const { return judged_; }
  /// What is remembered now: open operations, and values, elements and blocks of all keys.
  virtual size_t live() const = 0;

 protected:
  std::optional<OnlineViolation> violation_;
  uint64_t left_out_ = 0, judged_ = 0;
};

/// The online form of a checker, by its name or alias; nullptr where there is none.
///
/// | checker | from | claims |
/// |---|---|---|
/// | linearizable | zones with retirement | all of it where no value is written again while live;
/// of mismatches, that the expected value was not certainly there all the time | | set | known
/// elements and the reads that overlap | all of it | | counter | sums | all of it | | queue,
/// total-queue | counts | that nothing comes out that did not go in, or more often | | fifo-queue |
/// order of enqueues | the same, and that nothing overtakes | | mutex, owner-mutex, semaphore |
/// holders | never more than there are permits |
std::unique_ptr<OnlineChecker> MakeOnlineChecker(std::string_view checker,
                                                 const CheckOptions& options = {});

/// The checkers that have one.
std::vector<std::string> OnlineCheckerNames();

}  // namespace cleave
