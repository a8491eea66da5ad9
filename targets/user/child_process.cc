// posix_spawn, which copies nothing of a large controller. The process leads a session of its own:
// a signal for the terminal does not reach it, and End reaches what it started itself.
#include "targets/user/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "harness/run/scoped_fd.h"

namespace cleave {
namespace {

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

class SpawnActions {
 public:
  explicit SpawnActions(const ChildOptions& options) {
    posix_spawn_file_actions_init(&actions_);
    int target = 0;
    for (const int fd : {options.in, options.out, options.error}) {
      // Above those that are replaced, so that none is overwritten before its turn.
      streams_[target] = ScopedFd(fcntl(fd, F_DUPFD_CLOEXEC, 3));
      posix_spawn_file_actions_adddup2(&actions_, streams_[target].get(), target);
      ++target;
    }
    posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
    posix_spawn_file_actions_addchdir_np(&actions_, options.directory.c_str());
  }
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  std::array<ScopedFd, 3> streams_;
  posix_spawn_file_actions_t actions_;
};

/// No signal is ignored or blocked in the new process.
class SpawnAttributes {
 public:
  SpawnAttributes() {
    posix_spawnattr_init(&attributes_);
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnAttributes() { posix_spawnattr_destroy(&attributes_); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

}  // namespace

ChildProcess::ChildProcess(const ChildOptions& options) {
  std::vector<std::string> variables;
  for (const auto& [name, value] : options.environment) variables.push_back(name + "=" + value);
  const SpawnActions actions(options);
  const SpawnAttributes attributes;
  const int error = posix_spawn(&pid_, options.argv.at(0).c_str(), actions.get(), attributes.get(),
                                Pointers(options.argv).data(), Pointers(variables).data());
  if (error != 0) {
    throw std::system_error(error, std::generic_category(), "cannot execute " + options.argv[0]);
  }
}

ChildProcess::~ChildProcess() { End(); }

bool ChildProcess::Running() const {
  if (!ending_.empty()) return false;
  siginfo_t info = {};
  return waitid(P_PID, pid_, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
}

const std::string& ChildProcess::End() {
  if (!ending_.empty()) return ending_;
  kill(-pid_, SIGKILL);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  succeeded_ = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  ending_ = WIFEXITED(status) ? "exited with " + std::to_string(WEXITSTATUS(status))
                              : "killed by signal " + std::to_string(WTERMSIG(status));
  return ending_;
}

}  // namespace cleave
