// A store under test: how to start it on a node, when it is ready, and its clients.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/client.h"
#include "harness/run/cluster.h"

namespace cleave {

/// What the command line says about the target. Flags of its own are in `flags`
/// ("serializable" → "true", "wait" → "1"); one that takes a value is absent when it was not given.
struct TargetOptions {
  std::string bug;  // "" for none
  std::map<std::string, std::string> flags;
  uint64_t seed = 0;
  /// Which data type the clients speak: that of one of the target's offers.
  std::string interface;
};

class Target {
 public:
  virtual ~Target() = default;
  /// What the server says its version is, for test.json; "" where it is unknown. After Prepare.
  virtual std::string Version() const { return ""; }
  /// What else test.json should say of it, with its "name"; null: nothing that the options do not.
  virtual Json Description() const { return nullptr; }
  /// What a reader of the verdict should know of the clients, a line each, once operations have
  /// ended: e.g. how often their answers made no sense.
  virtual std::vector<std::string> Warnings() const { return {}; }
  /// Before the first start: checks the installation and writes configuration. Throws with words
  /// that say how to mend it (what is missing, how to install it).
  virtual asio::awaitable<void> Prepare(Cluster& cluster) = 0;
  /// Starts the server on a node: the first time, and again after a kill.
  virtual asio::awaitable<void> Start(Node& node) = 0;
  /// Ends the server in good order, and by a kill after the grace period.
  virtual asio::awaitable<void> Stop(Node& node, std::chrono::milliseconds grace) {
    return node.Stop(grace);
  }
  /// One probe: whether this node serves operations now. Never throws, returns within a second.
  virtual asio::awaitable<bool> Ready(Node& node) = 0;
  /// The name of the node that leads, where the target has such a thing and knows it.
  virtual asio::awaitable<std::optional<std::string>> Leader() = 0;
  /// A new connection for a process. Connecting may be left to the first Invoke.
  virtual std::unique_ptr<Client> Open(Node& node, int32_t process) = 0;
};

/// A data type that a target's clients speak, with its functions: {"register", {"read", "write",
/// "cas"}}.
struct Offer {
  std::string interface;
  std::vector<std::string> functions;
};

struct TargetFlag {
  std::string name;  // "serializable", given as --serializable
  std::string summary;
  /// What it may be given, the default first: --isolation serializable.
  std::vector<std::string> values = {};
  /// "N": given as --name N, a whole number from 1. Without this and values it is a switch.
  std::string number = {};
  /// For each of the values the only number of nodes on which the target then runs, in place of
  /// TargetInfo::nodes; empty where that does not depend on it.
  std::vector<int> nodes = {};
};

struct TargetBug {
  std::string name;
  std::string summary;
};

/// A row of targets/registry.cc.
struct TargetInfo {
  std::string name;
  std::string summary;
  std::vector<Offer> offers;
  std::vector<TargetBug> bugs;
  std::vector<TargetFlag> flags;
  std::function<std::unique_ptr<Target>(const TargetOptions& options)> make;
  /// The Debian packages that provide it; empty for what is built in.
  std::vector<std::string> packages;
  /// The only number of nodes that it runs on; 0: any.
  int nodes = 0;
};

}  // namespace cleave
