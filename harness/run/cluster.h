// The machines of a test and the network between them, as targets and faults see them.
// harness/cluster implements this for local Linux namespaces.
#pragma once

#include <signal.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/run/asio.h"

namespace cleave {

/// A server process to run on a node.
struct Program {
  std::vector<std::string> argv;                   // argv[0]: a path
  std::map<std::string, std::string> environment;  // added to a minimal environment
  std::string log = "stdout.log";                  // in the node's log directory; appended to
  bool not_root = false;      // for servers that refuse uid 0: see harness/run/unprivileged.h
  int stop_signal = SIGTERM;  // what asks it to end in good order
};

/// One process as /proc shows it.
struct ProcessState {
  int pid;     // as the controller sees it
  char state;  // R, S, D, T (stopped), Z, …
  std::string command;
};

/// One machine. Start … Kill may be repeated. All operations have deadlines of their own.
class Node {
 public:
  virtual ~Node() = default;
  virtual const std::string& name() const = 0;  // "n1"
  /// An IP address that the controller and the other nodes reach.
  virtual const std::string& address() const = 0;
  virtual const std::filesystem::path& data_directory() const = 0;  // survives Kill and Start
  virtual const std::filesystem::path& log_directory() const = 0;   // nodes/<name>/ of the run
  /// Starts a program in the node's namespaces. Throws when it cannot be executed; a program that
  /// exits at once is seen by Running() and ExitDescription().
  virtual asio::awaitable<void> Start(const Program& program) = 0;
  /// SIGKILLs everything on the node and waits until it is gone. No effect when nothing runs.
  virtual asio::awaitable<void> Kill() = 0;
  /// The program's stop_signal, then Kill after the grace period.
  virtual asio::awaitable<void> Stop(std::chrono::milliseconds grace) = 0;
  /// SIGSTOP and SIGCONT to every process on the node.
  virtual void Pause() = 0;
  virtual void Resume() = 0;
  virtual bool Running() const = 0;
  /// "exited with 1", "killed by signal 9", "" while it runs or was never started.
  virtual std::string ExitDescription() const = 0;
  virtual std::vector<ProcessState> Processes() const = 0;
};

/// A directed link: packets from one node to another, by their index in Cluster::nodes().
using Link = std::pair<int, int>;

class Network {
 public:
  virtual ~Network() = default;
  /// Drops every packet on these links from now on, and on no other link. One transaction.
  virtual void Cut(std::span<const Link> links) = 0;
  virtual void Uncut() = 0;
  /// The links that the kernel says are cut now.
  virtual std::vector<Link> CutLinks() const = 0;
  /// Packets dropped by cuts since the cluster began.
  virtual uint64_t DroppedPackets() const = 0;
};

class Cluster {
 public:
  virtual ~Cluster() = default;
  virtual std::span<const std::unique_ptr<Node>> nodes() const = 0;
  virtual Network& network() = 0;
};

}  // namespace cleave
