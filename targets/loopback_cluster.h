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

namespace cleave {

/// One server process at a time. Everything is gone with the node.
class LoopbackNode : public Node {
 public:
  LoopbackNode(std::string name, std::string address, const std::filesystem::path& root)
      : name_(std::move(name)),
        address_(std::move(address)),
        data_(root / name_ / "data"),
        logs_(root / name_ / "logs") {
    std::filesystem::create_directories(data_);
    std::filesystem::create_directories(logs_);
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
    pid_ = fork();
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      const int fd = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
      dup2(fd, STDOUT_FILENO);
      dup2(fd, STDERR_FILENO);
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
  asio::awaitable<void> Stop(std::chrono::milliseconds) override { return Kill(); }
  void Pause() override {
    Signal(SIGSTOP);
    if (pid_ > 0) waitpid(pid_, nullptr, WUNTRACED);  // until it has stopped, not only been told
  }
  void Resume() override { Signal(SIGCONT); }
  bool Running() const override { return pid_ > 0 && waitpid(pid_, nullptr, WNOHANG) == 0; }
  std::string ExitDescription() const override { return ""; }
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
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

  std::string name_, address_;
  std::filesystem::path data_, logs_;
  pid_t pid_ = -1;
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
