// etcd as a target: starts members, asks who leads. Ports are etcd's own on each node's address. A
// member restarts on its data directory; no flag makes etcd less safe than it is by default.
#include "targets/etcd/etcd_target.h"

#include <filesystem>

#include "targets/etcd/clients.h"
#include "targets/etcd/gateway.h"
#include "targets/programs.h"

namespace cleave {
namespace {

using namespace std::chrono_literals;

/// A node that cannot say within this is not ready, and its word on who leads is not waited for.
constexpr auto kProbeTimeout = 450ms;

/// "3.4.23", from "etcd Version: 3.4.23".
std::string EtcdVersion(const std::filesystem::path& program) {
  const std::string text = FirstLineOfVersion(program);
  const std::string label = "etcd Version: ";
  return text.starts_with(label) ? text.substr(label.size()) : "";
}

std::string Url(const std::string& address, uint16_t port) {
  return "http://" + address + ":" + std::to_string(port);
}

class Etcd : public Target {
 public:
  explicit Etcd(const TargetOptions& options)
      : interface_(options.interface), serializable_(options.flags.contains("serializable")) {
    const auto lease = options.flags.find("lease");
    if (lease != options.flags.end()) lease_ = std::stoi(lease->second);
  }

  std::string Version() const override { return version_; }

  asio::awaitable<void> Prepare(Cluster& cluster) override {
    program_ = FindProgram("etcd", "etcd");
    version_ = EtcdVersion(program_);
    for (const auto& node : cluster.nodes()) {
      if (!members_.empty()) members_ += ",";
      members_ += node->name() + "=" + Url(node->address(), kEtcdPeerPort);
      nodes_.emplace_back(node->name(), node->address());
    }
    co_return;
  }

  asio::awaitable<void> Start(Node& node) override {
    const std::filesystem::path data = node.data_directory() / "etcd";
    const std::string peer_url = Url(node.address(), kEtcdPeerPort);
    const std::string client_url = Url(node.address(), kEtcdClientPort);
    const bool member = std::filesystem::exists(data / "member");
    Program program;
    program.argv = {
        program_.string(), "--name", node.name(), "--data-dir", data.string(), "--listen-peer-urls",
        peer_url, "--initial-advertise-peer-urls", peer_url, "--listen-client-urls", client_url,
        "--advertise-client-urls", client_url, "--initial-cluster", members_,
        "--initial-cluster-token", "cleave", "--initial-cluster-state", member ? "existing" : "new",
        // etcd's own ratio at half its time, so that short faults elect leaders too.
        "--heartbeat-interval", "50", "--election-timeout", "500",
        // History is never compacted away while a test looks at it.
        "--auto-compaction-retention", "0", "--logger", "zap", "--log-outputs", "stderr"};
    program.log = "etcd.log";
    co_await node.Start(program);
  }

  asio::awaitable<bool> Ready(Node& node) override {
    try {
      EtcdGateway etcd(node.address(), kEtcdClientPort, kProbeTimeout);
      const std::string key = "cleave/ready";
      co_await etcd.Get(key, false);
      co_return true;
    } catch (const std::exception&) {
      co_return false;
    }
  }

  /// The node that believes to lead in the highest term: an isolated former leader keeps believing.
  asio::awaitable<std::optional<std::string>> Leader() override {
    std::optional<std::string> leader;
    int64_t highest = 0;
    for (const auto& [name, address] : nodes_) {
      const std::optional<int64_t> term = co_await LeadsInTerm(address);
      if (!term || *term < highest) continue;
      highest = *term;
      leader = name;
    }
    co_return leader;
  }

  std::unique_ptr<Client> Open(Node& node, int32_t) override {
    return MakeEtcdClient({interface_, node.address(), kEtcdClientPort, serializable_, lease_});
  }

 private:
  /// The term in which this node says that it leads itself.
  static asio::awaitable<std::optional<int64_t>> LeadsInTerm(const std::string& address) {
    std::optional<int64_t> term;
    try {
      EtcdGateway etcd(address, kEtcdClientPort, kProbeTimeout);
      const Json status = co_await etcd.Status();
      const Json& self = status.at("header").at("member_id");
      if (status.value("leader", "") == self) term = std::stoll(status.value("raftTerm", "0"));
    } catch (const std::exception&) {
      term = std::nullopt;  // down, paused, or not an etcd: it does not lead
    }
    co_return term;
  }

  const std::string interface_;
  const bool serializable_;
  int lease_ = EtcdClientOptions{}.lease;
  std::filesystem::path program_;
  std::string version_;
  std::string members_;                                     // --initial-cluster
  std::vector<std::pair<std::string, std::string>> nodes_;  // name, address
};

std::unique_ptr<Target> MakeEtcd(const TargetOptions& options) {
  return std::make_unique<Etcd>(options);
}

}  // namespace

TargetInfo EtcdTarget() {
  TargetInfo info;
  info.name = "etcd";
  info.summary = "etcd 3.4 from Debian, through its v3 JSON gateway";
  info.offers = {{"register", {"read", "write", "cas"}},
                 {"set", {"add", "read"}},
                 {"append", {"txn"}},
                 {"wr", {"txn"}},
                 {"bank", {"transfer", "read"}},
                 {"g2", {"insert"}},
                 {"counter", {"add", "read"}},
                 {"lock", {"acquire", "release", "commit"}}};
  info.flags = {{"serializable", "reads are answered by one node alone, which may be behind"},
                {"lease", "locks hang on leases of N seconds (60)", {}, "N"}};
  info.make = MakeEtcd;
  info.packages = {"etcd-server"};
  return info;
}

}  // namespace cleave
