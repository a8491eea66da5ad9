// A whole test on a cluster in memory: the order of its phases, and every way out.
#include "harness/run/test.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

#include "harness/run/memory_test.h"

namespace cleave {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

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

TEST_F(TestTest, WritesHowTheTargetDescribesItselfIntoTestJson) {
  target_.description = {{"name", "mine"}, {"start", {"./mine"}}};
  Run();
  std::ifstream in(directory_.path() / "test.json");
  const Json json = ParseJson(std::string(std::istreambuf_iterator<char>(in), {}));
  EXPECT_EQ(json["target"]["name"], "mine");
  EXPECT_EQ(json["target"]["description"], target_.description);
}

TEST_F(TestTest, SaysWhatTheTargetWarnsOf) {
  target_.warnings = {"a client spoke nonsense"};
  EXPECT_THAT(Run().warnings, ElementsAre("a client spoke nonsense"));
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
  std::filesystem::create_directory(directory_.history());
  EXPECT_THAT(Run().error, HasSubstr("history.jsonl"));
}

TEST_F(TestTest, TheLogTellsThePhases) {
  Run();
  EXPECT_THAT(HarnessLog(), HasSubstr("phase recovery\n"));
}

}  // namespace
}  // namespace cleave
