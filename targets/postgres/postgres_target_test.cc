// The real PostgreSQL on a loopback address: every function of every client, the isolation levels
// one by one, kill and restart.
#include "targets/postgres/postgres_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "targets/postgres/connection.h"
#include "targets/target_test_fixture.h"

namespace cleave {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<Target> MakePostgresTarget(const std::string& interface,
                                           std::map<std::string, std::string> flags = {}) {
  TargetOptions options;
  options.interface = interface;
  options.flags = std::move(flags);
  return PostgresTarget().make(options);
}

class PostgresTest : public TargetTestFixture {
 protected:
  PostgresTest() : TargetTestFixture(60s, {"postgres.log"}) {}

  void SetUp() override { StartNodes(1, MakeTarget("register")); }
  /// In good order: what a killed server has left in shared memory would stay.
  void TearDown() override { Run(OnlyNode().Stop(10s)); }

  std::unique_ptr<Target> MakeTarget(const std::string& interface,
                                     const std::string& isolation = "") {
    std::map<std::string, std::string> flags;
    if (!isolation.empty()) flags["isolation"] = isolation;
    return MakePostgresTarget(interface, flags);
  }
  Node& OnlyNode() { return NodeOf(0); }
  std::unique_ptr<Client> Open(const std::string& interface) {
    return MakeTarget(interface)->Open(OnlyNode(), 0);
  }
  std::unique_ptr<PostgresConnection> Connect(const std::string& isolation) {
    PostgresServer server;
    server.address = OnlyNode().address();
    server.isolation = isolation;
    return Run(PostgresConnection::Open(server));
  }
  std::string Query(PostgresConnection& connection, const std::string& sql) {
    const PostgresResult result = Run(connection.Run(sql));
    return result.rows.empty() ? result.tag : result.rows[0][0].value_or("NULL");
  }
};

TEST_F(PostgresTest, RegistersAndSetsAreServed) {
  const auto client = Open("register");
  EXPECT_EQ(Ok(*client, "read", nullptr, "k"), Json(nullptr));
  const Completion absent = Invoke(*client, "cas", {1, 2}, "k");
  EXPECT_EQ(absent.outcome, Outcome::kFail);
  EXPECT_EQ(absent.error, "mismatch");
  EXPECT_EQ(absent.observed, Json(nullptr));
  Ok(*client, "cas", {nullptr, 4}, "k");
  EXPECT_EQ(Invoke(*client, "cas", {nullptr, 9}, "k").observed, Json(4));
  Ok(*client, "write", 5, "k");
  Ok(*client, "cas", {5, 6}, "k");
  EXPECT_EQ(Invoke(*client, "cas", {5, 7}, "k").observed, Json(6));
  EXPECT_EQ(Ok(*client, "read", nullptr, "k"), Json(6));
  EXPECT_EQ(Ok(*client, "read", nullptr, "another"), Json(nullptr));
  const auto set = Open("set");
  EXPECT_EQ(Ok(*set, "read", nullptr), Json::array());
  for (int element : {10, 9, 200, 3, 9}) Ok(*set, "add", element);
  EXPECT_EQ(Ok(*set, "read", nullptr), Json({3, 9, 10, 200}));
}

TEST_F(PostgresTest, TheTransactionsOfEveryDataTypeAreServed) {
  const auto append = Open("append");
  const Json first = {{"r", 1, nullptr}, {"append", 1, 7}, {"append", 2, 8}, {"r", 1, nullptr}};
  const Json expected = {{"r", 1, nullptr}, {"append", 1, 7}, {"append", 2, 8}, {"r", 1, {7}}};
  EXPECT_EQ(Ok(*append, "txn", first), expected);
  Ok(*append, "txn", Json::array({{"append", 1, 9}}));
  EXPECT_EQ(Ok(*append, "txn", Json::array({{"r", 1, nullptr}}))[0][2], Json({7, 9}));
  const auto wr = Open("wr");
  const Json txn = {{"r", "x", nullptr}, {"w", "x", 1}, {"r", "x", nullptr}, {"w", "x", 2}};
  EXPECT_EQ(Ok(*wr, "txn", txn)[2][2], Json(1));
  EXPECT_EQ(Ok(*wr, "txn", Json::array({{"r", "x", nullptr}}))[0][2], Json(2));
  const auto bank = Open("bank");
  const Json transfer = ParseJson(R"({"from":0,"to":1,"amount":10})");
  Ok(*bank, "transfer", transfer);
  EXPECT_EQ(Invoke(*bank, "transfer", transfer).error, "insufficient");
  EXPECT_EQ(Ok(*bank, "read", nullptr).at("1"), Json(20));
  const auto g2 = Open("g2");
  Ok(*g2, "insert", {1, nullptr}, "k");
  EXPECT_EQ(Invoke(*g2, "insert", {nullptr, 2}, "k").error, "too-late");
  const auto counter = Open("counter");
  EXPECT_EQ(Ok(*counter, "read", nullptr), Json(0));
  for (int i = 0; i < 3; ++i) Ok(*counter, "add", 2);
  EXPECT_EQ(Ok(*counter, "read", nullptr), Json(6));
}

// The textbook's write skew and lost update, statement by statement.
TEST_F(PostgresTest, EachIsolationLevelRefusesWhatItShould) {
  const auto commits = [this](const std::string& level, const std::string& x, const char* y) {
    const auto one = Connect(level), two = Connect(level);
    EXPECT_EQ(Query(*one, "SHOW transaction_isolation"), level);
    Query(*one,
          "INSERT INTO kv VALUES ('x', '1'), ('y', '1') "
          "ON CONFLICT (key) DO UPDATE SET value = '1'");
    for (auto* connection : {one.get(), two.get()}) {
      Query(*connection, "BEGIN");
      Query(*connection, "SELECT value FROM kv WHERE key IN ('x', 'y')");
    }
    Query(*one, "UPDATE kv SET value = '2' WHERE key = '" + x + "'");
    Query(*one, "COMMIT");
    try {
      Query(*two, std::string("UPDATE kv SET value = '3' WHERE key = '") + y + "'");
      return Query(*two, "COMMIT");
    } catch (const PostgresError& error) {
      return error.symbol;
    }
  };
  EXPECT_EQ(commits("read committed", "x", "x"), "COMMIT");  // lost update
  EXPECT_EQ(commits("repeatable read", "x", "x"), "serialization-failure");
  EXPECT_EQ(commits("repeatable read", "x", "y"), "COMMIT");  // write skew
  EXPECT_EQ(commits("serializable", "x", "y"), "serialization-failure");
}

TEST_F(PostgresTest, AClientsIsolationIsTheFlagsAndSerializableWithoutIt) {
  const auto admin = Connect("serializable");
  Query(*admin,
        "CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '%', "
        "current_setting('transaction_isolation'); END $$ LANGUAGE plpgsql");
  Query(*admin, "CREATE TRIGGER refuse BEFORE INSERT ON kv EXECUTE FUNCTION refuse()");
  for (const auto& [flag, level] :
       std::map<std::string, std::string>{{"", "serializable"},
                                          {"read-committed", "read committed"},
                                          {"repeatable-read", "repeatable read"},
                                          {"serializable", "serializable"}}) {
    const auto client = MakeTarget("append", flag)->Open(OnlyNode(), 0);
    const Completion refused = Invoke(*client, "txn", Json::array({{"append", 1, 7}}));
    EXPECT_EQ(refused.outcome, Outcome::kFail);
    EXPECT_THAT(refused.text, testing::HasSubstr("ERROR:  " + level + "\n"));
  }
}

TEST_F(PostgresTest, AcknowledgedWritesSurviveAKillAndAStop) {
  EXPECT_THAT(target_->Version(), testing::MatchesRegex("[0-9]+\\.[0-9]+.*"));
  const auto client = Open("register");
  Ok(*client, "write", 42, "k");
  Run(OnlyNode().Kill());
  EXPECT_FALSE(Ready());
  const Completion refused = Invoke(*client, "write", 43, "k");
  EXPECT_EQ(refused.outcome, Outcome::kFail);
  EXPECT_EQ(refused.error, "connection-refused");
  Run(target_->Start(OnlyNode()));
  AwaitReady();
  EXPECT_EQ(Ok(*client, "read", nullptr, "k"), Json(42));
  Run(OnlyNode().Stop(10s));  // although a client is connected
  EXPECT_EQ(OnlyNode().ExitDescription(), "exited with 0");
  Run(target_->Start(OnlyNode()));
  AwaitReady();
  EXPECT_EQ(Ok(*client, "read", nullptr, "k"), Json(42));
}

TEST_F(PostgresTest, APausedServerIsNotReadyAndAProbeOfItEnds) {
  OnlyNode().Pause();
  EXPECT_FALSE(Ready());
  OnlyNode().Resume();
  AwaitReady();
}

}  // namespace
}  // namespace cleave
