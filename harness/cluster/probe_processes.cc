// The trials of namespaces and of what is done to processes. See probe_trials.h.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "harness/cluster/probe_trials.h"
#include "harness/run/scoped_fd.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

namespace cleave::trials {
namespace {

namespace fs = std::filesystem;

void Require(bool condition, const char* otherwise) {
  if (!condition) throw std::runtime_error(otherwise);
}

/// A child that ends by SIGKILL when its owner does; it runs `work`, then exits with what that
/// returned.
class Child {
 public:
  template <class Work>
  explicit Child(Work work, int flags = 0)
      : pid_(static_cast<pid_t>(
            syscall(SYS_clone, flags | SIGCHLD, nullptr, nullptr, nullptr, nullptr))) {
    Checked(pid_, "fork");
    if (pid_ == 0) _exit(work());
  }
  ~Child() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  pid_t pid() const { return pid_; }
  int Wait(int options = 0) {
    int status = 0;
    Checked(waitpid(pid_, &status, options), "waitpid");
    return status;
  }

 private:
  pid_t pid_;
};

int Sleep() {
  for (;;) pause();
}

void Write(const fs::path& path, const std::string& text) {
  std::ofstream file(path);
  file << text << std::flush;
  if (!file) ThrowErrno("writing " + path.string());
}

/// Where a hierarchy is mounted whose type and options hold these words, from /proc/self/mounts.
fs::path CgroupMount(const std::string& type, const std::string& option) {
  std::ifstream mounts("/proc/self/mounts");
  std::string device, place, kind, options;
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream words(line);
    words >> device >> place >> kind >> options;
    if (kind == type && ("," + options + ",").find(option) != std::string::npos) return place;
  }
  throw std::runtime_error("no such hierarchy is mounted");
}

/// This process's group in a hierarchy, from the lines "N:controllers:/path" of /proc/self/cgroup.
std::string OwnCgroup(const std::string& controllers) {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const size_t first = line.find(':');
    const size_t second = line.find(':', first + 1);
    if (line.substr(first + 1, second - first - 1) == controllers) return line.substr(second + 1);
  }
  return "/";
}

/// A cgroup below our own, removed with its owner.
class Cgroup {
 public:
  Cgroup(const fs::path& mount, const std::string& own)
      : path_(mount / fs::path(own).relative_path() /
              ("cleave-probe-" + std::to_string(getpid()))) {
    Checked(mkdir(path_.c_str(), 0755), "making a cgroup in " + path_.parent_path().string());
  }
  ~Cgroup() {
    for (int tries = 0; rmdir(path_.c_str()) < 0 && tries < 100; ++tries) usleep(1000);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

bool BecomesWithinASecond(const fs::path& file, const std::string& text) {
  for (int tries = 0; tries < 1000; ++tries, usleep(1000)) {
    std::ifstream stream(file);
    std::stringstream content;
    content << stream.rdbuf();
    if (content.str().find(text) != std::string::npos) return true;
  }
  return false;
}

/// Lets getppid be answered by whoever holds the returned descriptor.
int NotifyOfGetppid() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter = {4, code};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  return static_cast<int>(
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter));
}

}  // namespace

std::string UserNamespace() {
  const std::string user = std::to_string(geteuid());
  Checked(unshare(CLONE_NEWUSER), "unshare");
  return "made as uid " + user;
}

std::string PrivateNamespaces() { return "user, mount, net and pid, with /proc mounted"; }

std::string NodeNamespaces() {
  Checked(unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWPID), "unshare");
  Checked(sethostname("n1", 2), "sethostname");
  Child init([] {
    if (getpid() != 1) return 1;
    return mount("proc", "/proc", "proc", 0, nullptr) == 0 ? 0 : 1;
  });
  Require(init.Wait() == 0, "the first process cannot mount /proc");
  return "net, mount, uts and pid inside the private ones";
}

std::string StopAndContinue() {
  Child child(Sleep);
  kill(child.pid(), SIGSTOP);
  Require(WIFSTOPPED(child.Wait(WUNTRACED)), "the child was not stopped");
  kill(child.pid(), SIGCONT);
  Require(WIFCONTINUED(child.Wait(WCONTINUED)), "the child was not continued");
  return "a child stopped and went on";
}

std::string Ptrace() {
  Child child([] { return ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) < 0 ? 1 : raise(SIGSTOP); });
  Require(WIFSTOPPED(child.Wait()), "a child may not be traced");
  Checked(static_cast<int>(ptrace(PTRACE_CONT, child.pid(), nullptr, nullptr)), "PTRACE_CONT");
  Require(child.Wait() == 0, "a traced child did not go on");
  return "a child was stopped and continued";
}

std::string SeccompNotification() {
  constexpr pid_t kAnswer = 4242;
  int ready[2];
  Checked(pipe(ready), "pipe");
  Child child(
      [&] {
        const int listener = NotifyOfGetppid();
        (void)!write(ready[1], &listener, sizeof listener);
        return syscall(SYS_getppid) == kAnswer ? 0 : 1;
      },
      CLONE_FILES);  // the listener's number is ours too
  int listener = -1;
  Require(read(ready[0], &listener, sizeof listener) == sizeof listener && listener >= 0,
          "a filter with a listener is refused");
  seccomp_notif request = {};
  Checked(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request), "receiving a notification");
  seccomp_notif_resp answer = {};
  answer.id = request.id;
  answer.val = kAnswer;
  Checked(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer), "answering a notification");
  Require(child.Wait() == 0, "the system call did not return our answer");
  return "a system call was answered";
}

std::string FreezerV1() {
  const Cgroup group(CgroupMount("cgroup", ",freezer,"), OwnCgroup("freezer"));
  Child child(Sleep);
  Write(group.path() / "cgroup.procs", std::to_string(child.pid()));
  Write(group.path() / "freezer.state", "FROZEN");
  const bool frozen = BecomesWithinASecond(group.path() / "freezer.state", "FROZEN");
  Write(group.path() / "freezer.state", "THAWED");
  Require(frozen, "the group did not freeze");
  return "a group froze and thawed";
}

std::string FreezerV2() {
  const Cgroup group(CgroupMount("cgroup2", ""), OwnCgroup(""));
  Child child(Sleep);
  Write(group.path() / "cgroup.procs", std::to_string(child.pid()));
  Write(group.path() / "cgroup.freeze", "1");
  const bool frozen = BecomesWithinASecond(group.path() / "cgroup.events", "frozen 1");
  Write(group.path() / "cgroup.freeze", "0");
  Require(frozen, "the group did not freeze");
  return "a group froze and thawed";
}

std::string TimeNamespace() {
  constexpr time_t kOffset = 100'000;
  timespec before;
  clock_gettime(CLOCK_MONOTONIC, &before);
  Checked(unshare(CLONE_NEWTIME), "unshare");
  Write("/proc/self/timens_offsets", "monotonic " + std::to_string(kOffset) + " 0");
  Child child([&] {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec >= before.tv_sec + kOffset ? 0 : 1;
  });
  Require(child.Wait() == 0, "the child's clock was not moved");
  return "a child's monotonic clock was moved";
}

}  // namespace cleave::trials
