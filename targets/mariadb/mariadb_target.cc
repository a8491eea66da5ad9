// MariaDB as a target: one server on the only node. It restarts on its data directory and InnoDB
// recovers by itself; no setting makes it less safe than it is by default.
#include "targets/mariadb/mariadb_target.h"

#include "targets/mariadb/clients.h"
#include "targets/mariadb/server.h"

namespace cleave {
namespace {

/// A server that cannot say within this is not ready.
constexpr std::chrono::milliseconds kMariadbReadyTimeout{900};

class Mariadb : public Target {
 public:
  explicit Mariadb(const TargetOptions& options) : options_(options) {}

  std::string Version() const override { return programs_.version; }

  asio::awaitable<void> Prepare(Cluster& cluster) override {
    programs_ = FindMariadb("mariadb");
    server_ = cluster.nodes()[0]->name();
    co_return;
  }

  asio::awaitable<void> Start(Node& node) override {
    co_await MakeMariadbData(node, programs_);
    const Program program = MariadbProgram(node, programs_);
    co_await node.Start(program);
  }

  asio::awaitable<bool> Ready(Node& node) override {
    try {
      const auto connection =
          co_await MariadbConnection::Open(MariadbServerOf(node, options_), kMariadbReadyTimeout);
      co_await connection->Run("SELECT 1");
      if (!has_tables_) co_await MakeMariadbTables(*connection);
      has_tables_ = true;
      co_return true;
    } catch (const std::exception&) {
      co_return false;
    }
  }

  asio::awaitable<std::optional<std::string>> Leader() override { co_return server_; }

  std::unique_ptr<Client> Open(Node& node, int32_t) override {
    return MakeMariadbClient(options_.interface, MariadbServerOf(node, options_));
  }

 private:
  const TargetOptions options_;
  MariadbPrograms programs_;
  std::string server_;  // the node's name
  bool has_tables_ = false;
};

std::unique_ptr<Target> MakeMariadb(const TargetOptions& options) {
  return std::make_unique<Mariadb>(options);
}

}  // namespace

TargetInfo MariadbTarget() {
  TargetInfo info;
  info.name = "mariadb";
  info.summary = "MariaDB 10.11 from Debian: one server";
  info.offers = MariadbOffers();
  info.flags = {MariadbIsolationFlag()};
  info.make = MakeMariadb;
  info.packages = {"mariadb-server"};
  info.nodes = 1;
  return info;
}

}  // namespace cleave
