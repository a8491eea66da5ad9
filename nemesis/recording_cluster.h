// For unit tests of faults: a cluster in memory that does what it is told and remembers it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/run/asio.h"
#include "harness/run/cluster.h"
#include "harness/run/target.h"

namespace cleave {

class RecordingNode : public Node {
 public:
  explicit RecordingNode(std::string name) : name_(std::move(name)) {}
  const std::string& name() const override { return name_; }
  const std::string& address() const override { return name_; }
  const std::filesystem::path& data_directory() const override { return directory_; }
  const std::filesystem::path& log_directory() const override { return directory_; }
  asio::awaitable<void> Start(const Program&) override {
    ++starts;
    processes = {{next_pid_++, 'S', "server"}, {next_pid_++, 'S', "child"}};
    co_return;
  }
  asio::awaitable<void> Kill() override {
    if (!immortal) processes.clear();
    if (!kill_error.empty()) throw std::runtime_error(kill_error);
    co_return;
  }
  asio::awaitable<void> Stop(std::chrono::milliseconds) override { co_await Kill(); }
  void Pause() override {
    for (ProcessState& process : processes) process.state = 'T';
    if (!pause_error.empty()) throw std::runtime_error(pause_error);
  }
  void Resume() override {
    for (ProcessState& process : processes) process.state = 'S';
  }
  bool Running() const override { return !processes.empty(); }
  std::string ExitDescription() const override { return Running() ? "" : "killed by signal 9"; }
  std::vector<ProcessState> Processes() const override { return processes; }

  std::vector<ProcessState> processes;
  int starts = 0;
  bool immortal = false;
  std::string kill_error, pause_error;  // thrown after all was done

 private:
  std::string name_;
  std::filesystem::path directory_;
  int next_pid_ = 100;
};

class RecordingNetwork : public Network {
 public:
  void Cut(std::span<const Link> links) override {
    if (!deaf) cut.assign(links.begin(), links.end());
  }
  void Uncut() override { cut.clear(); }
  std::vector<Link> CutLinks() const override { return cut; }
  uint64_t DroppedPackets() const override { return dropped; }

  std::vector<Link> cut;
  uint64_t dropped = 0;
  bool deaf = false;  // Cut does nothing
};

class RecordingCluster : public Cluster {
 public:
  /// All nodes run.
  explicit RecordingCluster(int n) {
    for (int i = 1; i <= n; ++i) {
      auto node = std::make_unique<RecordingNode>("n" + std::to_string(i));
      node->processes = {{10 * i, 'S', "server"}};
      nodes_.push_back(std::move(node));
    }
  }
  std::span<const std::unique_ptr<Node>> nodes() const override { return nodes_; }
  RecordingNetwork& network() override { return network_; }
  RecordingNode& node(int i) { return static_cast<RecordingNode&>(*nodes_[i]); }

 private:
  std::vector<std::unique_ptr<Node>> nodes_;
  RecordingNetwork network_;
};

/// Starts "server" on a node.
class RecordingTarget : public Target {
 public:
  asio::awaitable<void> Prepare(Cluster&) override { co_return; }
  asio::awaitable<void> Start(Node& node) override {
    if (broken) throw std::runtime_error("no such program");
    Program program;
    co_await node.Start(program);
  }
  asio::awaitable<bool> Ready(Node& node) override { co_return node.Running(); }
  asio::awaitable<std::optional<std::string>> Leader() override { co_return leader; }
  std::unique_ptr<Client> Open(Node&, int32_t) override { return nullptr; }

  std::optional<std::string> leader;
  bool broken = false;
};

/// Runs a coroutine to its end.
template <class T>
T RunToEnd(asio::awaitable<T> work) {
  asio::io_context io;
  std::optional<T> result;
  std::exception_ptr error;
  asio::co_spawn(io, std::move(work), [&](std::exception_ptr e, T value) {
    error = e;
    result = std::move(value);
  });
  io.run();
  if (error) std::rethrow_exception(error);
  return std::move(*result);
}

}  // namespace cleave
