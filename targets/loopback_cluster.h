// Nodes for tests of targets: processes of this machine, each node with a loopback address of its
// own. No namespaces: enough to start, kill and talk to servers, without faults of the network.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/run/cluster.h"
#include "harness/run/unprivileged.h"

namespace cleave {

/// A process and all its descendants, each before its children.
inline std::vector<pid_t> ProcessTree(pid_t root) {
  std::vector<pid_t> tree = {root};
  for (size_t i = 0; i < tree.size(); ++i) {
    const std::string task =
        "/proc/" + std::to_string(tree[i]) + "/task/" + std::to_string(tree[i]);
    std::ifstream children(task + "/children");
    for (pid_t child; children >> child;) tree.push_back(child);
  }
  return tree;
}

/// One server at a time. Everything is gone with the node.
class LoopbackNode : public Node {
 public:
  LoopbackNode(std::string name, std::string address, const std::filesystem::path& root)
      : name_(std::move(name)),
        address_(std::move(address)),
        data_(root / name_ / "data"),
        logs_(root / name_ / "logs") {
    std::filesystem::create_directories(data_);
    std::filesystem::create_directories(logs_);
    prctl(PR_SET_CHILD_SUBREAPER, 1);  // a killed server's children can be waited for
  }
  ~LoopbackNode() override { KillNow(); }

  const std::string& name() const override { return name_; }
  const std::string& address() const override { return address_; }
  const std::filesystem::path& data_directory() const override { return data_; }
  const std::filesystem::path& log_directory() const override { return logs_; }

  asio::awaitable<void> Start(const Program& program) override {
    if (Running()) throw std::logic_error(name_ + " runs already");
    std::vector<char*> argv;
    for (const std::string& word : program.argv) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    const std::string log = logs_ / program.log;
    stop_signal_ = program.stop_signal;
    pid_ = fork();
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      const int fd = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
      dup2(fd, STDOUT_FILENO);
      dup2(fd, STDERR_FILENO);
      if (program.not_root && BecomeUnprivileged() != 0) _exit(126);
      for (const auto& [key, value] : program.environment) setenv(key.c_str(), value.c_str(), 1);
      execv(argv[0], argv.data());
      _exit(127);
    }
    co_return;
  }
  asio::awaitable<void> Kill() override {
    KillNow();
    co_return;
  }
  asio::awaitable<void> Stop(std::chrono::milliseconds grace) override {
    Signal(stop_signal_);
    const auto deadline = std::chrono::steady_clock::now() + grace;
    while (Running() && std::chrono::steady_clock::now() < deadline) usleep(1'000);
    return Kill();
  }
  void Pause() override {
    Signal(SIGSTOP);
    if (pid_ > 0) waitpid(pid_, nullptr, WUNTRACED);  // until it has stopped, not only been told
  }
  void Resume() override { Signal(SIGCONT); }
  bool Running() const override {
    if (pid_ > 0 && waitpid(pid_, &status_, WNOHANG) != 0) pid_ = -1;
    return pid_ > 0;
  }
  std::string ExitDescription() const override {
    if (Running() || status_ < 0) return "";
    if (WIFEXITED(status_)) return "exited with " + std::to_string(WEXITSTATUS(status_));
    return "killed by signal " + std::to_string(WTERMSIG(status_));
  }
  std::vector<ProcessState> Processes() const override { return {}; }

  /// What the server wrote, for messages of failed tests.
  std::string Log(const std::string& file) const {
    std::ifstream log(logs_ / file);
    return std::string(std::istreambuf_iterator<char>(log), {});
  }

 private:
  void Signal(int signal) const {
    if (pid_ > 0) kill(pid_, signal);
  }
  void KillNow() {
    if (!Running()) return;
    const std::vector<pid_t> tree = ProcessTree(pid_);
    for (const pid_t pid : tree) kill(pid, SIGKILL);
    waitpid(pid_, &status_, 0);
    for (const pid_t pid : tree) waitpid(pid, nullptr, 0);
    pid_ = -1;
  }

  std::string name_, address_;
  std::filesystem::path data_, logs_;
  mutable pid_t pid_ = -1;
  mutable int status_ = -1;  // of the program that ended last
  int stop_signal_ = SIGTERM;
};

/// n1 … nN in a temporary directory that goes with the cluster.
class LoopbackCluster : public Cluster, private Network {
 public:
  explicit LoopbackCluster(int count) {
    std::string pattern = std::filesystem::temp_directory_path() / "cleave-nodes-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    root_ = pattern;
    // A network of 127/8 for this test process: etcd and others insist on their ports.
    const int pid = getpid();
    const std::string net =
        "127." + std::to_string(64 + pid / 200 % 128) + "." + std::to_string(1 + pid % 200) + ".";
    for (int i = 1; i <= count; ++i) {
      nodes_.push_back(
          std::make_unique<LoopbackNode>("n" + std::to_string(i), net + std::to_string(i), root_));
    }
  }
  ~LoopbackCluster() override {
    nodes_.clear();
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  std::span<const std::unique_ptr<Node>> nodes() const override { return nodes_; }
  Network& network() override { return *this; }
  const std::filesystem::path& root() const { return root_; }
  std::string Log(int node, const std::string& file) const {
    return static_cast<const LoopbackNode&>(*nodes_[node]).Log(file);
  }

 private:
  void Cut(std::span<const Link>) override { throw std::logic_error("loopback cannot be cut"); }
  void Uncut() override {}
  std::vector<Link> CutLinks() const override { return {}; }
  uint64_t DroppedPackets() const override { return 0; }

  std::filesystem::path root_;
  std::vector<std::unique_ptr<Node>> nodes_;
};

}  // namespace cleave
