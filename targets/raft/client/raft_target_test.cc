// The target with real processes on loopback: elections, all functions, deaths and restarts, and
// what the program says when it cannot run. Every wait has a deadline; the processes go with the
// cluster.
#include "targets/raft/client/raft_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <future>
#include <set>

#include "targets/loopback_cluster.h"
#include "targets/raft/client/raft_client.h"
#include "targets/run_awaitable.h"

namespace cleave {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

class RaftProcesses : public testing::Test {
 protected:
  void SetUp() override {
    setenv("CLEAVE_RAFT", CLEAVE_RAFT, 1);
    Speak("");
  }
  /// The data type of the clients that are opened from now on.
  void Speak(const std::string& interface) {
    TargetOptions options;
    options.interface = interface;
    ++process_;  // the store remembers the names of clients
    target_ = RaftTarget().make(options);
    RunAwaitable(io_, target_->Prepare(cluster_));
  }

  Node& At(int i) { return *cluster_.nodes()[i]; }
  void Start(int i) { RunAwaitable(io_, target_->Start(At(i))); }
  void Kill(int i) { RunAwaitable(io_, At(i).Kill()); }
  void StartAll() {
    for (int i = 0; i < 3; ++i) Start(i);
  }

  asio::awaitable<bool> UntilReady(int i) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    asio::steady_timer pause(io_);
    while (std::chrono::steady_clock::now() < deadline) {
      if (co_await target_->Ready(At(i))) co_return true;
      pause.expires_after(20ms);
      co_await pause.async_wait(asio::use_awaitable);
    }
    co_return false;
  }
  void AwaitReady(int i) {
    ASSERT_TRUE(RunAwaitable(io_, UntilReady(i))) << cluster_.Log(i, "raft.log");
  }

  /// Repeats an operation that fails for certain, for as long as a new leader may take.
  Completion Do(int node, const std::string& f, Json value, Json key = "k") {
    Invocation invocation;
    invocation.f = f;
    invocation.value = std::move(value);
    invocation.key = std::move(key);
    invocation.deadline = 10'000'000'000;
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    for (;;) {
      auto client = target_->Open(At(node), process_);
      const Completion completion = RunAwaitable<Completion>(io_, client->Invoke(invocation));
      static const std::set<std::string> kFinal = {"mismatch", "insufficient", "too-late"};
      const bool again = completion.outcome == Outcome::kFail && !kFinal.contains(completion.error);
      if (!again || std::chrono::steady_clock::now() > deadline) return completion;
    }
  }

  int LeaderIndex() {
    const auto leader = RunAwaitable<std::optional<std::string>>(io_, target_->Leader());
    for (int i = 0; i < 3; ++i) {
      if (leader == At(i).name()) return i;
    }
    return -1;
  }

  asio::io_context io_;
  LoopbackCluster cluster_{3};
  std::unique_ptr<Target> target_;
  int32_t process_ = 0;
};

TEST_F(RaftProcesses, EveryNodeServesEveryFunction) {
  StartAll();
  for (int i = 0; i < 3; ++i) AwaitReady(i);
  EXPECT_EQ(Do(0, "read", nullptr).value, Json());
  EXPECT_EQ(Do(0, "write", 1).outcome, Outcome::kOk);
  EXPECT_EQ(Do(1, "read", nullptr).value, Json(1));
  EXPECT_EQ(Do(2, "cas", Json::array({1, 2})).outcome, Outcome::kOk);
  const Completion mismatch = Do(0, "cas", Json::array({1, 3}));
  EXPECT_EQ(mismatch.outcome, Outcome::kFail);
  EXPECT_EQ(mismatch.error, "mismatch");
  EXPECT_EQ(mismatch.observed, Json(2));
  EXPECT_EQ(Do(1, "read", nullptr, nullptr).value, Json::array());
  EXPECT_EQ(Do(1, "add", 5, nullptr).outcome, Outcome::kOk);
  EXPECT_EQ(Do(2, "read", nullptr, nullptr).value, Json::array({5}));
  const Json txn = ParseJson(R"([["append",7,1],["r",7,null],["r",8,null]])");
  EXPECT_EQ(Do(0, "txn", txn, nullptr).value,
            ParseJson(R"([["append",7,1],["r",7,[1]],["r",8,null]])"));
}

TEST_F(RaftProcesses, EveryNodeServesTransactionsOfEveryDataType) {
  Speak("wr");
  StartAll();
  for (int i = 0; i < 3; ++i) AwaitReady(i);
  const Json txn = ParseJson(R"([["w","x",1],["r","x",null],["w","y",2]])");
  EXPECT_EQ(Do(0, "txn", txn, nullptr).value,
            ParseJson(R"([["w","x",1],["r","x",1],["w","y",2]])"));
  const Json reads = ParseJson(R"([["r","y",null],["r","x",null],["r","z",null]])");
  EXPECT_EQ(Do(1, "txn", reads, nullptr).value,
            ParseJson(R"([["r","y",2],["r","x",1],["r","z",null]])"));
  Speak("bank");
  const Json transfer = ParseJson(R"({"from":0,"to":1,"amount":10})");
  EXPECT_EQ(Do(2, "transfer", transfer, nullptr).outcome, Outcome::kOk);
  EXPECT_EQ(Do(0, "transfer", transfer, nullptr).error, "insufficient");
  EXPECT_EQ(Do(1, "read", nullptr, nullptr).value.at("1"), Json(20));
  Speak("g2");
  EXPECT_EQ(Do(0, "insert", Json::array({1, nullptr})).outcome, Outcome::kOk);
  EXPECT_EQ(Do(1, "insert", Json::array({nullptr, 2})).error, "too-late");
}

TEST_F(RaftProcesses, TheOthersElectALeaderWhenItIsKilled) {
  StartAll();
  AwaitReady(0);
  ASSERT_EQ(Do(0, "write", 1).outcome, Outcome::kOk);
  const int leader = LeaderIndex();
  ASSERT_GE(leader, 0);
  Kill(leader);
  const int other = (leader + 1) % 3;
  EXPECT_EQ(Do(other, "read", nullptr).value, Json(1));
  EXPECT_EQ(Do(other, "cas", Json::array({1, 2})).outcome, Outcome::kOk);
  EXPECT_NE(LeaderIndex(), leader);
}

TEST_F(RaftProcesses, DataSurvivesKillingEveryNode) {
  StartAll();
  AwaitReady(0);
  for (int i = 0; i < 20; ++i) ASSERT_EQ(Do(0, "add", i).outcome, Outcome::kOk);
  for (int i = 0; i < 3; ++i) Kill(i);
  StartAll();
  EXPECT_EQ(Do(2, "read", nullptr).value.size(), 20u);
}

TEST_F(RaftProcesses, ANodeWithoutMajorityRefusesForCertain) {
  Start(0);
  Invocation write;
  write.f = "write";
  write.value = 1;
  write.key = "k";
  write.deadline = 3'000'000'000;
  asio::steady_timer pause(io_, 500ms);
  RunAwaitable(io_, pause.async_wait(asio::use_awaitable));
  EXPECT_FALSE(RunAwaitable(io_, target_->Ready(At(0))));
  const auto client = target_->Open(At(0), 0);
  const Completion completion = RunAwaitable<Completion>(io_, client->Invoke(write));
  EXPECT_EQ(completion.outcome, Outcome::kFail);
  EXPECT_EQ(completion.error, "no-leader");
}

TEST_F(RaftProcesses, ALeaderThatHasLostItsMajorityIsNotReady) {
  StartAll();
  AwaitReady(0);
  const int leader = LeaderIndex();
  ASSERT_GE(leader, 0);
  for (int i = 0; i < 3; ++i) {
    if (i != leader) At(i).Pause();
  }
  // It goes on leading for a second before it steps down.
  EXPECT_FALSE(RunAwaitable(io_, target_->Ready(At(leader))));
}

TEST_F(RaftProcesses, NothingListensIsACertainFailure) {
  Invocation write;
  write.f = "write";
  write.value = 1;
  write.key = "k";
  write.deadline = 3'000'000'000;
  const auto client = target_->Open(At(0), 0);
  const Completion completion = RunAwaitable<Completion>(io_, client->Invoke(write));
  EXPECT_EQ(completion.outcome, Outcome::kFail);
  EXPECT_EQ(completion.error, "connection-refused");
}

TEST_F(RaftProcesses, GarbageOnBothPortsHarmsNothing) {
  StartAll();
  AwaitReady(0);
  for (const uint16_t port : {8080, 8081}) {
    for (const std::string& garbage :
         {std::string("\0\xff\x10garbage\r\n\r\n", 14), std::string("PUT / HTTP/9\r\n\r\n"),
          std::string(100'000, 'x'),
          std::string("\x08\0\0\0\x01\x01\x01\x01\x01\x01\x01\x01", 12)}) {
      asio::ip::tcp::socket socket(io_);
      socket.connect({asio::ip::make_address(At(0).address()), port});
      boost::system::error_code ignored;
      asio::write(socket, asio::buffer(garbage), ignored);
    }
  }
  EXPECT_EQ(Do(0, "write", 1).outcome, Outcome::kOk);
}

/// Runs the program with words for the shell, after a `setting` of the shell; its exit code and all
/// that it wrote.
std::pair<int, std::string> RunServer(const std::string& arguments,
                                      const std::string& setting = "") {
  const std::string command = setting + "timeout 20 " + CLEAVE_RAFT + " " + arguments + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  std::string out;
  char buffer[4096];
  while (const size_t n = fread(buffer, 1, sizeof(buffer), pipe)) out.append(buffer, n);
  const int status = pclose(pipe);
  return {WEXITSTATUS(status), out};
}

std::string OneNode(const LoopbackCluster& cluster, const std::string& data) {
  const std::string address = cluster.nodes()[0]->address();
  return "--node n1 --cluster n1=" + address + ":8081 --client " + address + ":8080 --data " + data;
}

TEST(RaftProgram, WrongOptionsEndWith254AndWords) {
  EXPECT_EQ(RunServer("--help").first, 0);
  for (const auto& [arguments, words] : std::vector<std::pair<std::string, std::string>>{
           {"", "--cluster is missing"},
           {"--nonsense 1", "--nonsense: unknown option"},
           {"--bug stale", "lost-update-cas"},
           {"--cluster n1", "not NAME=ADDRESS:PORT"},
           {"--cluster n1=127.0.0.1:99999", "not a number from 0 to 65535"}}) {
    const auto [code, out] = RunServer(arguments);
    EXPECT_EQ(code, 254) << arguments;
    EXPECT_THAT(out, HasSubstr(words));
  }
}

TEST(RaftProgram, PortInUseEndsWith255AndItsNumber) {
  LoopbackCluster cluster(1);
  asio::io_context io;
  asio::ip::tcp::acceptor taken(io, {asio::ip::make_address(cluster.nodes()[0]->address()), 8080});
  const auto [code, out] = RunServer(OneNode(cluster, (cluster.root() / "x").string()));
  EXPECT_EQ(code, 255);
  EXPECT_THAT(out, HasSubstr("port 8080 of " + cluster.nodes()[0]->address() + " is in use"));
}

TEST(RaftProgram, BadDataDirectoryAndCorruptStateEndWith255) {
  LoopbackCluster cluster(1);
  const auto data = cluster.root() / "x";
  std::ofstream(data) << "a file";
  EXPECT_EQ(RunServer(OneNode(cluster, data.string())).first, 255);
  std::filesystem::remove(data);
  std::filesystem::create_directory(data);
  std::ofstream(data / "log") << "not a log";
  const auto [code, out] = RunServer(OneNode(cluster, data.string()));
  EXPECT_EQ(code, 255);
  EXPECT_THAT(out, HasSubstr("corrupt"));
}

TEST(RaftProgram, AFullDiskEndsWith255AndTheFilesName) {
  LoopbackCluster cluster(1);
  const std::string arguments = OneNode(cluster, (cluster.root() / "x").string());
  // A limit of the files' size: without its signal, writing fails as on a full disk.
  auto ended =
      std::async(std::launch::async, RunServer, arguments, "trap '' XFSZ; ulimit -f 512; ");
  asio::io_context io;
  RaftClientOptions options;
  options.address = cluster.nodes()[0]->address();
  options.id = "c";
  options.retry = false;
  RaftClient client(options);
  Invocation write;
  write.f = "write";
  write.key = "k";
  write.value = std::string(100'000, 'x');
  while (ended.wait_for(0s) != std::future_status::ready) {
    RunAwaitable<Completion>(io, client.Invoke(write));
  }
  const auto [code, out] = ended.get();
  EXPECT_EQ(code, 255);
  EXPECT_THAT(out, HasSubstr("cannot write " + (cluster.root() / "x/log").string()));
}

TEST(RaftTargetTest, MissingServerIsNamed) {
  setenv("CLEAVE_RAFT", "/nonexistent/cleave-raft", 1);
  asio::io_context io;
  LoopbackCluster cluster(1);
  const auto target = RaftTarget().make({});
  try {
    RunAwaitable(io, target->Prepare(cluster));
    FAIL() << "it was found";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("/nonexistent/cleave-raft"));
  }
}

}  // namespace
}  // namespace cleave
