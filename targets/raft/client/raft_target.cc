// Starting cleave-raft on the nodes, asking for its state, and opening clients.
#include "targets/raft/client/raft_target.h"

#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

#include "targets/raft/client/raft_client.h"
#include "targets/raft/server/bugs.h"
#include "targets/raft/server/options.h"

namespace cleave {
namespace {

constexpr uint16_t kClientPort = 8080;
constexpr uint16_t kPeerPort = 8081;

/// The program: $CLEAVE_RAFT, or beside this program, or where an installation puts it.
std::filesystem::path FindServer() {
  if (const char* named = std::getenv("CLEAVE_RAFT")) {
    if (access(named, X_OK) == 0) return std::filesystem::absolute(named);
    throw std::runtime_error(std::string("$CLEAVE_RAFT is ") + named +
                             ", which is not a program that can be run");
  }
  const auto directory = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const auto beside = directory / "cleave-raft";
  if (access(beside.c_str(), X_OK) == 0) return beside;
  const auto installed = (directory / "../libexec/cleave/cleave-raft").lexically_normal();
  if (access(installed.c_str(), X_OK) == 0) return installed;
  throw std::runtime_error("cleave-raft is missing: it is neither " + beside.string() + " nor " +
                           installed.string() + "; build it, or say where it is with $CLEAVE_RAFT");
}

/// What GET of a path is answered with, or nothing when no sensible answer came in time.
asio::awaitable<std::optional<Json>> Get(std::string address, std::string path,
                                         std::chrono::milliseconds patience) {
  const std::string method = "GET";
  const std::string body;
  std::optional<Json> answer;
  try {
    HttpClient http(address, kClientPort, patience);
    const HttpReply reply = co_await http.Request(method, path, body);
    Json parsed = TryParseJson(reply.body);
    if (reply.status == 200 && parsed.is_object()) answer = std::move(parsed);
  } catch (const HttpError&) {
    answer.reset();  // not there, or gone while it was asked
  }
  co_return answer;
}

class Raft : public Target {
 public:
  explicit Raft(const TargetOptions& options) : options_(options) {}

  std::string Version() const override { return raft::ServerVersion(); }

  asio::awaitable<void> Prepare(Cluster& cluster) override {
    server_ = FindServer();
    for (const auto& node : cluster.nodes()) {
      addresses_.push_back(node->address());
      if (!members_.empty()) members_ += ',';
      members_ += node->name() + "=" + Endpoint(node->address(), kPeerPort);
    }
    co_return;
  }

  asio::awaitable<void> Start(Node& node) override {
    Program program;
    program.log = "raft.log";
    program.argv = {server_.string(),
                    "--node",
                    node.name(),
                    "--cluster",
                    members_,
                    "--client",
                    Endpoint(node.address(), kClientPort),
                    "--data",
                    node.data_directory().string(),
                    "--seed",
                    std::to_string(options_.seed)};
    if (!options_.bug.empty()) {
      program.argv.push_back("--bug");
      program.argv.push_back(options_.bug);
    }
    co_await node.Start(program);
  }

  asio::awaitable<bool> Ready(Node& node) override {
    // A linearizable read: a node may know a leader that has lost its majority.
    const std::string address = node.address();
    const std::string path = "/v1/kv/cleave-ready";
    const auto answer = co_await Get(address, path, std::chrono::milliseconds(900));
    co_return answer && answer->contains("value");
  }

  asio::awaitable<std::optional<std::string>> Leader() override {
    std::optional<std::string> leader;
    uint64_t newest = 0;
    const std::string path = "/v1/status";
    for (size_t i = 0; i < addresses_.size(); ++i) {
      const std::string address = addresses_[i];
      const auto status = co_await Get(address, path, std::chrono::milliseconds(200));
      if (!status || status->value("role", "") != "leader") continue;
      const auto term = status->value("term", uint64_t{0});
      if (leader && term <= newest) continue;
      newest = term;
      leader = status->value("node", "");
    }
    co_return leader;
  }

  std::unique_ptr<Client> Open(Node& node, int32_t process) override {
    RaftClientOptions client;
    client.address = node.address();
    client.port = kClientPort;
    client.id = "p" + std::to_string(process) + "." + std::to_string(++opened_);
    client.interface = options_.interface;
    client.retry = !options_.flags.contains("no-retry");
    if (options_.interface == "bank" || options_.interface == "g2" ||
        options_.interface == "counter") {
      return std::make_unique<RaftTransactionClient>(client);
    }
    return std::make_unique<RaftClient>(client);
  }

 private:
  static std::string Endpoint(const std::string& address, uint16_t port) {
    const bool v6 = address.find(':') != std::string::npos;
    return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
  }

  TargetOptions options_;
  std::filesystem::path server_;
  std::vector<std::string> addresses_;
  std::string members_;  // --cluster
  int opened_ = 0;
};

std::unique_ptr<Target> MakeRaft(const TargetOptions& options) {
  return std::make_unique<Raft>(options);
}

}  // namespace

TargetInfo RaftTarget() {
  TargetInfo info;
  info.name = "raft";
  info.summary = "the embedded replicated key-value store, with seeded bugs to find";
  info.offers = {{"register", {"read", "write", "cas"}},
                 {"set", {"add", "read"}},
                 {"append", {"txn"}},
                 {"wr", {"txn"}},
                 {"bank", {"transfer", "read"}},
                 {"counter", {"add", "read"}},
                 {"g2", {"insert"}}};
  for (const raft::BugInfo& bug : raft::Bugs()) info.bugs.push_back({bug.name, bug.summary});
  info.flags = {{"no-retry", "clients report an unknown outcome at once and do not ask again"}};
  info.make = MakeRaft;
  return info;
}

}  // namespace cleave
