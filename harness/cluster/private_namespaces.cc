// See private_namespaces.h. Three processes: the caller, which relays signals; pid 1 of the new pid
// namespace, which reaps; and its child, which runs `inner` with the ordinary treatment of signals
// that the kernel denies to pid 1.
#include "harness/cluster/private_namespaces.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "harness/cluster/relay_signals.h"
#include "harness/run/scoped_fd.h"

namespace cleave {
namespace {

constexpr int kKilledExitCode = 255;  // "the harness or the environment failed"
bool in_private_namespaces = false;

std::string ReadWord(const std::string& path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return word;
}

bool WriteWhole(const std::string& path, const std::string& text) {
  const ScopedFd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return fd.get() >= 0 && write(fd.get(), text.data(), text.size()) == ssize_t(text.size());
}

/// Maps every id that this process's user namespace knows to itself.
std::string IdentityMap(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream map;
  for (uint64_t inside, outside, count; file >> inside >> outside >> count;) {
    map << inside << ' ' << inside << ' ' << count << '\n';
  }
  return map.str();
}

bool SharesUserNamespace(pid_t pid) {
  struct stat ours, theirs;
  return stat("/proc/self/ns/user", &ours) == 0 &&
         stat(("/proc/" + std::to_string(pid) + "/ns/user").c_str(), &theirs) == 0 &&
         ours.st_ino == theirs.st_ino;
}

/// Root keeps all its users, so that it still may write where it could; anyone else becomes root of
/// a one-user world. Returns what failed, or "".
std::string WriteIdMaps(pid_t pid) {
  if (SharesUserNamespace(pid)) return "";
  const std::string proc = "/proc/" + std::to_string(pid) + "/";
  if (geteuid() == 0 && WriteWhole(proc + "uid_map", IdentityMap("/proc/self/uid_map"))) {
    if (WriteWhole(proc + "gid_map", IdentityMap("/proc/self/gid_map"))) return "";
  } else if (!WriteWhole(proc + "uid_map", "0 " + std::to_string(geteuid()) + " 1")) {
    return std::string("writing uid_map: ") + strerror(errno);
  }
  // The kernel lets an unprivileged user map a group only when setgroups is given up.
  WriteWhole(proc + "setgroups", "deny");
  if (WriteWhole(proc + "gid_map", "0 " + std::to_string(getegid()) + " 1")) return "";
  return std::string("writing gid_map: ") + strerror(errno);
}

/// What on this machine is known to forbid namespaces, and what to do about it.
std::string Remedies() {
  std::string text;
  if (ReadWord("/proc/sys/kernel/unprivileged_userns_clone") == "0") {
    text +=
        "\n  kernel.unprivileged_userns_clone is 0: "
        "run `sysctl -w kernel.unprivileged_userns_clone=1` as root";
  }
  if (ReadWord("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1") {
    text +=
        "\n  AppArmor restricts user namespaces: "
        "run `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0` as root";
  }
  for (const char* kind : {"user", "mnt", "net", "pid", "uts"}) {
    const std::string name = std::string("max_") + kind + "_namespaces";
    if (ReadWord("/proc/sys/user/" + name) == "0") {
      text += "\n  user." + name + " is 0: run `sysctl -w user." + name + "=10000` as root";
    }
  }
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line == "Seccomp:\t2") {
      text +=
          "\n  a seccomp filter is on, as in a container: allow it, e.g. "
          "`docker run --security-opt seccomp=unconfined --security-opt systempaths=unconfined`";
    }
  }
  if (!text.empty()) return text;
  return "\n  nothing known forbids it here: the kernel may lack namespaces (CONFIG_USER_NS, "
         "CONFIG_NET_NS, CONFIG_PID_NS), or the program runs in a chroot; "
         "see harness/cluster/README.md";
}

[[noreturn]] void Fail(const std::string& what) {
  throw NamespaceError("cannot make private namespaces (" + what + "):" + Remedies());
}

/// fork into new namespaces. Not glibc's fork: the child must be the very process that gets pid 1,
/// with the caller as its parent, or it could not be told to die with it.
pid_t CloneInto(int namespaces) {
  return pid_t(syscall(SYS_clone, namespaces | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
}

pid_t CloneIntoPrivateNamespaces() {
  constexpr int kNamespaces = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID;
  const pid_t pid = CloneInto(kNamespaces | CLONE_NEWUSER);
  if (pid >= 0 || geteuid() != 0) return pid;
  const int error = errno;
  const pid_t without_user = CloneInto(kNamespaces);  // root needs no user namespace
  errno = error;
  return without_user;
}

/// Returns what failed, or "".
std::string PrepareMounts() {
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0) {
    return std::string("making mounts private: ") + strerror(errno);
  }
  if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) < 0) {
    return std::string("mounting /proc: ") + strerror(errno);
  }
  return "";
}

/// The exit code of a relayed child.
int ExitCode(int status, const char* who) {
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  fprintf(stderr, "cleave: %s was killed by signal %d (%s)\n", who, WTERMSIG(status),
          strsignal(WTERMSIG(status)));
  return kKilledExitCode;
}

[[noreturn]] void RunController(const std::function<int()>& inner, const sigset_t& mask) {
  sigprocmask(SIG_SETMASK, &mask, nullptr);
  signal(SIGTTOU, SIG_IGN);  // in a process group of its own it still may print
  in_private_namespaces = true;
  exit(inner());
}

/// `go` yields a byte once the id maps are written; `problem` takes what failed here.
[[noreturn]] void RunFirstProcess(const std::function<int()>& inner, const sigset_t& mask,
                                  ScopedFd go, ScopedFd problem) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  char byte;
  if (read(go.get(), &byte, 1) != 1)
    _exit(kKilledExitCode);  // the caller died before prctl, or gave up
  // Out of the terminal's foreground group: Ctrl-C is for the caller, which relays it.
  setpgid(0, 0);
  const std::string failure = PrepareMounts();
  if (!failure.empty()) {
    (void)!write(problem.get(), failure.data(), failure.size());
    _exit(kKilledExitCode);
  }
  const pid_t controller = fork();
  problem.Close();
  if (controller == 0) {
    go.Close();
    RunController(inner, mask);
  }
  if (controller < 0) _exit(kKilledExitCode);
  _exit(ExitCode(RelaySignals(controller), "the controller"));
}

std::string ReadAll(int fd) {
  std::string text;
  char buffer[256];
  for (ssize_t n; (n = read(fd, buffer, sizeof buffer)) > 0;) text.append(buffer, n);
  return text;
}

}  // namespace

bool InPrivateNamespaces() { return in_private_namespaces; }

int EnterPrivateNamespaces(const std::function<int()>& inner) {
  int go[2], problem[2];
  Checked(pipe2(go, O_CLOEXEC), "pipe");
  ScopedFd go_read(go[0]), go_write(go[1]);
  Checked(pipe2(problem, O_CLOEXEC), "pipe");
  ScopedFd problem_read(problem[0]), problem_write(problem[1]);
  fflush(nullptr);  // or both processes would write what is buffered
  const BlockedSignals blocked;
  signal(SIGCHLD, SIG_DFL);  // where our parent ignores it, children could not be waited for

  const pid_t pid = CloneIntoPrivateNamespaces();
  if (pid < 0) Fail(strerror(errno));
  if (pid == 0) {
    go_write.Close();
    problem_read.Close();
    RunFirstProcess(inner, blocked.mask(), std::move(go_read), std::move(problem_write));
  }
  problem_write.Close();
  go_read.Close();
  std::string failure = WriteIdMaps(pid);
  if (failure.empty()) {
    if (write(go_write.get(), "g", 1) != 1) failure = strerror(errno);
  }
  go_write.Close();
  if (failure.empty()) failure = ReadAll(problem_read.get());
  if (!failure.empty()) {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    Fail(failure);
  }
  return ExitCode(RelaySignals(pid), "the first process of the namespaces");
}

}  // namespace cleave
