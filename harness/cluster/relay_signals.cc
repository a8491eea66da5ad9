// See relay_signals.h. Signals are taken with sigwaitinfo: no handler, no race between a signal and
// the child's end. Pid 1 gets them too, because the kernel never drops a blocked signal.
#include "harness/cluster/relay_signals.h"

#include <sys/wait.h>
#include <unistd.h>

namespace cleave {
namespace {

bool relayed_interrupt = false;

sigset_t Relayed() {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD}) sigaddset(&set, signal);
  return set;
}

}  // namespace

BlockedSignals::BlockedSignals() {
  sigset_t set = Relayed();
  sigprocmask(SIG_BLOCK, &set, &old_);
}

BlockedSignals::~BlockedSignals() { sigprocmask(SIG_SETMASK, &old_, nullptr); }

int RelaySignals(pid_t child) {
  const sigset_t set = Relayed();
  const pid_t reaped = getpid() == 1 ? -1 : child;
  for (;;) {
    const int signal = sigwaitinfo(&set, nullptr);
    if (signal == SIGCHLD) {
      int status = 0;
      for (pid_t pid; (pid = waitpid(reaped, &status, WNOHANG)) > 0;) {
        if (pid == child) return status;
      }
    } else if (signal > 0) {
      relayed_interrupt = relayed_interrupt || signal == SIGINT || signal == SIGTERM;
      kill(child, signal);
    }
  }
}

bool RelayedInterrupt() { return relayed_interrupt; }

}  // namespace cleave
