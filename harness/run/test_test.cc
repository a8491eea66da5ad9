// A whole test on a cluster in memory: the order of its phases, and every way out.
#include "harness/run/test.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "harness/run/asio.h"

namespace cleave {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class MemoryNode : public Node {
 public:
  MemoryNode(std::string name, fs::path logs) : name_(std::move(name)), logs_(std::move(logs)) {
    fs::create_directories(logs_);
  }
  const std::string& name() const override { return name_; }
  const std::string& address() const override { return name_; }
  const fs::path& data_directory() const override { return logs_; }
  const fs::path& log_directory() const override { return logs_; }
  asio::awaitable<void> Start(const Program& program) override {
    std::ofstream(logs_ / "stdout.log") << "starting\n" << program.argv[0] << "\n";
    running_ = program.argv[0] != "exits";
    exit_ = running_ ? "" : "exited with 3";
    ++starts;
    co_return;
  }
  asio::awaitable<void> Kill() override {
    running_ = false;
    ++kills;
    co_return;
  }
  asio::awaitable<void> Stop(std::chrono::milliseconds) override {
    running_ = false;
    ++stops;
    co_return;
  }
  void Pause() override {}
  void Resume() override {}
  bool Running() const override { return running_; }
  std::string ExitDescription() const override { return exit_; }
  std::vector<ProcessState> Processes() const override { return {}; }

  void Crash() { running_ = false; }

  int starts = 0, stops = 0, kills = 0;

 private:
  std::string name_, exit_;
  fs::path logs_;
  bool running_ = false;
};

class NoNetwork : public Network {
 public:
  void Cut(std::span<const Link>) override {}
  void Uncut() override {}
  std::vector<Link> CutLinks() const override { return {}; }
  uint64_t DroppedPackets() const override { return 0; }
};

class MemoryCluster : public Cluster {
 public:
  MemoryCluster(int n, const fs::path& run) {
    for (int i = 1; i <= n; ++i) {
      std::string name = "n" + std::to_string(i);
      nodes_.push_back(std::make_unique<MemoryNode>(name, run / "nodes" / name));
    }
  }
  std::span<const std::unique_ptr<Node>> nodes() const override { return nodes_; }
  Network& network() override { return network_; }
  MemoryNode& node(int i) { return static_cast<MemoryNode&>(*nodes_[i]); }

 private:
  std::vector<std::unique_ptr<Node>> nodes_;
  NoNetwork network_;
};

class OkClient : public Client {
 public:
  explicit OkClient(const std::function<void()>& on_read) : on_read_(on_read) {}
  asio::awaitable<Completion> Invoke(const Invocation& invocation) override {
    if (invocation.f == "read" && on_read_) on_read_();
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::microseconds(200));
    co_await timer.async_wait(asio::use_awaitable);
    Completion completion;
    completion.outcome = Outcome::kOk;
    co_return completion;
  }

 private:
  const std::function<void()>& on_read_;
};

class MemoryTarget : public Target {
 public:
  std::string Version() const override { return prepared_ ? "1.2.3" : ""; }
  asio::awaitable<void> Prepare(Cluster&) override {
    if (!prepare_error.empty()) throw std::runtime_error(prepare_error);
    prepared_ = true;
    co_return;
  }
  asio::awaitable<void> Start(Node& node) override {
    Program program;
    program.argv = {node.name() == exits ? "exits" : "server"};
    co_await node.Start(program);
  }
  asio::awaitable<bool> Ready(Node& node) override {
    co_return node.Running() && node.name() != never_ready;
  }
  asio::awaitable<std::optional<std::string>> Leader() override { co_return std::nullopt; }
  std::unique_ptr<Client> Open(Node&, int32_t) override {
    return std::make_unique<OkClient>(on_read);
  }

  std::string prepare_error, exits, never_ready;
  std::function<void()> on_read;

 private:
  bool prepared_ = false;
};

class MemoryNemesis : public NemesisDriver {
 public:
  asio::awaitable<Completion> Invoke(const Invocation& invocation) override {
    const size_t dash = invocation.f.find('-');
    const std::string fault = invocation.f.substr(dash + 1);
    const bool start = invocation.f.substr(0, dash) == "start";
    if (start) active_.insert(fault);
    const std::function<void()>& hook = start ? on_start : on_stop;
    if (hook) hook();
    // Time for a signal to arrive.
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds(2));
    co_await timer.async_wait(asio::use_awaitable);
    if (!start && --stops_that_fail < 0) active_.erase(fault);
    co_return Completion{};
  }
  void MainPhaseBegan(int64_t) override { ++began; }
  std::vector<Op> HealOps() const override {
    std::vector<Op> ops;
    for (const std::string& fault : active_) {
      ops.emplace_back();
      ops.back().f = "stop-" + fault;
    }
    return ops;
  }
  std::vector<std::string> Active() const override { return {active_.begin(), active_.end()}; }

  std::function<void()> on_start, on_stop;
  int began = 0, stops_that_fail = 0;

 private:
  std::set<std::string> active_;
};

class TestTest : public testing::Test {
 protected:
  TestTest()
      : store_(MakeStore()),
        directory_(store_, "memory", "register"),
        cluster_(3, directory_.path()),
        setup_{{}, "0.1.0", directory_, cluster_, target_, {}, nullptr, nullptr} {
    setup_.options.quiet = true;
    setup_.options.concurrency = 3;
    setup_.options.rate = 0;
    setup_.options.ops = 20;
    setup_.workload.generator = gen::Repeat(MakeOp("write"));
    setup_.workload.final_generator = gen::EachThread(gen::UntilOk(gen::Repeat(MakeOp("read"))));
    setup_.nemesis = &nemesis_;
    setup_.nemesis_generator =
        gen::FlipFlop(gen::Delay(kMillisecond, gen::Repeat(MakeOp("start-kill"))), nullptr);
  }
  ~TestTest() override { fs::remove_all(store_); }

  static fs::path MakeStore() {
    std::string name = testing::TempDir() + "test_XXXXXX";
    return mkdtemp(name.data());
  }
  TestOutcome Run() {
    asio::io_context io;
    TestOutcome outcome;
    asio::co_spawn(io, RunTest(setup_), [&](std::exception_ptr error, TestOutcome result) {
      EXPECT_TRUE(error == nullptr);
      outcome = std::move(result);
    });
    io.run();
    return outcome;
  }
  std::vector<Json> Lines() {
    std::vector<Json> lines;
    std::ifstream in(directory_.history());
    for (std::string line; std::getline(in, line) && line[0] == '{';) {
      lines.push_back(ParseJson(line));
    }
    return lines;
  }
  std::vector<std::string> Phases() {
    std::vector<std::string> phases;
    for (const Json& e : Lines()) {
      if (e["f"] == "phase") phases.push_back(e["value"]["phase"]);
    }
    return phases;
  }
  int Count(const char* f, const char* type) {
    int n = 0;
    for (const Json& e : Lines()) n += e["f"] == f && e["type"] == type ? 1 : 0;
    return n;
  }
  std::string HarnessLog() {
    std::ifstream in(directory_.path() / "harness.log");
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void ExpectAllStopped() {
    for (const auto& node : cluster_.nodes()) EXPECT_FALSE(node->Running()) << node->name();
  }

  fs::path store_;
  RunDirectory directory_;
  MemoryCluster cluster_;
  MemoryTarget target_;
  MemoryNemesis nemesis_;
  TestSetup setup_;
};

TEST_F(TestTest, GoesThroughAllPhasesInOrder) {
  TestOutcome outcome = Run();
  EXPECT_EQ(outcome.error, "");
  EXPECT_THAT(Phases(), ElementsAre("setup", "main", "heal", "recovery", "final", "done"));
  EXPECT_EQ(Count("write", "ok"), 20);
  EXPECT_EQ(Count("read", "ok"), 3);
  EXPECT_EQ(outcome.counts.ok, 23);
  EXPECT_EQ(nemesis_.began, 1);
  ExpectAllStopped();
}

TEST_F(TestTest, WritesTheTargetsVersionIntoTestJson) {
  Run();
  std::ifstream in(directory_.path() / "test.json");
  Json json = ParseJson(std::string(std::istreambuf_iterator<char>(in), {}));
  EXPECT_EQ(json["target"]["version"], "1.2.3");
  EXPECT_EQ(json["nodes"], ParseJson(R"(["n1","n2","n3"])"));
}

TEST_F(TestTest, EveryThreadTalksToItsNode) {
  Run();
  for (const Json& e : Lines()) {
    if (e["process"].is_number()) {
      EXPECT_EQ(e["node"], "n" + std::to_string(e["process"].get<int>() + 1));
    }
  }
}

TEST_F(TestTest, HealsWhatIsActiveAndRecordsIt) {
  Run();
  EXPECT_EQ(Count("start-kill", "info"), 1);
  EXPECT_EQ(Count("stop-kill", "invoke"), 1);
  EXPECT_EQ(Count("stop-kill", "info"), 1);
  EXPECT_TRUE(nemesis_.HealOps().empty());
}

TEST_F(TestTest, AnEndlessNemesisDoesNotOutlastTheClients) {
  setup_.nemesis_generator = gen::Delay(kMillisecond, gen::Repeat(MakeOp("start-kill")));
  EXPECT_EQ(Run().error, "");
  EXPECT_EQ(Count("write", "ok"), 20);
}

TEST_F(TestTest, TheTimeLimitEndsAnEndlessWorkload) {
  setup_.options.ops = 0;
  setup_.options.time_limit = 20 * kMillisecond;
  EXPECT_EQ(Run().error, "");
  EXPECT_GT(Count("write", "ok"), 0);
  EXPECT_THAT(Phases(), ElementsAre("setup", "main", "heal", "recovery", "final", "done"));
}

TEST_F(TestTest, ANodeThatExitsAtOnceIsNamedWithItsExitAndItsLog) {
  target_.exits = "n2";
  TestOutcome outcome = Run();
  EXPECT_THAT(outcome.error, testing::AllOf(HasSubstr("n2 exited with 3"), HasSubstr("stdout.log"),
                                            HasSubstr("\n  exits")));
  EXPECT_THAT(Phases(), ElementsAre("setup", "heal", "done"));
  ExpectAllStopped();
}

TEST_F(TestTest, ANodeThatNeverBecomesReadyIsNamed) {
  target_.never_ready = "n3";
  setup_.setup_time = 30 * kMillisecond;
  EXPECT_THAT(Run().error, HasSubstr("node n3 runs but does not become ready"));
  ExpectAllStopped();
}

TEST_F(TestTest, ATargetThatIsNotInstalledEndsTheTestInItsWords) {
  target_.prepare_error = "etcd is missing: cleave install etcd";
  EXPECT_EQ(Run().error, "etcd is missing: cleave install etcd");
  EXPECT_THAT(Phases(), ElementsAre("setup", "heal", "done"));
}

TEST_F(TestTest, NodesThatDoNotRunAreStartedAgainForRecovery) {
  nemesis_.on_start = [this] { cluster_.node(1).Crash(); };
  TestOutcome outcome = Run();
  EXPECT_THAT(outcome.warnings, ElementsAre());
  EXPECT_EQ(cluster_.node(1).starts, 2);
  EXPECT_EQ(cluster_.node(0).starts, 1);
}

TEST_F(TestTest, NodesThatDoNotRecoverAreWarnedOf) {
  nemesis_.on_start = [this] { target_.never_ready = "n1"; };
  setup_.options.recovery_time = 30 * kMillisecond;
  TestOutcome outcome = Run();
  EXPECT_EQ(outcome.error, "");
  ASSERT_EQ(outcome.warnings.size(), 1u);
  EXPECT_THAT(outcome.warnings[0], HasSubstr("n1"));
  EXPECT_EQ(Count("read", "ok"), 3);
}

TEST_F(TestTest, CtrlCEndsTheMainPhaseAndStillHealsAndReads) {
  setup_.options.ops = 0;
  nemesis_.on_start = [] { kill(getpid(), SIGINT); };
  TestOutcome outcome = Run();
  EXPECT_TRUE(outcome.interrupted);
  EXPECT_EQ(outcome.error, "");
  EXPECT_THAT(Phases(), ElementsAre("setup", "main", "heal", "recovery", "final", "done"));
  EXPECT_TRUE(nemesis_.HealOps().empty());
  ExpectAllStopped();
}

TEST_F(TestTest, ASecondCtrlCOnlyHealsAndStops) {
  setup_.options.ops = 0;
  nemesis_.on_start = [this] {
    target_.never_ready = "n1";
    kill(getpid(), SIGINT);
  };
  setup_.options.recovery_time = 3'600 * kSecond;
  asio::io_context io;
  TestOutcome outcome;
  asio::co_spawn(io, RunTest(setup_),
                 [&](std::exception_ptr, TestOutcome result) { outcome = std::move(result); });
  bool again = false;
  while (io.run_one() > 0) {
    if (!again && Phases().size() > 0 && Phases().back() == "recovery") {
      again = true;
      kill(getpid(), SIGTERM);
    }
  }
  EXPECT_TRUE(outcome.interrupted);
  EXPECT_THAT(Phases(), ElementsAre("setup", "main", "heal", "recovery", "done"));
  EXPECT_EQ(cluster_.node(0).kills, 1);
  ExpectAllStopped();
}

TEST_F(TestTest, ASignalWhileHealingLeavesNoFaultBehind) {
  setup_.options.ops = 500;
  setup_.nemesis_generator =
      gen::Sequence({gen::Once(MakeOp("start-kill")), gen::Once(MakeOp("start-pause"))});
  nemesis_.on_stop = [sent = false]() mutable {
    if (!std::exchange(sent, true)) kill(getpid(), SIGINT);
  };
  TestOutcome outcome = Run();
  EXPECT_TRUE(outcome.interrupted);
  EXPECT_EQ(Count("stop-kill", "info"), 1);
  EXPECT_EQ(Count("stop-pause", "info"), 1);
  EXPECT_THAT(outcome.warnings, ElementsAre());
  EXPECT_THAT(Phases(), ElementsAre("setup", "main", "heal", "recovery", "final", "done"));
}

TEST_F(TestTest, AFirstSignalDoesNotCutTheFinalReads) {
  setup_.workload.final_generator = gen::EachThread(gen::Limit(5, gen::Repeat(MakeOp("read"))));
  target_.on_read = [sent = false]() mutable {
    if (!std::exchange(sent, true)) kill(getpid(), SIGINT);
  };
  EXPECT_TRUE(Run().interrupted);
  EXPECT_EQ(Count("read", "ok"), 15);
}

TEST_F(TestTest, ASecondSignalEndsTheFinalReads) {
  setup_.workload.final_generator = gen::Repeat(MakeOp("read"));
  setup_.workload.final_time = 3'600 * kSecond;
  target_.on_read = [] { kill(getpid(), SIGINT); };
  EXPECT_TRUE(Run().interrupted);
  EXPECT_THAT(Phases(), ElementsAre("setup", "main", "heal", "recovery", "final", "done"));
}

TEST_F(TestTest, AClosedTerminalEndsTheMainPhaseAndStillHealsAndReads) {
  setup_.options.ops = 0;
  auto before = signal(SIGHUP, SIG_DFL);
  nemesis_.on_start = nemesis_.on_stop = [] { kill(getpid(), SIGHUP); };
  TestOutcome outcome = Run();
  signal(SIGHUP, before);
  EXPECT_TRUE(outcome.interrupted);
  EXPECT_THAT(Phases(), ElementsAre("setup", "main", "heal", "recovery", "final", "done"));
  EXPECT_TRUE(nemesis_.HealOps().empty());
}

TEST_F(TestTest, UnderNohupAClosedTerminalIsIgnored) {
  auto before = signal(SIGHUP, SIG_IGN);
  nemesis_.on_start = [] { kill(getpid(), SIGHUP); };
  TestOutcome outcome = Run();
  signal(SIGHUP, before);
  EXPECT_FALSE(outcome.interrupted);
  EXPECT_EQ(Count("write", "ok"), 20);
}

TEST_F(TestTest, AHealThatFailsOnceIsTriedAgain) {
  nemesis_.stops_that_fail = 1;
  EXPECT_THAT(Run().warnings, ElementsAre());
  EXPECT_EQ(Count("stop-kill", "info"), 2);
}

TEST_F(TestTest, AFaultThatDoesNotHealIsAWarning) {
  nemesis_.stops_that_fail = 100;
  EXPECT_THAT(Run().warnings, ElementsAre("not healed: kill"));
  EXPECT_EQ(Count("stop-kill", "info"), 2);
  EXPECT_THAT(HarnessLog(), HasSubstr("not healed: kill\n"));
}

// As a full disk: files end at 1 MiB, which is what the journal reserves at first.
class FilesEndAtOneMebibyte {
 public:
  FilesEndAtOneMebibyte() : before_(signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &limit_);
    rlimit small = limit_;
    small.rlim_cur = 1 << 20;
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~FilesEndAtOneMebibyte() {
    setrlimit(RLIMIT_FSIZE, &limit_);
    signal(SIGXFSZ, before_);
  }

 private:
  sighandler_t before_;
  rlimit limit_;
};

TEST_F(TestTest, AFullDiskIsTheErrorAndStillHealsUnrecorded) {
  setup_.options.ops = 0;
  // Most of the file in long lines, and its end in lines shorter than those of a heal.
  setup_.workload.generator = gen::Fn(1, [](int64_t n, Random&) {
    Op op = MakeOp("w");
    if (n < 120) op.value = std::string(4'000, 'x');
    return op;
  });
  TestOutcome outcome;
  {
    FilesEndAtOneMebibyte full;
    outcome = Run();
  }
  EXPECT_THAT(outcome.error, HasSubstr("cannot extend the history"));
  EXPECT_TRUE(nemesis_.HealOps().empty());
  EXPECT_EQ(Count("stop-kill", "invoke"), 0);
  EXPECT_THAT(HarnessLog(), HasSubstr("unrecorded: stop-kill"));
  ExpectAllStopped();
}

TEST_F(TestTest, WhatAGeneratorThrowsStillHealsAndStops) {
  setup_.workload.generator = gen::Fn(1, [](int64_t n, Random&) -> Op {
    if (n == 10) throw std::runtime_error("a generator's mistake");
    return MakeOp("write");
  });
  EXPECT_EQ(Run().error, "a generator's mistake");
  EXPECT_THAT(Phases(), ElementsAre("setup", "main", "heal", "done"));
  ExpectAllStopped();
}

TEST_F(TestTest, AHistoryThatCannotBeCreatedIsTheError) {
  fs::create_directory(directory_.history());
  EXPECT_THAT(Run().error, HasSubstr("history.jsonl"));
}

TEST_F(TestTest, TheLogTellsThePhases) {
  Run();
  EXPECT_THAT(HarnessLog(), HasSubstr("phase recovery\n"));
}

}  // namespace
}  // namespace cleave
