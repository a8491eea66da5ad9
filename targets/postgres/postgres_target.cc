// PostgreSQL as a target: one server on the only node. It restarts on its data directory and
// recovers by itself; no setting makes it less safe than it is by default.
#include "targets/postgres/postgres_target.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "targets/postgres/clients.h"
#include "targets/postgres/data_directory.h"

namespace cleave {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

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

class Postgres : public Target {
 public:
  explicit Postgres(const TargetOptions& options) : interface_(options.interface) {
    const auto isolation = options.flags.find("isolation");
    if (isolation != options.flags.end()) isolation_ = Spaced(isolation->second);
  }

  std::string Version() const override { return version_; }

  asio::awaitable<void> Prepare(Cluster& cluster) override {
    programs_ = FindPrograms();
    version_ = AskPostgresVersion(programs_);
    server_ = cluster.nodes()[0]->name();
    co_return;
  }

  asio::awaitable<void> Start(Node& node) override {
    const fs::path data = node.data_directory() / "postgres";
    if (!fs::exists(data)) co_await MakePostgresData(node, data, programs_, version_);
    // Whoever can reach the server: the node's network is private.
    std::ofstream(data / "pg_hba.conf") << "host all all samenet trust\n";
    Program program;
    program.argv = {programs_ / "postgres", "-D", data};
    for (const std::string& setting :
         {"listen_addresses=" + node.address(), "port=" + std::to_string(kPostgresPort),
          // No socket file, which would outlive a kill.
          std::string("unix_socket_directories="),
          // Two that wait for each other need not wait for a second: it says nothing of safety.
          std::string("deadlock_timeout=50ms"),
          // After a kill: as safe as the default, which opens and syncs a thousand files.
          std::string("recovery_init_sync_method=syncfs"),
          // Connections that were given up for their deadline linger where they wait for a lock.
          std::string("max_connections=1000")}) {
      program.argv.insert(program.argv.end(), {"-c", setting});
    }
    program.log = "postgres.log";
    program.not_root = true;
    program.stop_signal = SIGINT;  // "fast": ends without waiting for its clients to go
    co_await node.Start(program);
  }

  asio::awaitable<bool> Ready(Node& node) override {
    try {
      const auto connection = co_await PostgresConnection::Open(ServerOf(node), kReadyTimeout);
      co_await connection->Run("SELECT 1");
      if (!has_tables_) co_await MakePostgresTables(*connection);
      has_tables_ = true;
      co_return true;
    } catch (const std::exception&) {
      co_return false;
    }
  }

  asio::awaitable<std::optional<std::string>> Leader() override { co_return server_; }

  std::unique_ptr<Client> Open(Node& node, int32_t) override {
    return MakePostgresClient(interface_, ServerOf(node));
  }

 private:
  PostgresServer ServerOf(const Node& node) const {
    PostgresServer server;
    server.address = node.address();
    server.isolation = isolation_;
    return server;
  }

  const std::string interface_;
  std::string isolation_ = "serializable";
  fs::path programs_;
  std::string version_;
  std::string server_;  // the node's name
  bool has_tables_ = false;
};

std::unique_ptr<Target> MakePostgres(const TargetOptions& options) {
  return std::make_unique<Postgres>(options);
}

}  // namespace

TargetInfo PostgresTarget() {
  TargetInfo info;
  info.name = "postgres";
  info.summary = "PostgreSQL 15 from Debian: one server";
  info.offers = {{"register", {"read", "write", "cas"}},
                 {"set", {"add", "read"}},
                 {"append", {"txn"}},
                 {"wr", {"txn"}},
                 {"bank", {"transfer", "read"}},
                 {"g2", {"insert"}},
                 {"counter", {"add", "read"}}};
  info.flags = {{"isolation",
                 "the isolation level of all transactions",
                 {"serializable", "repeatable-read", "read-committed"}}};
  info.make = MakePostgres;
  info.packages = {"postgresql-15", "postgresql-common"};  // the service is the latter's
  info.nodes = 1;
  return info;
}

}  // namespace cleave
