// A Galera cluster as a target. A node that was killed asks InnoDB where it was, and joins those
// that run, or, when all were killed, waits until all are there again: Galera then goes on from the
// one that has most (pc.recovery).
#include "targets/mariadb/galera_target.h"

#include <algorithm>
#include <filesystem>

#include "targets/mariadb/clients.h"
#include "targets/mariadb/galera_state.h"
#include "targets/mariadb/server.h"
#include "targets/programs.h"

namespace cleave {
namespace {

constexpr const char* kProvider = "/usr/lib/galera/libgalera_smm.so";
constexpr std::chrono::milliseconds kGaleraReadyTimeout{900};

std::string FlagOr(const TargetOptions& options, const std::string& name,
                   const std::string& usual) {
  const auto flag = options.flags.find(name);
  return flag == options.flags.end() ? usual : flag->second;
}

/// What differs from Galera's defaults.
std::string ProviderOptions(const Node& node) {
  return "gmcast.listen_addr=tcp://" + node.address() + ":4567" +
         // Joiners need not give up before all others are there.
         ";pc.wait_prim_timeout=PT300S" +
         // Faults of a test are shorter than the defaults of 1, 5, 15 and 7.5 s.
         ";evs.keepalive_period=PT0.5S;evs.suspect_timeout=PT2S;evs.inactive_timeout=PT5S" +
         ";evs.install_timeout=PT5S" +
         // A preallocated file on each node, of 128 MB otherwise.
         ";gcache.size=32M";
}

class Galera : public Target {
 public:
  explicit Galera(const TargetOptions& options)
      : options_(options), flush_(FlagOr(options, "flush-log-at-trx-commit", "1")) {}

  std::string Version() const override { return programs_.version; }

  asio::awaitable<void> Prepare(Cluster& cluster) override {
    programs_ = FindMariadb("galera");
    FindProgram("rsync", "galera");
    if (!std::filesystem::exists(kProvider)) {
      throw std::runtime_error("galera is not installed: run `./cleave install galera`");
    }
    for (const auto& node : cluster.nodes()) {
      members_ += (members_.empty() ? "" : ",") + node->address();
      names_.push_back(node->name());
    }
    co_return;
  }

  asio::awaitable<void> Start(Node& node) override {
    const std::filesystem::path data = MariadbDataDirectory(node);
    std::string position = FirstGaleraPosition();
    if (std::filesystem::exists(data / "gvwstate.dat")) {
      position = co_await Recover(node);
    } else {
      co_await MakeMariadbData(node, programs_);
      WriteGaleraState(data, IndexOf(node), static_cast<int>(names_.size()));
    }
    Program program = Member(node);
    program.argv.push_back("--wsrep-start-position=" + position);
    co_await node.Start(program);
  }

  asio::awaitable<bool> Ready(Node& node) override {
    try {
      const auto connection = co_await MariadbConnection::Open(ServerOf(node), kGaleraReadyTimeout);
      if (co_await Status(*connection, "wsrep_ready") != "ON") co_return false;
      if (co_await Status(*connection, "wsrep_cluster_status") != "Primary") co_return false;
      if (!has_tables_) co_await MakeMariadbTables(*connection);
      has_tables_ = true;
      co_await connection->Run("SELECT value FROM kv LIMIT 1");
      co_return true;
    } catch (const std::exception&) {
      co_return false;
    }
  }

  asio::awaitable<std::optional<std::string>> Leader() override {
    co_return std::nullopt;  // all are equal
  }

  std::unique_ptr<Client> Open(Node& node, int32_t) override {
    return MakeMariadbClient(options_.interface, ServerOf(node));
  }

 private:
  MariadbServer ServerOf(const Node& node) const {
    MariadbServer server = MariadbServerOf(node, options_);
    server.sync_wait = std::stoi(FlagOr(options_, "sync-wait", "1"));
    return server;
  }

  int IndexOf(const Node& node) const {
    return static_cast<int>(std::find(names_.begin(), names_.end(), node.name()) - names_.begin());
  }

  Program Member(const Node& node) const {
    Program program = MariadbProgram(node, programs_);
    for (const std::string& setting :
         {std::string("--wsrep-on=ON"), "--wsrep-provider=" + std::string(kProvider),
          std::string("--wsrep-cluster-name=cleave"), "--wsrep-cluster-address=gcomm://" + members_,
          "--wsrep-node-name=" + node.name(), "--wsrep-node-address=" + node.address(),
          std::string("--wsrep-sst-method=rsync"),
          "--wsrep-provider-options=" + ProviderOptions(node),
          // What Galera requires.
          std::string("--binlog-format=ROW"), std::string("--innodb-autoinc-lock-mode=2"),
          "--innodb-flush-log-at-trx-commit=" + flush_}) {
      program.argv.push_back(setting);
    }
    return program;
  }

  /// The position of the last transaction that InnoDB has, which the cluster's files do not know
  /// after a kill: without it all data would be copied from another node.
  asio::awaitable<std::string> Recover(Node& node) {
    Program program = Member(node);
    program.argv.push_back("--wsrep-recover");
    program.log = "recover.log";
    const std::string log = co_await RunToEnd(node, program);
    co_return RecoveredGaleraPosition(log);
  }

  static asio::awaitable<std::string> Status(MariadbConnection& connection, std::string name) {
    const MariadbResult result = co_await connection.Run("SHOW STATUS LIKE '" + name + "'");
    co_return result.rows.empty() ? "" : result.rows[0].at(1).value_or("");
  }

  const TargetOptions options_;
  const std::string flush_;  // innodb_flush_log_at_trx_commit
  MariadbPrograms programs_;
  std::string members_;             // all addresses, with commas
  std::vector<std::string> names_;  // of the nodes
  bool has_tables_ = false;
};

std::unique_ptr<Target> MakeGalera(const TargetOptions& options) {
  return std::make_unique<Galera>(options);
}

}  // namespace

TargetInfo GaleraTarget() {
  TargetInfo info;
  info.name = "galera";
  info.summary = "MariaDB 10.11 with Galera 4 from Debian: three nodes that all take writes";
  info.offers = MariadbOffers();
  info.flags = {MariadbIsolationFlag(),
                {"sync-wait",
                 "wsrep_sync_wait: a node catches up before 1 reads, 2 UPDATE, 4 INSERT (sums)",
                 {"1", "0", "3", "7"}},
                {"flush-log-at-trx-commit",
                 "innodb_flush_log_at_trx_commit: 1 at each commit, otherwise each second",
                 {"1", "0", "2"}}};
  info.make = MakeGalera;
  info.packages = {"mariadb-server", "galera-4", "rsync"};
  info.nodes = 3;
  return info;
}

}  // namespace cleave
