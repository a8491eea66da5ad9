// The real MariaDB on a loopback address: every function of every client, the isolation levels one
// by one, kill and restart.
#include "targets/mariadb/mariadb_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "targets/mariadb/connection.h"
#include "targets/target_test_fixture.h"

namespace cleave {
namespace {

using namespace std::chrono_literals;

class MariadbTest : public TargetTestFixture {
 protected:
  MariadbTest() : TargetTestFixture(60s, {"install.log", "mariadb.log"}) {}

  void SetUp() override { StartNodes(1, MakeTarget("register")); }

  std::unique_ptr<Target> MakeTarget(const std::string& interface,
                                     const std::string& isolation = "") {
    TargetOptions options;
    options.interface = interface;
    if (!isolation.empty()) options.flags["isolation"] = isolation;
    return MariadbTarget().make(options);
  }
  Node& OnlyNode() { return NodeOf(0); }
  std::unique_ptr<Client> Open(const std::string& interface, const std::string& isolation = "") {
    return MakeTarget(interface, isolation)->Open(OnlyNode(), 0);
  }
  std::unique_ptr<MariadbConnection> Connect(const std::string& isolation = "SERIALIZABLE") {
    MariadbServer server;
    server.address = OnlyNode().address();
    server.isolation = isolation;
    return Run(MariadbConnection::Open(server));
  }
  std::string Query(MariadbConnection& connection, const std::string& sql) {
    const MariadbResult result = Run(connection.Run(sql));
    return result.rows.empty() ? "" : result.rows[0][0].value_or("NULL");
  }
};

TEST_F(MariadbTest, RegistersAndSetsAreServed) {
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
  EXPECT_EQ(Ok(*client, "read", nullptr, "K"), Json(nullptr));
  Ok(*client, "write", "it's \\ \"quoted\"", "it's \\ \"quoted\"");
  EXPECT_EQ(Ok(*client, "read", nullptr, "it's \\ \"quoted\""), Json("it's \\ \"quoted\""));
  const auto set = Open("set");
  EXPECT_EQ(Ok(*set, "read", nullptr), Json::array());
  for (int element : {10, 9, 200, 3, 9}) Ok(*set, "add", element);
  EXPECT_THAT(Ok(*set, "read", nullptr), testing::UnorderedElementsAre(3, 9, 10, 200));
  const auto counter = Open("counter");
  EXPECT_EQ(Ok(*counter, "read", nullptr), Json(0));
  for (int i = 0; i < 3; ++i) Ok(*counter, "add", 2);
  EXPECT_EQ(Ok(*counter, "read", nullptr), Json(6));
}

TEST_F(MariadbTest, TheTransactionsOfEveryDataTypeAreServed) {
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
}

// The textbook's lost update and write skew, statement by statement: what becomes of the second
// transaction, when both have read x and y and the first has written x.
TEST_F(MariadbTest, EachIsolationLevelRefusesWhatItShould) {
  const auto commits = [this](const std::string& level, const char* key) {
    const auto one = Connect(level), two = Connect(level);
    Query(*one, "INSERT INTO kv VALUES ('x', '1'), ('y', '1') ON DUPLICATE KEY UPDATE value = '1'");
    for (auto* connection : {one.get(), two.get()}) {
      Query(*connection, "START TRANSACTION");
      Query(*connection, "SELECT value FROM kv WHERE k IN ('x', 'y')");
    }
    try {
      Query(*one, "UPDATE kv SET value = '2' WHERE k = 'x'");
      Query(*one, "COMMIT");
    } catch (const MariadbError& error) {
      return error.symbol;
    }
    Query(*two, std::string("UPDATE kv SET value = '3' WHERE k = '") + key + "'");
    Query(*two, "COMMIT");
    return std::string("committed");
  };
  EXPECT_EQ(commits("READ COMMITTED", "x"), "committed");   // lost update
  EXPECT_EQ(commits("REPEATABLE READ", "x"), "committed");  // lost update
  EXPECT_EQ(commits("REPEATABLE READ", "y"), "committed");  // write skew
  // The second has locked what it read, and the first waits for it until it may not.
  EXPECT_EQ(commits("SERIALIZABLE", "x"), "lock-wait-timeout");
}

TEST_F(MariadbTest, AClientsIsolationIsTheFlagsAndSerializableWithoutIt) {
  const auto admin = Connect();
  Query(*admin,
        "CREATE TRIGGER refuse BEFORE INSERT ON kv FOR EACH ROW "
        "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = @@tx_isolation");
  for (const auto& [flag, level] :
       std::map<std::string, std::string>{{"", "SERIALIZABLE"},
                                          {"read-committed", "READ-COMMITTED"},
                                          {"repeatable-read", "REPEATABLE-READ"},
                                          {"serializable", "SERIALIZABLE"}}) {
    const auto client = Open("append", flag);
    const Completion refused = Invoke(*client, "txn", Json::array({{"append", 1, 7}}));
    EXPECT_EQ(refused.outcome, Outcome::kFail);
    EXPECT_EQ(refused.text, level);
  }
}

TEST_F(MariadbTest, AfterAStatementTimedOutItsTransactionIsRolledBackAndTheClientGoesOn) {
  const auto client = Open("append");
  Ok(*client, "txn", Json::array({{"append", "x", 1}}));
  const auto other = Connect();
  Query(*other, "START TRANSACTION");
  Query(*other, "SELECT value FROM kv WHERE k = 'append/x' FOR UPDATE");
  const Json both = {{"append", "y", 2}, {"append", "x", 2}};
  const Completion waited = Invoke(*client, "txn", both);
  EXPECT_EQ(waited.outcome, Outcome::kFail);
  EXPECT_EQ(waited.error, "lock-wait-timeout");
  Query(*other, "ROLLBACK");
  EXPECT_EQ(Ok(*client, "txn", Json::array({{"r", "y", nullptr}}))[0][2], Json(nullptr));
}

TEST_F(MariadbTest, AcknowledgedWritesSurviveAKillAndAStop) {
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
  Run(OnlyNode().Stop(20s));  // although a client is connected
  EXPECT_EQ(OnlyNode().ExitDescription(), "exited with 0");
  Run(target_->Start(OnlyNode()));
  AwaitReady();
  EXPECT_EQ(Ok(*client, "read", nullptr, "k"), Json(42));
}

TEST_F(MariadbTest, APausedServerIsNotReadyAndAProbeOfItEnds) {
  OnlyNode().Pause();
  EXPECT_FALSE(Ready());
  OnlyNode().Resume();
  AwaitReady();
}

}  // namespace
}  // namespace cleave
