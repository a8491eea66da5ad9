// One node of a local cluster: its directories, and the program that runs in its namespaces.
//
// Invariant: a program that was started is waited for: at most one at a time, and none after the
// node.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "harness/run/cluster.h"

namespace cleave {

class NodeRun;  // one life of a node's program

class LocalNode : public Node {
 public:
  /// Makes the directories. `net_namespace` stays the network's; `io` and it outlive the node.
  LocalNode(asio::io_context& io, std::string name, std::string address,
            const std::filesystem::path& nodes_directory, int net_namespace);
  ~LocalNode() override;

  const std::string& name() const override { return name_; }
  const std::string& address() const override { return address_; }
  const std::filesystem::path& data_directory() const override { return data_directory_; }
  const std::filesystem::path& log_directory() const override { return log_directory_; }

  asio::awaitable<void> Start(const Program& program) override;
  asio::awaitable<void> Kill() override;
  asio::awaitable<void> Stop(std::chrono::milliseconds grace) override;
  void Pause() override;
  void Resume() override;
  bool Running() const override;
  std::string ExitDescription() const override;
  std::vector<ProcessState> Processes() const override;

 private:
  std::shared_ptr<NodeRun> Launch(const Program& program);

  asio::io_context& io_;
  std::string name_;
  std::string address_;
  std::filesystem::path log_directory_;
  std::filesystem::path data_directory_;
  int net_namespace_;
  std::shared_ptr<NodeRun> run_;
  int stop_signal_ = 0;  // of what was started last
};

}  // namespace cleave
