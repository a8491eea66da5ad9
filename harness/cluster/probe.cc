// See probe.h. One table of mechanisms, one way to try any of them: in a child, which says through
// a pipe what it saw and is killed when it takes too long.
#include "harness/cluster/probe.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <exception>

#include "harness/cluster/private_namespaces.h"
#include "harness/cluster/probe_trials.h"
#include "harness/run/scoped_fd.h"

namespace cleave {
namespace {

constexpr int kDeadline = 5000;  // milliseconds

enum class Where { kHere, kInside };  // inside private namespaces

struct Mechanism {
  const char* name;
  bool used;
  Where where;
  std::string (*trial)();
  const char* remedy;
};

constexpr const char* kUserNamespaces =
    "sysctl -w kernel.unprivileged_userns_clone=1 (Debian 10), "
    "kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu 24.04), user.max_user_namespaces=10000 "
    "(RHEL 7), whichever exists; or run as root";
constexpr const char* kContainer =
    "in a container: --security-opt seccomp=unconfined --security-opt systempaths=unconfined";
constexpr const char* kNftables =
    "needs CONFIG_NF_TABLES and CONFIG_NF_TABLES_BRIDGE: modprobe nf_tables nf_tables_bridge";

constexpr Mechanism kMechanisms[] = {
    {"user namespaces", true, Where::kHere, trials::UserNamespace, kUserNamespaces},
    {"private namespaces", true, Where::kInside, trials::PrivateNamespaces, kContainer},
    {"node namespaces", true, Where::kInside, trials::NodeNamespaces, kContainer},
    {"veth and bridge", true, Where::kInside, trials::VethAndBridge, "modprobe veth bridge"},
    {"nftables, bridge family", true, Where::kInside, trials::NftablesBridge, kNftables},
    {"SIGSTOP and SIGCONT", true, Where::kHere, trials::StopAndContinue, "none is known"},
    {"netem", false, Where::kInside, trials::Netem,
     "modprobe sch_netem (package linux-modules-extra on Ubuntu, kernel-modules-extra on Fedora)"},
    {"NFQUEUE", false, Where::kInside, trials::Nfqueue, "modprobe nfnetlink_queue nft_queue"},
    {"TAP interfaces", false, Where::kInside, trials::Tap,
     "modprobe tun, and let the user open it: chmod 666 /dev/net/tun"},
    {"FUSE", false, Where::kInside, trials::Fuse,
     "modprobe fuse, and let the user open it: chmod 666 /dev/fuse"},
    {"overlayfs", false, Where::kInside, trials::Overlay,
     "modprobe overlay; in user namespaces since Linux 5.11"},
    {"tmpfs with a size", false, Where::kInside, trials::TmpfsSize, "needs CONFIG_TMPFS"},
    {"time namespaces", false, Where::kInside, trials::TimeNamespace,
     "needs Linux 5.6 with CONFIG_TIME_NS"},
    {"ptrace", false, Where::kHere, trials::Ptrace,
     "sysctl -w kernel.yama.ptrace_scope=1; in a container: --cap-add SYS_PTRACE"},
    {"seccomp user notification", false, Where::kHere, trials::SeccompNotification,
     "needs Linux 5.0 with CONFIG_SECCOMP_FILTER"},
    {"cgroup v2 freezer", false, Where::kHere, trials::FreezerV2,
     "run as root, or in a delegated group: systemd-run --user --scope -p Delegate=yes"},
    {"cgroup v1 freezer", false, Where::kHere, trials::FreezerV1,
     "run as root where v1 is mounted; the v2 freezer is as good"},
    {"loop devices", false, Where::kHere, trials::LoopDevice, "run as root; modprobe loop"},
};

/// "+what was seen" or "-why not".
std::string Try(std::string (*trial)()) {
  try {
    return "+" + trial();
  } catch (const std::exception& error) {
    return std::string("-") + error.what();
  }
}

[[noreturn]] void RunChild(const Mechanism& mechanism, int answer_fd) {
  // What fails is said in the answer and nowhere else.
  const int null = open("/dev/null", O_RDWR);
  for (int fd : {0, 1, 2}) dup2(null, fd);
  const auto attempt = [&] {
    const std::string answer = Try(mechanism.trial);
    return write(answer_fd, answer.data(), answer.size()) < 0 ? 1 : 0;
  };
  if (mechanism.where == Where::kHere) _exit(attempt());
  try {
    _exit(EnterPrivateNamespaces(attempt));
  } catch (const std::exception& error) {
    const std::string answer = std::string("-") + error.what();
    _exit(write(answer_fd, answer.data(), answer.size()) < 0 ? 1 : 0);
  }
}

/// The first bytes that arrive before the deadline; "" when none do.
std::string ReadAnswer(int fd) {
  pollfd waiting = {fd, POLLIN, 0};
  if (poll(&waiting, 1, kDeadline) <= 0) return "-it did not end in time";
  char buffer[4096];
  const ssize_t size = read(fd, buffer, sizeof buffer);
  return size > 0 ? std::string(buffer, size) : "-the trial was killed";
}

std::string Answer(const Mechanism& mechanism) {
  int answer[2];
  Checked(pipe2(answer, O_CLOEXEC), "pipe");
  const ScopedFd reading(answer[0]);
  ScopedFd writing(answer[1]);
  const pid_t child = Checked(fork(), "fork");
  if (child == 0) RunChild(mechanism, writing.get());
  writing.Close();
  const std::string text = ReadAnswer(reading.get());
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  return text;
}

ProbeResult ProbeOne(const Mechanism& mechanism) {
  const std::string answer = Answer(mechanism);
  ProbeResult result;
  result.name = mechanism.name;
  result.used = mechanism.used;
  result.works = answer[0] == '+';
  // What EnterPrivateNamespaces knows of the reasons, a line each, is better than a general remedy.
  const size_t line_end = answer.find('\n');
  result.detail = answer.substr(1, line_end == std::string::npos ? line_end : line_end - 1);
  if (result.works) return result;
  result.remedy = line_end == std::string::npos ? mechanism.remedy : answer.substr(line_end + 1);
  result.remedy.erase(0, result.remedy.find_first_not_of(' '));
  return result;
}

}  // namespace

std::vector<ProbeResult> Probe() {
  std::vector<ProbeResult> results;
  for (const Mechanism& mechanism : kMechanisms) results.push_back(ProbeOne(mechanism));
  return results;
}

std::string FormatProbes(const std::vector<ProbeResult>& results) {
  size_t width = 0;
  for (const ProbeResult& result : results) width = std::max(width, result.name.size());
  std::string text;
  for (const ProbeResult& result : results) {
    text += (result.works ? "  works    " : "  MISSING  ") + result.name;
    text += std::string(width - result.name.size() + 2, ' ') + result.detail;
    if (!result.used) text += "  (not used yet)";
    text += "\n";
    if (!result.remedy.empty()) text += "           to enable: " + result.remedy + "\n";
  }
  return text;
}

}  // namespace cleave
