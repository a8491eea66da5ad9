// The real PostgreSQL with a standby on loopback addresses, and the operator: who is the primary
// after one of them was killed or paused, and what a synchronous standby holds back. Partitions:
// harness/cli/end_to_end_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "targets/postgres/connection.h"
#include "targets/postgres/postgres_target.h"
#include "targets/target_test_fixture.h"

namespace cleave {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class PostgresStandbyTest : public TargetTestFixture {
 protected:
  PostgresStandbyTest() : TargetTestFixture(60s, {"postgres.log", "operator.log"}) {}

  void Start(const std::string& topology) {
    TargetOptions options;
    options.interface = "register";
    options.flags["topology"] = topology;
    StartNodes(2, PostgresTarget().make(options));
  }
  /// In good order, the standby first: without it the operator does nothing.
  void TearDown() override {
    if (!cluster_) return;
    for (const int node : {1, 0}) Run(NodeOf(node).Stop(10s));
  }

  std::unique_ptr<Client> Open(int node) { return target_->Open(NodeOf(node), 0); }
  void AwaitPrimary(const std::string& name) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (Run(target_->Leader()) != name) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << OperatorLog();
      Wait(50ms);
    }
  }
  /// The operator works on meanwhile.
  void Wait(std::chrono::milliseconds time) {
    RunAwaitable(io_, [](std::chrono::milliseconds wait) -> asio::awaitable<void> {
      asio::steady_timer timer(co_await asio::this_coro::executor, wait);
      co_await timer.async_wait(asio::use_awaitable);
    }(time));
  }
  std::string OperatorLog() const { return cluster_->Log(0, "operator.log"); }
  /// Whether the operation is ok before a deadline, at which the client is cancelled.
  bool IsOkInTime(Client& client, const std::string& f, const Json& value) {
    Invocation invocation;
    invocation.f = f;
    invocation.value = value;
    invocation.key = "k";
    bool done = false, ok = false;
    asio::cancellation_signal cancel;
    asio::co_spawn(io_, client.Invoke(invocation),
                   asio::bind_cancellation_slot(
                       cancel.slot(), [&](std::exception_ptr error, const Completion& answer) {
                         ok = !error && answer.outcome == Outcome::kOk;
                         done = true;
                       }));
    asio::steady_timer deadline(io_, 1s);
    deadline.async_wait([&](auto) { cancel.emit(asio::cancellation_type::terminal); });
    io_.restart();
    while (!done) io_.run_one();
    return ok;
  }
  /// What a person sees who asks the node's server.
  std::string Query(int node, const std::string& sql) {
    PostgresServer server;
    server.address = NodeOf(node).address();
    server.isolation = kIsolationOfStandbys;
    const auto connection = Run(PostgresConnection::Open(server));
    const PostgresResult result = Run(connection->Run(sql));
    return result.rows.empty() ? "nothing" : result.rows[0][0].value_or("NULL");
  }
};

/// Start, and leave the test where PostgreSQL is not installed.
#define START_POSTGRES(topology) \
  Start(topology);               \
  if (IsSkipped() || HasFatalFailure()) return

TEST_F(PostgresStandbyTest, TheStandbyFollowsAndClientsOfBothNodesAreServedByThePrimary) {
  START_POSTGRES("standby");
  Ok(*Open(1), "write", 5, "k");
  EXPECT_EQ(Ok(*Open(0), "read", nullptr, "k"), Json(5));
  EXPECT_EQ(Query(0, "SELECT pg_is_in_recovery()"), "f");
  EXPECT_EQ(Query(1, "SELECT pg_is_in_recovery()"), "t");
  EXPECT_EQ(Query(0, "SELECT application_name || ' ' || sync_state FROM pg_stat_replication"),
            "n2 async");
  Wait(1500ms);  // the operator has looked, and found nothing to do
  EXPECT_EQ(OperatorLog(), "");
  EXPECT_EQ(Run(target_->Leader()), "n1");
}

TEST_F(PostgresStandbyTest, APrimaryThatIsKilledIsReplacedAndFollowsWhenItReturns) {
  START_POSTGRES("sync-standby");
  Ok(*Open(0), "write", 1, "k");
  Run(NodeOf(0).Kill());
  EXPECT_EQ(Invoke(*Open(0), "read", nullptr, "k").error, "connection-refused");
  AwaitPrimary("n2");
  Run(target_->Start(NodeOf(0)));
  for (const int node : {0, 1}) AwaitReady(node);
  EXPECT_EQ(Ok(*Open(0), "read", nullptr, "k"), Json(1));
  Ok(*Open(1), "write", 2, "k");
  EXPECT_EQ(Query(0, "SELECT pg_is_in_recovery()"), "t");
  EXPECT_THAT(OperatorLog(), HasSubstr(" UTC n2 is promoted"));
}

TEST_F(PostgresStandbyTest, APrimaryThatReturnsBeforeItIsMissedGoesOn) {
  START_POSTGRES("standby");
  const auto client = Open(1);
  Ok(*client, "write", 1, "k");
  NodeOf(1).Pause();  // however long the primary takes to recover, nobody misses it
  Run(NodeOf(0).Kill());
  Run(target_->Start(NodeOf(0)));
  AwaitReady(0);
  NodeOf(1).Resume();
  AwaitReady(1);
  EXPECT_EQ(Ok(*Open(1), "read", nullptr, "k"), Json(1));
  EXPECT_EQ(Run(target_->Leader()), "n1");
}

TEST_F(PostgresStandbyTest, APrimaryThatRefusesConnectionsIsNotSilent) {
  START_POSTGRES("standby");
  std::ofstream(NodeOf(0).data_directory() / "postgres" / "pg_hba.conf")
      << "host all all all reject\n";
  Query(0, "SELECT pg_reload_conf()");
  Wait(4s);
  EXPECT_FALSE(Ready(0));
  EXPECT_EQ(Run(target_->Leader()), "n1") << OperatorLog();
}

TEST_F(PostgresStandbyTest, APrimaryThatWakesFromALongPauseIsMadeAStandby) {
  START_POSTGRES("standby");
  Ok(*Open(0), "write", 1, "k");
  NodeOf(0).Pause();
  AwaitPrimary("n2");
  AwaitReady(1);
  Ok(*Open(1), "write", 2, "k");
  NodeOf(0).Resume();
  AwaitReady(0);
  EXPECT_EQ(Ok(*Open(0), "read", nullptr, "k"), Json(2));
  EXPECT_EQ(Query(0, "SELECT pg_is_in_recovery()"), "t");
  EXPECT_THAT(OperatorLog(), HasSubstr("n1 answers n2, and knows nothing of it"));
}

TEST_F(PostgresStandbyTest, WithoutASynchronousStandbyNothingIsAcknowledgedNorRead) {
  START_POSTGRES("sync-standby");
  Ok(*Open(0), "write", 1, "k");
  Run(NodeOf(1).Kill());
  EXPECT_FALSE(IsOkInTime(*Open(0), "write", 2));
  Run(NodeOf(0).Kill());
  Run(target_->Start(NodeOf(0)));
  AwaitReady(0);
  // Recovered from the log, where only this server has it.
  EXPECT_EQ(Query(0, "SELECT value FROM kv WHERE key = 'register/k'"), "2");
  EXPECT_FALSE(IsOkInTime(*Open(0), "read", nullptr));
  EXPECT_FALSE(IsOkInTime(*Open(0), "cas", {7, 8}));
  Run(target_->Start(NodeOf(1)));
  AwaitReady(1);
  EXPECT_EQ(Ok(*Open(0), "read", nullptr, "k"), Json(2));
}

}  // namespace
}  // namespace cleave
