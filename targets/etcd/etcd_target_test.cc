// The real etcd on loopback addresses: every function of every client, conflicts, kill and restart.
#include "targets/etcd/etcd_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "targets/etcd/gateway.h"
#include "targets/target_test_fixture.h"

namespace cleave {
namespace {

using namespace std::chrono_literals;

class EtcdTest : public TargetTestFixture {
 protected:
  EtcdTest() : TargetTestFixture(30s, {"etcd.log"}) {}

  void Start(int nodes) { StartNodes(nodes, MakeTarget("register")); }
  std::unique_ptr<Target> MakeTarget(const std::string& interface, bool serializable = false) {
    TargetOptions options;
    options.interface = interface;
    if (serializable) options.flags["serializable"] = "true";
    return EtcdTarget().make(options);
  }
  std::unique_ptr<Client> Open(const std::string& interface, int node = 0,
                               bool serializable = false) {
    return MakeTarget(interface, serializable)->Open(NodeOf(node), 0);
  }
  std::unique_ptr<Client> OpenLock(const std::string& lease) {
    TargetOptions options;
    options.interface = "lock";
    options.flags["lease"] = lease;
    return EtcdTarget().make(options)->Open(NodeOf(0), 0);
  }
};

/// Start, and leave the test where etcd is not installed.
#define START_ETCD(nodes) \
  Start(nodes);           \
  if (IsSkipped() || HasFatalFailure()) return

TEST_F(EtcdTest, TheRegisterReadsWhatWasWrittenAndComparesBeforeItSets) {
  START_ETCD(1);
  const auto client = Open("register");
  EXPECT_EQ(Ok(*client, "read", nullptr, "k"), Json(nullptr));
  Ok(*client, "write", 5, "k");
  EXPECT_EQ(Ok(*client, "read", nullptr, "k"), Json(5));
  EXPECT_EQ(Ok(*client, "read", nullptr, "another"), Json(nullptr));
  Ok(*client, "cas", {5, 6}, "k");
  EXPECT_EQ(Ok(*client, "read", nullptr, "k"), Json(6));
}

TEST_F(EtcdTest, AMismatchedCasFailsAndSaysWhatItSaw) {
  START_ETCD(1);
  const auto client = Open("register");
  const Completion absent = Invoke(*client, "cas", {1, 2}, "k");
  EXPECT_EQ(absent.outcome, Outcome::kFail);
  EXPECT_EQ(absent.error, "mismatch");
  EXPECT_EQ(absent.observed, Json(nullptr));
  Ok(*client, "cas", {nullptr, 3}, "k");
  const Completion present = Invoke(*client, "cas", {1, 2}, "k");
  EXPECT_EQ(present.outcome, Outcome::kFail);
  EXPECT_EQ(present.observed, Json(3));
  EXPECT_EQ(Invoke(*client, "cas", {nullptr, 9}, "k").observed, Json(3));
}

TEST_F(EtcdTest, TheSetReadsEveryElementOnce) {
  START_ETCD(1);
  const auto client = Open("set");
  EXPECT_EQ(Ok(*client, "read", nullptr), Json::array());
  for (int element : {10, 9, 200, 3, 9}) Ok(*client, "add", element);
  EXPECT_EQ(Ok(*client, "read", nullptr), Json({3, 9, 10, 200}));
}

TEST_F(EtcdTest, ATransactionSeesItsOwnAppendsAndTheStateBeforeIt) {
  START_ETCD(1);
  const auto client = Open("append");
  const Json first = {{"r", 1, nullptr}, {"append", 1, 7}, {"append", 2, 8}, {"r", 1, nullptr}};
  const Json expected = {{"r", 1, nullptr}, {"append", 1, 7}, {"append", 2, 8}, {"r", 1, {7}}};
  EXPECT_EQ(Ok(*client, "txn", first), expected);
  Ok(*client, "txn", Json::array({{"append", 1, 9}}));
  const Json read = {{"r", 1, nullptr}, {"r", 2, nullptr}, {"r", 3, nullptr}};
  const Json seen = {{"r", 1, {7, 9}}, {"r", 2, Json::array({8})}, {"r", 3, nullptr}};
  EXPECT_EQ(Ok(*client, "txn", read), seen);
}

TEST_F(EtcdTest, TheTransactionsOfEveryDataTypeAreServed) {
  START_ETCD(1);
  const auto wr = Open("wr");
  const Json txn = {{"r", "x", nullptr}, {"w", "x", 1}, {"r", "x", nullptr}, {"w", "y", 2}};
  EXPECT_EQ(Ok(*wr, "txn", txn)[2][2], Json(1));
  EXPECT_EQ(Ok(*wr, "txn", {{"r", "y", nullptr}, {"r", "x", nullptr}}),
            Json({{"r", "y", 2}, {"r", "x", 1}}));
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

asio::awaitable<void> AppendMany(Client& client, int first, int count, int& ok, int& conflicts) {
  for (int i = 0; i < count; ++i) {
    Invocation invocation;
    invocation.f = "txn";
    invocation.value.push_back(Json({"append", "x", first + i}));
    const Completion completion = co_await client.Invoke(invocation);
    ok += completion.outcome == Outcome::kOk;
    conflicts += completion.outcome == Outcome::kFail && completion.error == "conflict";
  }
}

TEST_F(EtcdTest, ConcurrentTransactionsOnOneKeyLoseNoAppend) {
  START_ETCD(1);
  constexpr int kClients = 12, kEach = 20;
  std::vector<std::unique_ptr<Client>> clients;
  int ok = 0, conflicts = 0, done = 0;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(Open("append"));
    asio::co_spawn(io_, AppendMany(*clients.back(), i * kEach, kEach, ok, conflicts),
                   [&](std::exception_ptr) { ++done; });
  }
  io_.restart();
  io_.run_for(60s);
  EXPECT_EQ(done, kClients);
  EXPECT_EQ(ok + conflicts, kClients * kEach);
  RecordProperty("conflicts", conflicts);
  const Json list = Ok(*clients[0], "txn", Json::array({{"r", "x", nullptr}}))[0][2];
  EXPECT_EQ(list.size(), static_cast<size_t>(ok));
}

TEST_F(EtcdTest, ALockIsHeldUntilItIsReleasedAndItsTokensGrow) {
  START_ETCD(1);
  const auto first = Open("lock"), second = Open("lock");
  const Json token = Ok(*first, "acquire", nullptr, "k");
  Ok(*second, "acquire", nullptr, "another");
  EXPECT_EQ(Ok(*second, "release", nullptr, "another"), Json(nullptr));
  std::optional<Completion> waited;
  Invocation acquire;
  acquire.f = "acquire";
  acquire.key = "k";
  asio::co_spawn(io_, second->Invoke(acquire),
                 [&](std::exception_ptr, Completion done) { waited = done; });
  io_.restart();
  io_.run_for(300ms);
  EXPECT_FALSE(waited);
  EXPECT_EQ(Ok(*first, "release", nullptr, "k"), Json(nullptr));
  while (!waited) io_.run_one();
  EXPECT_EQ(waited->outcome, Outcome::kOk) << waited->error;
  EXPECT_GT(waited->value.get<int64_t>(), token.get<int64_t>());
  EXPECT_EQ(Invoke(*first, "release", nullptr, "k").error, "not-held");
}

TEST_F(EtcdTest, ALeaseIsRenewedForAsLongAsItsLockIsHeld) {
  START_ETCD(1);
  const auto client = OpenLock("1");
  Ok(*client, "acquire", nullptr, "k");
  io_.restart();
  io_.run_for(2500ms);
  EXPECT_EQ(Ok(*client, "release", nullptr, "k"), Json(nullptr));
}

TEST_F(EtcdTest, AHolderThatDoesNotRenewLosesTheLockAndItsWorkIsRefused) {
  START_ETCD(1);
  const auto client = OpenLock("1"), other = OpenLock("1");
  for (const char* end : {"release", "commit"}) {
    const Json token = Ok(*client, "acquire", nullptr, "k");
    usleep(1'200'000);  // nothing runs in the background meanwhile
    while (Run(EtcdGateway(NodeOf(0).address()).Keys("lock/k/", false)).size() > 0) usleep(50'000);
    const Completion done = Invoke(*client, end, nullptr, "k");
    if (std::string(end) == "release") {
      EXPECT_EQ(done.outcome, Outcome::kOk);
      EXPECT_EQ(done.value, Json("expired"));
    } else {
      EXPECT_EQ(done.outcome, Outcome::kFail);
      EXPECT_EQ(done.error, "lock-lost");
    }
  }
  const Json token = Ok(*other, "acquire", nullptr, "k");
  Ok(*other, "commit", nullptr, "k");
  EXPECT_EQ(Run(EtcdGateway(NodeOf(0).address()).Get("locked/k", false)).value, token);
}

TEST_F(EtcdTest, AClientThatIsGivenUpLeavesNoLockBehind) {
  START_ETCD(1);
  auto first = Open("lock");
  Ok(*first, "acquire", nullptr, "k");
  first.reset();
  Ok(*Open("lock"), "acquire", nullptr, "k");  // by default a lease lasts for a minute
}

TEST_F(EtcdTest, AcknowledgedWritesSurviveKillingEveryMember) {
  START_ETCD(3);
  const auto client = Open("register", 1);
  Ok(*client, "write", 42, "k");
  for (int i = 0; i < 3; ++i) Run(NodeOf(i).Kill());
  EXPECT_FALSE(Ready(0));
  EXPECT_EQ(Invoke(*client, "write", 43, "k").outcome, Outcome::kFail);
  for (int i = 0; i < 3; ++i) Run(target_->Start(NodeOf(i)));
  for (int i = 0; i < 3; ++i) AwaitReady(i);
  EXPECT_EQ(Ok(*client, "read", nullptr, "k"), Json(42));
}

TEST_F(EtcdTest, WithoutAMajorityOnlySerializableReadsAreAnswered) {
  START_ETCD(3);
  Ok(*Open("register", 0), "write", 1, "k");
  EXPECT_EQ(Ok(*Open("register", 2), "read", nullptr, "k"), Json(1));  // n3 has it now
  Run(NodeOf(0).Kill());
  Run(NodeOf(1).Kill());
  EXPECT_FALSE(Ready(2));
  EXPECT_EQ(Ok(*Open("register", 2, true), "read", nullptr, "k"), Json(1));
  EXPECT_EQ(Ok(*Open("append", 2, true), "txn", Json::array({{"r", 1, nullptr}})).size(), 1u);
  EXPECT_EQ(Ok(*Open("set", 2, true), "read", nullptr), Json::array());
}

TEST_F(EtcdTest, TheLeaderIsTheMemberThatLeadsAndAnotherWhenItIsGone) {
  START_ETCD(3);
  const std::string first = Run(target_->Leader()).value();
  EXPECT_THAT(first, testing::AnyOf("n1", "n2", "n3"));
  Run(NodeOf(first[1] - '1').Kill());
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  std::optional<std::string> second;
  while (!second && std::chrono::steady_clock::now() < deadline) second = Run(target_->Leader());
  EXPECT_THAT(second.value(), testing::AnyOf("n1", "n2", "n3"));
  EXPECT_NE(second, first);
}

TEST_F(EtcdTest, TheVersionIsWhatTheProgramSays) {
  START_ETCD(1);
  EXPECT_THAT(target_->Version(), testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+.*"));
}

TEST_F(EtcdTest, APausedMemberIsNotReadyAndAProbeOfItEnds) {
  START_ETCD(1);
  NodeOf(0).Pause();
  EXPECT_FALSE(Ready(0));
  EXPECT_EQ(Run(target_->Leader()), std::nullopt);
  NodeOf(0).Resume();
  AwaitReady(0);
}

TEST_F(EtcdTest, AMissingProgramIsSaidWithTheCommandThatInstallsIt) {
  const std::string path = std::getenv("PATH") != nullptr ? std::getenv("PATH") : "";
  setenv("PATH", "/nonexistent", 1);
  cluster_.emplace(1);
  target_ = MakeTarget("register");
  std::string message;
  try {
    Run(target_->Prepare(*cluster_));
  } catch (const std::exception& error) {
    message = error.what();
  }
  setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(message, "etcd is not installed: run `./cleave install etcd`");
}

}  // namespace
}  // namespace cleave
