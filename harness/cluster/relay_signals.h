// Waiting for one child while passing on the signals that ask it to end. The outer process of a
// test, the first process of its pid namespace and the first process of every node all do only
// this.
#pragma once

#include <signal.h>
#include <sys/types.h>

namespace cleave {

/// Blocks INT, TERM, HUP, QUIT and CHLD for RelaySignals. Call it before the child is made, so that
/// none is lost, and restore `mask()` in the child.
class BlockedSignals {
 public:
  BlockedSignals();
  ~BlockedSignals();
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;
  const sigset_t& mask() const { return old_; }

 private:
  sigset_t old_;
};

/// Returns the child's wait status. A process that is pid 1 reaps every orphan meanwhile.
int RelaySignals(pid_t child);

/// Whether RelaySignals has passed on an INT or TERM in this process.
bool RelayedInterrupt();

}  // namespace cleave
