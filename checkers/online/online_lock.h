// A mutex or semaphore judged online: never more holders than permits (see
// object/semaphore_path.h).
#pragma once

#include <vector>

#include "checkers/online/online_keys.h"

namespace cleave {

/// An acquire counts from its return, a release from its call: no order has less held at any
/// moment. A process that releases what it does not hold, or acquires twice, is NotJudged.
class OnlineLock {
 public:
  explicit OnlineLock(uint32_t permits) : permits_(permits) {}

  /// Functions acquire and release, one permit each.
  Found Call(OnlineCall* call, const Event& event);
  Found Return(const OnlineCall& call, const Event& event);
  size_t live() const { return holders_.size() + releases_.size(); }
  const std::vector<int32_t>& holders() const { return holders_; }  // processes

 private:
  struct Release {
    int32_t process;
    size_t most;  // held at once since its call, by others
  };

  uint32_t permits_;
  std::vector<int32_t> holders_;   // processes; who died holding stays
  std::vector<Release> releases_;  // open
};

/// The same of a lock, for a run that is to show what became of two holders: it is reported once
/// each of them has given it back, since only then it may learn that its lease had expired. What is
/// committed in place of released is NotJudged.
class OnlineTwoHolders {
 public:
  Found Call(OnlineCall* call, const Event& event) {
    if (event.f == "commit") throw NotJudged("what was not accepted was not held");
    return two_ ? nullptr : lock_.Call(call, event);
  }
  Found Return(const OnlineCall& call, const Event& event);
  size_t live() const { return lock_.live() + still_.size(); }

 private:
  OnlineLock lock_{1};
  bool two_ = false;
  std::vector<int32_t> still_;  // who held it then and has not given it back
};

}  // namespace cleave
