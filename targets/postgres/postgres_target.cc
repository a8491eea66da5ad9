// PostgreSQL as a target: one server, or a primary and its standby with an operator. A server
// restarts on its data directory and recovers by itself; no setting makes it less safe than it is
// by default.
#include "targets/postgres/postgres_target.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>

#include "targets/postgres/clients.h"
#include "targets/postgres/data_directory.h"
#include "targets/postgres/operator.h"
#include "targets/postgres/server.h"

namespace cleave {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr const char* kSingle = "single";
constexpr const char* kStandby = "standby";
constexpr const char* kSyncStandby = "sync-standby";

/// A server that cannot say within this is not ready.
constexpr auto kReadyTimeout = 900ms;

/// The folder of the newest version's programs.
fs::path FindPrograms() {
  int newest = 0;
  fs::path programs;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", error)) {
    const int version = std::atoi(entry.path().filename().c_str());
    const fs::path folder = entry.path() / "bin";
    if (version <= newest || access((folder / "postgres").c_str(), X_OK) != 0) continue;
    newest = version;
    programs = folder;
  }
  if (newest == 0) {
    throw std::runtime_error("postgres is not installed: run `./cleave install postgres`");
  }
  return programs;
}

/// The third word of "postgres (PostgreSQL) 15.20 (Debian …)".
std::string AskPostgresVersion(const fs::path& programs) {
  const std::string command = (programs / "postgres").string() + " --version 2>/dev/null";
  FILE* output = popen(command.c_str(), "r");
  if (output == nullptr) return "";
  std::array<char, 64> version{};
  if (fscanf(output, "%*s %*s %63s", version.data()) != 1) version[0] = '\0';
  pclose(output);
  return version.data();
}

/// "read-committed" as SQL has it.
std::string Spaced(std::string words) {
  for (char& c : words) {
    if (c == '-') c = ' ';
  }
  return words;
}

std::string Flag(const TargetOptions& options, const std::string& name,
                 const std::string& otherwise) {
  const auto flag = options.flags.find(name);
  return flag == options.flags.end() ? otherwise : flag->second;
}

class Postgres : public Target {
 public:
  explicit Postgres(const TargetOptions& options)
      : interface_(options.interface),
        isolation_(Spaced(Flag(options, "isolation", "serializable"))) {
    setup_.synchronous = Flag(options, "topology", kSingle) == kSyncStandby;
  }

  std::string Version() const override { return version_; }

  /// Both servers begin with the same data: copies of a server that was shut down are a primary and
  /// its standby as well as a base backup is, and are there at once.
  asio::awaitable<void> Prepare(Cluster& cluster) override {
    setup_.programs = FindPrograms();
    version_ = AskPostgresVersion(setup_.programs);
    Node& first = *cluster.nodes()[0];
    first_ = &first;
    const fs::path data = PostgresData(first);
    co_await MakePostgresData(first, data, setup_.programs, version_);
    // Whoever can reach the server: the nodes' network is private.
    std::ofstream(data / "pg_hba.conf") << "host all,replication all samenet trust\n";
    if (cluster.nodes().size() == 1) co_return;
    Node& second = *cluster.nodes()[1];
    fs::copy(data, PostgresData(second), fs::copy_options::recursive);
    MakeStandbyData(second);
    operator_ = std::make_shared<PostgresOperator>(first, second,
                                                   [this](Node& node) { return Start(node); });
    asio::co_spawn(
        co_await asio::this_coro::executor,
        [](std::shared_ptr<PostgresOperator> watching) -> asio::awaitable<void> {
          co_await watching->Watch();
        }(operator_),
        asio::detached);
  }

  /// Where another was first, the operator or who ends a fault, there is nothing to do.
  asio::awaitable<void> Start(Node& node) override {
    if (node.Running()) co_return;
    const Node* other = OtherThan(node);
    Program program;
    if (other != nullptr && &operator_->primary() != &node && !HasStandbyData(node)) {
      program = FollowAnewProgram(setup_, node, *other);
    } else {
      program = PostgresProgram(setup_, node, other);
    }
    co_await node.Start(program);
  }

  asio::awaitable<bool> Ready(Node& node) override {
    try {
      PostgresServer server = ServerOf(node);
      server.isolation = kIsolationOfStandbys;
      const auto connection = co_await PostgresConnection::Open(server, kReadyTimeout);
      const PostgresResult state = co_await connection->Run(
          "SELECT pg_is_in_recovery(), "
          "EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')");
      const bool follows = state.rows.at(0).at(0) == "t", streams = state.rows.at(0).at(1) == "t";
      if (&node != &Primary()) co_return follows&& streams;
      if (follows) co_return false;
      if (!has_tables_) {
        co_await MakePostgresTables(*connection);
        if (operator_) co_await connection->Run("CREATE EXTENSION IF NOT EXISTS dblink");
      }
      has_tables_ = true;
      co_return true;
    } catch (const std::exception&) {
      co_return false;
    }
  }

  asio::awaitable<std::optional<std::string>> Leader() override { co_return Primary().name(); }

  std::unique_ptr<Client> Open(Node& node, int32_t) override {
    PostgresClientOptions options;
    options.interface = interface_;
    options.server = ServerOf(node);
    if (const Node* other = OtherThan(node)) options.other = ServerOf(*other);
    options.confirm_reads = setup_.synchronous;
    return MakePostgresClient(options);
  }

 private:
  const Node& Primary() const { return operator_ ? operator_->primary() : *first_; }
  const Node* OtherThan(const Node& node) const {
    return operator_ ? &operator_->OtherOf(node) : nullptr;
  }
  PostgresServer ServerOf(const Node& node) const {
    PostgresServer server;
    server.address = node.address();
    server.isolation = isolation_;
    return server;
  }

  const std::string interface_;
  const std::string isolation_;
  PostgresSetup setup_;
  std::string version_;
  const Node* first_ = nullptr;
  std::shared_ptr<PostgresOperator> operator_;  // where there are two nodes
  bool has_tables_ = false;
};

std::unique_ptr<Target> MakePostgres(const TargetOptions& options) {
  return std::make_unique<Postgres>(options);
}

}  // namespace

TargetInfo PostgresTarget() {
  TargetInfo info;
  info.name = "postgres";
  info.summary = "PostgreSQL 15 from Debian: one server, or a primary and its standby";
  info.offers = {{"register", {"read", "write", "cas"}},
                 {"set", {"add", "read"}},
                 {"append", {"txn"}},
                 {"wr", {"txn"}},
                 {"bank", {"transfer", "read"}},
                 {"g2", {"insert"}},
                 {"counter", {"add", "read"}}};
  info.flags = {{"isolation",
                 "the isolation level of all transactions",
                 {"serializable", "repeatable-read", "read-committed"}},
                {"topology",
                 "one server; or a primary, its standby, asynchronous or synchronous, and who "
                 "promotes it",
                 {kSingle, kStandby, kSyncStandby},
                 "",
                 {1, 2, 2}}};
  info.make = MakePostgres;
  info.packages = {"postgresql-15", "postgresql-common"};  // the service is the latter's
  return info;
}

}  // namespace cleave
