// The real Redis on loopback addresses: every function of every client, restart, and failover.
#include "targets/redis/redis_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "targets/target_test_fixture.h"

namespace cleave {
namespace {

using namespace std::chrono_literals;

/// A sentinel that the machine kept waiting for two seconds does nothing for the next 30 (TILT).
constexpr auto kPatience = 100s;

class RedisTest : public TargetTestFixture {
 protected:
  RedisTest() : TargetTestFixture(kPatience, {"redis.log", "sentinel.log"}) {}
  /// Starts `nodes` servers and sentinels and waits until all are ready.
  void Start(int nodes, const std::map<std::string, std::string>& flags = {}) {
    flags_ = flags;
    StartNodes(nodes, MakeTarget("register"));
  }
  std::unique_ptr<Target> MakeTarget(const std::string& interface) {
    TargetOptions options;
    options.interface = interface;
    options.flags = flags_;
    return RedisSentinelTarget().make(options);
  }
  std::unique_ptr<Client> Open(const std::string& interface, int node = 0) {
    return MakeTarget(interface)->Open(NodeOf(node), 0);
  }

  std::map<std::string, std::string> flags_;
};

/// Start, and leave the test where Redis is not installed.
#define START_REDIS(...) \
  Start(__VA_ARGS__);    \
  if (IsSkipped() || HasFatalFailure()) return

TEST_F(RedisTest, TheRegisterComparesBeforeItSetsAndSaysWhatItSaw) {
  START_REDIS(1);
  const auto client = Open("register");
  EXPECT_EQ(Ok(*client, "read", nullptr, "k"), Json(nullptr));
  Ok(*client, "write", 5, "k");
  EXPECT_EQ(Ok(*client, "read", nullptr, "k"), Json(5));
  Ok(*client, "cas", {5, 6}, "k");
  const Completion mismatch = Invoke(*client, "cas", {5, 7}, "k");
  EXPECT_EQ(mismatch.outcome, Outcome::kFail);
  EXPECT_EQ(mismatch.error, "mismatch");
  EXPECT_EQ(mismatch.observed, Json(6));
  EXPECT_EQ(Invoke(*client, "cas", {1, 2}, "absent").observed, Json(nullptr));
  Ok(*client, "cas", {nullptr, 3}, "absent");
  EXPECT_EQ(Ok(*client, "read", nullptr, "absent"), Json(3));
}

TEST_F(RedisTest, TheDataTypesOfOneNodeAreServed) {
  START_REDIS(1);
  const auto set = Open("set");
  EXPECT_EQ(Ok(*set, "read", nullptr), Json::array());
  for (int element : {10, 9, 200, 3, 9}) Ok(*set, "add", element);
  EXPECT_EQ(Ok(*set, "read", nullptr), Json({3, 9, 10, 200}));

  const auto append = Open("append");
  const Json first = {{"r", 1, nullptr}, {"append", 1, 7}, {"append", 2, 8}, {"r", 1, nullptr}};
  const Json expected = {{"r", 1, nullptr}, {"append", 1, 7}, {"append", 2, 8}, {"r", 1, {7}}};
  EXPECT_EQ(Ok(*append, "txn", first), expected);
  Ok(*append, "txn", Json::array({{"append", 1, 9}}));
  EXPECT_EQ(Ok(*append, "txn", Json::array({{"r", 1, nullptr}}))[0][2], Json({7, 9}));

  const auto wr = Open("wr");
  const Json txn = {{"r", "x", nullptr}, {"w", "x", 1}, {"r", "x", nullptr}, {"w", "y", 2}};
  EXPECT_EQ(Ok(*wr, "txn", txn)[2][2], Json(1));
  EXPECT_EQ(Ok(*wr, "txn", txn)[0][2], Json(1));

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

  const auto queue = Open("queue");
  EXPECT_EQ(Invoke(*queue, "dequeue", nullptr).observed, Json::array());
  for (int element : {10, 9, 200, 3}) Ok(*queue, "enqueue", element);
  EXPECT_EQ(Ok(*queue, "dequeue", nullptr), Json(10));
  EXPECT_EQ(Ok(*queue, "drain", nullptr), Json({9, 200, 3}));
  EXPECT_EQ(Ok(*queue, "drain", nullptr), Json::array());
}

asio::awaitable<void> TransferMany(Client& client, int count, int& ok, int& refused) {
  for (int i = 0; i < count; ++i) {
    Invocation invocation;
    invocation.f = "transfer";
    invocation.value["from"] = i % 2;
    invocation.value["to"] = 1 - i % 2;
    invocation.value["amount"] = 1;
    const Completion completion = co_await client.Invoke(invocation);
    ok += completion.outcome == Outcome::kOk;
    refused += completion.error == "conflict" || completion.error == "insufficient";
  }
}

TEST_F(RedisTest, ConcurrentTransfersLoseNoMoney) {
  START_REDIS(1);
  constexpr int kClients = 8, kEach = 25;
  std::vector<std::unique_ptr<Client>> clients;
  int ok = 0, refused = 0, done = 0;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(Open("bank"));
    asio::co_spawn(io_, TransferMany(*clients.back(), kEach, ok, refused),
                   [&](std::exception_ptr) { ++done; });
  }
  io_.restart();
  while (done < kClients && io_.run_one_for(10s) > 0) continue;
  EXPECT_EQ(ok + refused, kClients * kEach);
  EXPECT_GT(ok, 0);
  const Json sheet = Ok(*clients[0], "read", nullptr);
  EXPECT_EQ(sheet.at("0").get<int>() + sheet.at("1").get<int>(), 20);
}

TEST_F(RedisTest, AMasterWithoutReplicasRefusesWhatMustHaveThemAndCannotConfirm) {
  START_REDIS(1, {{"min-replicas-to-write", "1"}});
  const Completion refused = Invoke(*Open("register"), "write", 1, "k");
  EXPECT_EQ(refused.outcome, Outcome::kFail);
  EXPECT_EQ(refused.error, "no-replicas");
  EXPECT_EQ(Invoke(*Open("register"), "cas", {nullptr, 1}, "k").error, "no-replicas");
  const Json txn = Json::array({{"append", 1, 9}, {"append", 2, 9}});
  const Completion discarded = Invoke(*Open("append"), "txn", txn);
  EXPECT_EQ(discarded.outcome, Outcome::kFail);
  EXPECT_EQ(discarded.error, "no-replicas");
}

TEST_F(RedisTest, AWriteThatNoReplicaConfirmsIsUnknownAndIsThere) {
  START_REDIS(1, {{"wait", "1"}});
  const auto client = Open("register");
  const Completion write = Invoke(*client, "write", 1, "k");
  EXPECT_EQ(write.outcome, Outcome::kInfo);
  EXPECT_EQ(write.error, "not-confirmed");
  EXPECT_EQ(Invoke(*client, "read", nullptr, "k").outcome, Outcome::kFail);
  flags_.clear();
  EXPECT_EQ(Ok(*Open("register"), "read", nullptr, "k"), Json(1));
}

TEST_F(RedisTest, ARestartedServerHasItsData) {
  START_REDIS(1);
  const auto client = Open("register");
  Ok(*client, "write", 42, "k");
  EXPECT_EQ(Run(target_->Leader()), "n1");
  Run(NodeOf(0).Kill());
  EXPECT_FALSE(Ready(0));
  EXPECT_EQ(Run(target_->Leader()), std::nullopt);
  EXPECT_EQ(Invoke(*client, "write", 43, "k").outcome, Outcome::kFail);
  Run(target_->Start(NodeOf(0)));
  AwaitReady(0);
  EXPECT_EQ(Ok(*client, "read", nullptr, "k"), Json(42));
}

TEST_F(RedisTest, AMasterThatIsKilledIsReplacedAndFollowsItsSuccessorWhenItReturns) {
  START_REDIS(3, {{"wait", "2"}});
  EXPECT_EQ(Run(target_->Leader()), "n1");
  Ok(*Open("register", 1), "write", 1, "k");
  Run(NodeOf(0).Kill());
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::optional<std::string> leader = "n1";
  while ((!leader || leader == "n1") && std::chrono::steady_clock::now() < deadline) {
    leader = Run(target_->Leader());
    usleep(20'000);
  }
  EXPECT_THAT(leader.value_or("nobody"), testing::AnyOf("n2", "n3"));
  EXPECT_EQ(Invoke(*Open("register", 0), "read", nullptr, "k").error, "connection-refused");
  Run(target_->Start(NodeOf(0)));
  for (int i = 0; i < 3; ++i) AwaitReady(i);
  EXPECT_EQ(Ok(*Open("register", 0), "read", nullptr, "k"), Json(1));
  EXPECT_EQ(Run(target_->Leader()), leader);
}

TEST_F(RedisTest, TheVersionIsWhatTheProgramSays) {
  START_REDIS(1);
  EXPECT_THAT(target_->Version(), testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
}

}  // namespace
}  // namespace cleave
