// Whole runs, as a user starts them. Skipped, with the reason, where namespaces cannot be made.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <thread>

#include "harness/cli/program_test.h"

namespace cleave {
namespace {

class EndToEnd : public testing::Test {
 protected:
  void SetUp() override {
    const ProgramResult doctor = RunCleave("doctor");
    if (doctor.exit_code != 0)
      GTEST_SKIP() << "this machine cannot run a local cluster:\n" << doctor.output;
  }
  std::string Store() const { return " --store " + directory_.path().string() + "/store "; }
  std::string Latest() const { return directory_.path().string() + "/store/latest"; }
  TemporaryDirectory directory_;
};

bool Has(const ProgramResult& result, const std::string& words) {
  return result.output.find(words) != std::string::npos;
}

/// Whether a process exists whose command line mentions `text`.
bool AnyProcessWith(const std::string& text) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (name == std::to_string(getpid())) continue;
    std::ifstream in(entry.path() / "cmdline", std::ios::binary);
    const std::string command((std::istreambuf_iterator<char>(in)), {});
    if (command.find(text) != std::string::npos) return true;
  }
  return false;
}

TEST_F(EndToEnd, AHealthyRaftUnderFaultsIsValidAndLeavesItsWholeRunDirectory) {
  const ProgramResult result =
      RunCleave("test raft --time-limit 12s --nemesis-interval 2s --nodes 3 --seed 3" + Store());
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_TRUE(Has(result, "VALID")) << result.output;
  for (const char* file : {"test.json", "history.jsonl", "schedule.json", "results.json",
                           "report.html", "junit.xml", "harness.log", "nodes/n1", "nodes/n3"}) {
    EXPECT_TRUE(std::filesystem::exists(Latest() + "/" + file)) << file;
  }
  const ProgramResult again = RunCleave("check " + Latest());
  EXPECT_EQ(again.exit_code, 0) << again.output;
  const ProgramResult replay = RunCleave("test raft --time-limit 12s --nodes 3 --schedule " +
                                         Latest() + "/schedule.json" + Store());
  EXPECT_EQ(replay.exit_code, 0) << replay.output;
}

TEST_F(EndToEnd, TheLiveLineSaysFaultsAndTheVerdictSoFar) {
  const ProgramResult result =
      RunShell(std::string("COLUMNS=200 script -qec 'stty cols 200; ") + kProgram +
               " test raft --nodes 3 --time-limit 10s --nemesis pause --nemesis-interval 1s" +
               Store() + "' /dev/null < /dev/null");
  EXPECT_TRUE(Has(result, "op/s  ok ")) << result.output;
  EXPECT_TRUE(Has(result, "pause ")) << result.output;
  EXPECT_TRUE(Has(result, "valid so far")) << result.output;
}

TEST_F(EndToEnd, ARealDatabaseAtAWeakLevelIsKilledRecoversAndIsInvalid) {
  const ProgramResult installed =
      RunShell(std::string("CLEAVE_NO_INSTALL=1 ") + kProgram + " install postgres");
  if (installed.exit_code != 0) GTEST_SKIP() << installed.output;
  const ProgramResult result = RunCleave(
      "test postgres --workload append --isolation read-committed --nemesis kill"
      " --nemesis-interval 2s --time-limit 8s --seed 3" +
      Store());
  EXPECT_EQ(result.exit_code, 1) << result.output;
  EXPECT_TRUE(Has(result, "G-single")) << result.output;
  EXPECT_TRUE(std::filesystem::exists(Latest() + "/nodes/n1/postgres.log"));
  const ProgramResult recovered =
      RunShell("grep -c 'automatic recovery in progress' " + Latest() + "/nodes/n1/postgres.log");
  EXPECT_EQ(recovered.exit_code, 0) << recovered.output;
}

TEST_F(EndToEnd, AStandbyThatIsPromotedInAPartitionHasNotWhatThePrimaryAcknowledged) {
  const ProgramResult installed =
      RunShell(std::string("CLEAVE_NO_INSTALL=1 ") + kProgram + " install postgres");
  if (installed.exit_code != 0) GTEST_SKIP() << installed.output;
  const ProgramResult result = RunCleave(
      "test postgres --topology standby --workload set --nemesis partition:leader"
      " --time-limit 30s --seed 1" +
      Store());
  EXPECT_EQ(result.exit_code, 1) << result.output;
  EXPECT_TRUE(Has(result, "lost: Element ")) << result.output;
  const ProgramResult promoted =
      RunShell("grep -c 'n2 is promoted' " + Latest() + "/nodes/n1/operator.log");
  EXPECT_EQ(promoted.exit_code, 0) << promoted.output;
}

TEST_F(EndToEnd, ASeededBugIsCaughtWithItsEvidence) {
  const ProgramResult result = RunCleave(
      "test raft --bug lost-update-cas --time-limit 10s --nemesis none --nodes 3" + Store());
  EXPECT_EQ(result.exit_code, 1) << result.output;
  EXPECT_TRUE(Has(result, "INVALID")) << result.output;
  EXPECT_TRUE(Has(result, "process ")) << result.output;
  EXPECT_TRUE(Has(result, "stopped at a violation: ")) << result.output;
}

TEST_F(EndToEnd, EveryBugOfTransactionsIsCaughtAsWhatItIs) {
  for (const auto& [bug, workload, anomaly] :
       std::vector<std::tuple<std::string, std::string, std::string>>{
           {"lost-update", "append", "lost-update"},
           {"write-skew", "append", "G2-item"},
           {"fractured-read", "wr", "read-committed holds"},
           {"dirty-read", "wr", "G1a"}}) {
    const ProgramResult result = RunCleave("test raft --bug " + bug + " --workload " + workload +
                                           " --time-limit 5s --nemesis none --nodes 3" + Store());
    EXPECT_EQ(result.exit_code, 1) << bug << "\n" << result.output;
    EXPECT_TRUE(Has(result, anomaly)) << bug << "\n" << result.output;
  }
}

TEST_F(EndToEnd, RedisKeepsASetWhileNothingBreaks) {
  const ProgramResult result = RunCleave(
      "test redis-sentinel --workload set --nemesis none --nodes 3 --time-limit 5s" + Store());
  if (Has(result, "is not installed")) GTEST_SKIP() << result.output;
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_TRUE(Has(result, "VALID")) << result.output;
  for (const char* log : {"redis.log", "sentinel.log"}) {
    EXPECT_TRUE(std::filesystem::exists(Latest() + "/nodes/n1/" + log)) << log;
  }
}

class GalleryEndToEnd : public EndToEnd, public testing::WithParamInterface<const char*> {};

// The quickest findings; all of them are run by hand.
INSTANTIATE_TEST_SUITE_P(Quickest, GalleryEndToEnd,
                         testing::Values("etcd-stale-reads", "mariadb-write-skew"));

TEST_P(GalleryEndToEnd, FindsWhatIsKnownAndItsControlIsClean) {
  const ProgramResult result = RunCleave(std::string("gallery run ") + GetParam() + Store());
  if (Has(result, "is not installed")) GTEST_SKIP() << result.output;
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_TRUE(Has(result, "as expected: invalid, ")) << result.output;
  EXPECT_TRUE(Has(result, "as expected: valid, ")) << result.output;
  const std::string latest = directory_.path().string() + "/store/gallery/latest";
  for (const char* file : {"gallery.html", "gallery.json"}) {
    EXPECT_TRUE(std::filesystem::exists(latest + "/" + file)) << file;
  }
  // What the servers left is not kept where nobody needs it.
  EXPECT_EQ(RunShell("find " + latest + "/ -type d -name data").output, "");
}

TEST_F(EndToEnd, AUserWithoutRootCanTest) {
  if (getuid() != 0) GTEST_SKIP() << "already not root: the other tests show it";
  ASSERT_EQ(RunShell("chown nobody " + directory_.path().string()).exit_code, 0);
  if (RunShell(std::string("runuser -u nobody -- test -x ") + kProgram).exit_code != 0) {
    GTEST_SKIP() << "nobody may not read " CLEAVE_PROGRAM;
  }
  const ProgramResult result = RunShell("cd " + directory_.path().string() +
                                        " && runuser -u nobody -- timeout 120 " + kProgram +
                                        " test raft --nodes 3 --time-limit 5s --nemesis partition"
                                        " --nemesis-interval 1s");
  EXPECT_EQ(result.exit_code, 0) << result.output;
}

TEST_F(EndToEnd, AfterSigkillOfTheControllerNothingIsLeftAndTheHistoryIsJudged) {
  const pid_t child = fork();
  if (child == 0) {
    if (freopen("/dev/null", "w", stderr) == nullptr ||
        freopen("/dev/null", "w", stdout) == nullptr)
      _exit(1);
    const std::string store = directory_.path().string() + "/store";
    execl(CLEAVE_PROGRAM, CLEAVE_PROGRAM, "test", "raft", "--nodes", "3", "--time-limit", "60s",
          "--nemesis", "none", "--store", store.c_str(), nullptr);
    _exit(127);
  }
  const std::filesystem::path history = std::filesystem::path(Latest()) / "history.jsonl";
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  const auto served = [&] {
    std::ifstream in(history);
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    size_t count = 0;
    for (size_t at = text.find("\"ok\""); at != std::string::npos; at = text.find("\"ok\"", at + 1))
      ++count;
    return count >= 200;
  };
  while (!served() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  ASSERT_TRUE(served());
  ASSERT_EQ(kill(child, SIGKILL), 0);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  const std::string mark = directory_.path().string();
  for (int i = 0; i < 20 && AnyProcessWith(mark); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_FALSE(AnyProcessWith(mark));
  std::ifstream mounts("/proc/self/mounts");
  const std::string mounted((std::istreambuf_iterator<char>(mounts)), {});
  EXPECT_EQ(mounted.find(mark), std::string::npos);
  const ProgramResult check = RunCleave("check " + Latest());
  EXPECT_EQ(check.exit_code, 0) << check.output;
}

TEST_F(EndToEnd, AStoreThatCannotBeWrittenEndsWith255AndItsName) {
  const std::string file = directory_.Write("file", "not a directory");
  const ProgramResult result = RunCleave("test raft --time-limit 5s --store " + file + "/store");
  EXPECT_EQ(result.exit_code, 255) << result.output;
  EXPECT_TRUE(Has(result, file)) << result.output;
}

TEST_F(EndToEnd, ATargetBinaryThatIsMissingEndsWith255AndItsName) {
  const ProgramResult result =
      RunShell(std::string("CLEAVE_RAFT=/nonexistent/cleave-raft timeout 60 ") + kProgram +
               " test raft --time-limit 5s" + Store());
  EXPECT_EQ(result.exit_code, 255) << result.output;
  EXPECT_TRUE(Has(result, "/nonexistent/cleave-raft")) << result.output;
}

TEST_F(EndToEnd, ATargetThatExitsAtOnceEndsWith255AndItsExitCode) {
  const ProgramResult result = RunShell(std::string("CLEAVE_RAFT=/bin/false timeout 60 ") +
                                        kProgram + " test raft --time-limit 5s" + Store());
  EXPECT_EQ(result.exit_code, 255) << result.output;
  EXPECT_TRUE(Has(result, "exited with 1")) << result.output;
}

TEST_F(EndToEnd, AfterTheEnvironmentFailedWhatWasRecordedIsReportedAndNeverValid) {
  const ProgramResult result = RunShell(std::string("CLEAVE_RAFT=/bin/false timeout 60 ") +
                                        kProgram + " test raft --time-limit 5s" + Store());
  EXPECT_EQ(result.exit_code, 255) << result.output;
  EXPECT_TRUE(Has(result, "environment: unknown (")) << result.output;
  EXPECT_TRUE(Has(result, "report: ")) << result.output;
  EXPECT_TRUE(std::filesystem::exists(Latest() + "/report.html"));
  EXPECT_TRUE(std::filesystem::exists(Latest() + "/junit.xml"));
}

TEST_F(EndToEnd, CtrlCHealsCollectsChecksAndReports) {
  const ProgramResult result =
      RunShell(std::string("timeout --preserve-status -s INT 8 ") + kProgram +
               " test raft --nodes 3 --time-limit 100s --nemesis-interval 1s" + Store());
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_TRUE(std::filesystem::exists(Latest() + "/report.html"));
}

TEST_F(EndToEnd, CtrlCEndsTheDemoInItsFirstAct) {
  const ProgramResult result = RunShell(std::string("timeout --preserve-status -s INT 8 ") +
                                        kProgram + " demo --time-limit 100s" + Store());
  EXPECT_EQ(result.exit_code, 2) << result.output;
  EXPECT_TRUE(Has(result, "the demo was interrupted")) << result.output;
  EXPECT_FALSE(Has(result, "2. The same store")) << result.output;
}

}  // namespace
}  // namespace cleave
