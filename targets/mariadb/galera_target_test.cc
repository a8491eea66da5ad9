// Galera on loopback addresses: three nodes are one store, also after all of them were killed.
#include "targets/mariadb/galera_target.h"

#include <gtest/gtest.h>

#include <map>

#include "targets/mariadb/connection.h"
#include "targets/target_test_fixture.h"

namespace cleave {
namespace {

using namespace std::chrono_literals;

class GaleraTest : public TargetTestFixture {
 protected:
  GaleraTest() : TargetTestFixture(120s, {"install.log", "recover.log", "mariadb.log"}) {}

  std::unique_ptr<Target> MakeTarget(const std::string& interface,
                                     const std::map<std::string, std::string>& flags = {}) {
    TargetOptions options;
    options.interface = interface;
    options.flags = flags;
    return GaleraTarget().make(options);
  }
  std::string Variable(int node, const std::string& name) {
    MariadbServer server;
    server.address = NodeOf(node).address();
    const auto connection = Run(MariadbConnection::Open(server));
    return Run(connection->Run("SELECT @@GLOBAL." + name)).rows.at(0).at(0).value();
  }
};

TEST_F(GaleraTest, WhatOneNodeHasAcknowledgedTheOthersReadAlsoAfterAllWereKilled) {
  StartNodes(3, MakeTarget("register", {{"flush-log-at-trx-commit", "2"}}));
  if (IsSkipped()) return;
  EXPECT_EQ(Variable(2, "innodb_flush_log_at_trx_commit"), "2");
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(target_->Open(NodeOf(i), i));
  for (int i = 0; i < 3; ++i) {
    Ok(*clients[i], "write", i, "k");
    for (const auto& client : clients) EXPECT_EQ(Ok(*client, "read", nullptr, "k"), Json(i));
  }
  for (int i = 0; i < 3; ++i) Run(NodeOf(i).Kill());
  EXPECT_FALSE(Ready(0));
  for (int i = 0; i < 3; ++i) Run(target_->Start(NodeOf(i)));
  for (int i = 0; i < 3; ++i) AwaitReady(i);
  for (const auto& client : clients) EXPECT_EQ(Ok(*client, "read", nullptr, "k"), Json(2));
}

}  // namespace
}  // namespace cleave
