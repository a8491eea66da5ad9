// See node_init.h.
#include "harness/cluster/node_init.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <string>

#include "harness/cluster/relay_signals.h"
#include "harness/run/scoped_fd.h"
#include "harness/run/unprivileged.h"

namespace cleave {
namespace {

constexpr int kFailed = 255;

/// One line to the controller; a controller that is gone reads nothing, and nothing follows from
/// that.
void Report(int fd, const std::string& line) {
  (void)!write(fd, (line + "\n").data(), line.size() + 1);
}

[[noreturn]] void Fail(int report, int error, const std::string& what) {
  Report(report, "error " + std::to_string(error) + " " + what);
  _exit(kFailed);
}

void Require(int result, int report, const char* what) {
  if (result < 0) Fail(report, errno, what);
}

/// The program inherits nothing that the controller ignores or blocks.
void ResetSignals() {
  for (int number = 1; number <= SIGRTMAX; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// What kept the program from being executed, for its parent.
struct StartFailure {
  int error = 0;
  bool executing = false;  // else: becoming another user
};

/// Returns the program's pid once it was executed; a pipe that closes on exec tells.
pid_t StartProgram(char** argv, bool not_root, int report) {
  int executed[2];
  Require(pipe2(executed, O_CLOEXEC), report, "pipe");
  const pid_t pid = fork();
  Require(pid, report, "fork");
  if (pid == 0) {
    ResetSignals();
    close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);  // what the controller's own parent left open
    StartFailure failure;
    if (not_root) failure.error = BecomeUnprivileged();
    if (failure.error == 0) {
      execvp(argv[0], argv);
      failure = {errno, true};
    }
    (void)!write(executed[1], &failure, sizeof failure);
    _exit(kFailed);
  }
  close(executed[1]);
  StartFailure failure;
  if (read(executed[0], &failure, sizeof failure) == sizeof failure) {
    Fail(report, failure.error,
         (failure.executing ? "cannot execute "
                            : "cannot make a user namespace in which root is another user for ") +
             std::string(argv[0]));
  }
  close(executed[0]);
  return pid;
}

/// Pid 1 of the node.
[[noreturn]] void RunInit(char** argv, int report) {
  const bool not_root = strcmp(argv[4], "user") == 0;
  const char* hostname = argv[5];
  const char* directory = argv[6];
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setsid();
  Require(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), report,
          "making mounts private");
  Require(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr), report,
          "mounting /proc");
  // As /proc and System V's: what a killed program leaves there is of no other node, and goes.
  if (mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, nullptr) < 0 && errno != ENOENT) {
    Fail(report, errno, "mounting /dev/shm");
  }
  Require(sethostname(hostname, strlen(hostname)), report, "sethostname");
  Require(chdir(directory), report, directory);
  const rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  const pid_t program = StartProgram(argv + 7, not_root, report);
  Report(report, "started");
  Report(report, "status " + std::to_string(RelaySignals(program)));
  _exit(0);
}

}  // namespace

bool IsNodeInit(int argc, char** argv) {
  return argc > 7 && strcmp(argv[1], kNodeInitCommand) == 0;
}

int NodeInitMain(int, char** argv) {
  const int net_namespace = atoi(argv[2]);
  const int report = atoi(argv[3]);
  fcntl(report, F_SETFD, FD_CLOEXEC);
  Require(setns(net_namespace, CLONE_NEWNET), report, "joining the node's net namespace");
  close(net_namespace);
  Require(unshare(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC), report,
          "making the node's namespaces");
  const BlockedSignals blocked;
  const pid_t init = fork();
  Require(init, report, "fork");
  if (init == 0) RunInit(argv, report);
  Report(report, "init " + std::to_string(init));
  RelaySignals(init);
  _exit(0);
}

}  // namespace cleave
