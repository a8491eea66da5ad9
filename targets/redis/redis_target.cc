// Redis with sentinels as a target: starts a server and a sentinel on each node, asks who is the
// master. Ports are Redis's own on each node's address.
#include "targets/redis/redis_target.h"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "targets/programs.h"
#include "targets/redis/clients.h"
#include "targets/redis/configuration.h"
#include "targets/redis/sentinel.h"

namespace cleave {
namespace {

/// A server or a sentinel that does not answer within this has not answered. A probe connects twice
/// and asks twice.
constexpr std::chrono::milliseconds kRedisProbeTimeout{220};

/// A node runs one program. The sentinel goes with the server, whatever ends it.
constexpr const char* kStartBoth = R"(setpriv --pdeathsig KILL "$1" "$2" & exec "$3" "$4")";

int FlagValue(const TargetOptions& options, const std::string& name) {
  const auto flag = options.flags.find(name);
  return flag == options.flags.end() ? 0 : std::stoi(flag->second);
}

/// "7.0.15", from "Redis server v=7.0.15 sha=00000000:0 malloc=…".
std::string RedisVersion(const std::filesystem::path& program) {
  const std::string text = FirstLineOfVersion(program);
  const std::string label = "Redis server v=";
  if (!text.starts_with(label)) return "";
  return text.substr(label.size(), text.find(' ', label.size()) - label.size());
}

class RedisSentinel : public Target {
 public:
  explicit RedisSentinel(const TargetOptions& options)
      : interface_(options.interface), wait_(FlagValue(options, "wait")) {
    node_options_.min_replicas_to_write = FlagValue(options, "min-replicas-to-write");
  }

  std::string Version() const override { return version_; }

  asio::awaitable<void> Prepare(Cluster& cluster) override {
    server_ = FindProgram("redis-server", "redis-sentinel");
    sentinel_ = FindProgram("redis-sentinel", "redis-sentinel");
    version_ = RedisVersion(server_);
    for (const auto& node : cluster.nodes()) {
      if (!names_.empty()) node_options_.replicas.push_back(node->address());
      names_[node->address()] = node->name();
    }
    node_options_.first_master = cluster.nodes().front()->address();
    node_options_.quorum = static_cast<int>(Majority());
    co_return;
  }

  asio::awaitable<void> Start(Node& node) override {
    WriteConfigurations(node, node_options_);
    Program program;
    program.argv = {"/bin/sh",          "-c",
                    kStartBoth,         "sh",
                    sentinel_.string(), SentinelConfiguration(node).string(),
                    server_.string(),   RedisConfiguration(node).string()};
    program.log = "redis.log";
    co_await node.Start(program);
  }

  /// The node's sentinel knows all others and all replicas, and the node's server does what its
  /// sentinel says: it is the master of all other nodes, or follows the master. Whether the
  /// sentinel finds the master well is not asked: after a pause it looks at nothing for 30 s, while
  /// all are served.
  asio::awaitable<bool> Ready(Node& node) override {
    const std::string address = node.address();
    try {
      RedisConnection sentinel(address, kSentinelPort);
      co_await sentinel.Open(kRedisProbeTimeout);
      const SentinelView view = co_await AskForView(sentinel, kRedisProbeTimeout);
      const size_t others = names_.size() - 1;
      if (view.other_sentinels != others || view.replicas != others) co_return false;
      RedisConnection server(address, kRedisPort);
      co_await server.Open(kRedisProbeTimeout);
      const RedisRole role = co_await AskForRole(server, kRedisProbeTimeout);
      const bool leads = view.master.address == address;
      if (role.master) co_return (leads && role.replicas == others);
      co_return !leads && role.follows == view.master && role.connected;
    } catch (const std::exception&) {
      co_return false;
    }
  }

  /// The master that a majority of the sentinels names.
  asio::awaitable<std::optional<std::string>> Leader() override {
    std::map<std::string, size_t> votes;  // by address
    for (const auto& [address, name] : names_) {
      const std::string named = co_await MasterBy(address);
      if (++votes[named] < Majority()) continue;
      const auto found = names_.find(named);
      if (found == names_.end()) co_return std::nullopt;
      co_return found->second;
    }
    co_return std::nullopt;
  }

  std::unique_ptr<Client> Open(Node& node, int32_t) override {
    return MakeRedisClient({interface_, {node.address(), kSentinelPort}, wait_});
  }

 private:
  /// The address of the master that a node's sentinel names; "" when it names none.
  static asio::awaitable<std::string> MasterBy(const std::string& address) {
    std::string named;
    try {
      RedisConnection sentinel(address, kSentinelPort);
      co_await sentinel.Open(kRedisProbeTimeout);
      const RedisEndpoint master = co_await AskForMaster(sentinel, kRedisProbeTimeout);
      named = master.address;
    } catch (const std::exception&) {
      named.clear();  // down, paused, or not a sentinel
    }
    co_return named;
  }

  size_t Majority() const { return names_.size() / 2 + 1; }

  const std::string interface_;
  const int wait_;
  std::filesystem::path server_, sentinel_;
  std::string version_;
  std::map<std::string, std::string> names_;  // of nodes, by address
  RedisNodeOptions node_options_;
};

std::unique_ptr<Target> MakeRedisSentinel(const TargetOptions& options) {
  return std::make_unique<RedisSentinel>(options);
}

}  // namespace

TargetInfo RedisSentinelTarget() {
  TargetInfo info;
  info.name = "redis-sentinel";
  info.summary = "Redis 7.0 from Debian: a master, replicas, and sentinels that replace the master";
  info.offers = {{"register", {"read", "write", "cas"}},
                 {"set", {"add", "read"}},
                 {"append", {"txn"}},
                 {"wr", {"txn"}},
                 {"bank", {"transfer", "read"}},
                 {"g2", {"insert"}},
                 {"counter", {"add", "read"}},
                 {"queue", {"enqueue", "dequeue", "drain"}}};
  info.flags = {
      {"wait", "an operation is ok only when N replicas have acknowledged it", {}, "N"},
      {"min-replicas-to-write", "a master with fewer connected replicas refuses writes", {}, "N"}};
  info.make = MakeRedisSentinel;
  info.packages = {"redis-server", "redis-sentinel"};
  return info;
}

}  // namespace cleave
