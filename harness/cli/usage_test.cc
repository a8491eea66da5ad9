// Bad usage is refused with exit code 254 and the right word; every command explains itself.
#include <gtest/gtest.h>

#include "harness/cli/program_test.h"

namespace cleave {
namespace {

void ExpectRefused(const std::string& arguments, const std::string& words) {
  const ProgramResult result = RunCleave(arguments);
  EXPECT_EQ(result.exit_code, 254) << arguments << "\n" << result.output;
  EXPECT_NE(result.output.find(words), std::string::npos) << arguments << "\n" << result.output;
}

TEST(Usage, AnUnknownCommandIsRefusedWithTheNearestWord) {
  ExpectRefused("tset raft", "unknown command 'tset': did you mean 'test'?");
  ExpectRefused("", "subcommand is required");
}

TEST(Usage, AnUnknownOptionIsRefusedWithTheNearestWordAndTheList) {
  ExpectRefused("test raft --nemsis kill", "unknown option '--nemsis': did you mean '--nemesis'?");
  ExpectRefused("test raft --nemsis kill", "--concurrency");
}

TEST(Usage, AnUnknownTargetWorkloadFaultShapeOrBugIsRefusedWithTheList) {
  ExpectRefused("test rfat", "unknown target 'rfat': did you mean 'raft'?");
  ExpectRefused("test raft --workload registre", "did you mean 'register'?");
  ExpectRefused("test raft --nemesis partitoin", "did you mean 'partition'?");
  ExpectRefused("test raft --nemesis partition:halfs", "did you mean 'halves'?");
  ExpectRefused("test raft --bug stale-raed", "did you mean 'stale-read'?");
}

TEST(Usage, AnAliasOfAModelIsAWordThatMayHaveBeenMeant) {
  ExpectRefused("check --model cas-registre /dev/null", "did you mean 'cas-register'?");
}

TEST(Usage, AnUnknownConsistencyModelOrAnomalyIsRefusedWithTheNearestWord) {
  ExpectRefused("check --consistency-models PL-3,snapshot-isolatoin /dev/null",
                "unknown consistency model 'snapshot-isolatoin': did you mean "
                "'snapshot-isolation'?");
  ExpectRefused("check --anomalies G-singel /dev/null", "did you mean 'G-single'?");
}

TEST(Usage, CombinationsThatCannotBeAreRefused) {
  ExpectRefused("test etcd --bug stale-read", "real store");
  ExpectRefused("test raft --serializable", "target raft has no --serializable");
  ExpectRefused("test raft --wait 1", "target raft has no --wait");
  ExpectRefused("test postgres --isolation serialisable", "did you mean 'serializable'?");
  ExpectRefused("test mariadb --isolation serialisable", "did you mean 'serializable'?");
  ExpectRefused("test postgres --nodes 3", "target postgres runs on --nodes 1, not on 3");
  ExpectRefused("test postgres --topology standby --nodes 3",
                "target postgres runs on --nodes 2, not on 3");
  ExpectRefused("test postgres --topology standbi", "did you mean 'standby'?");
}

TEST(Usage, NumbersAndDurationsOutOfRangeAreRefused) {
  ExpectRefused("test raft --nodes 0", "--nodes must be 1 to 50");
  ExpectRefused("test raft --concurrency none", "--concurrency");
  ExpectRefused("test raft --rate inf", "--rate must be 0");
  ExpectRefused("test redis-sentinel --wait 0", "--wait");
  ExpectRefused("test redis-sentinel --wait 1.5", "--wait");
  ExpectRefused("test raft --time-limit soon", "'soon' is not a duration");
  ExpectRefused("test raft --time-limit 0 --ops 0", "the run must end");
  ExpectRefused("test raft --schedule /nonexistent/schedule.json", "/nonexistent/schedule.json");
}

TEST(Usage, EveryCommandHasHelpWithAnExample) {
  for (const char* command : {"demo", "test", "check", "verify", "report", "list", "doctor",
                              "gallery", "gallery run", "install", "selftest", "bench", "fuzz"}) {
    const ProgramResult result = RunCleave(std::string(command) + " --help");
    EXPECT_EQ(result.exit_code, 0) << command;
    EXPECT_NE(result.output.find("Example"), std::string::npos) << result.output;
  }
}

TEST(Usage, TheProgramSaysItsVersion) {
  const ProgramResult result = RunCleave("--version");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.output, "cleave 0.1.0\n");
}

TEST(Usage, ListsNameWhatThereIs) {
  EXPECT_NE(RunCleave("list targets").output.find("raft"), std::string::npos);
  EXPECT_NE(RunCleave("list workloads").output.find("register"), std::string::npos);
  EXPECT_NE(RunCleave("list faults").output.find("partition"), std::string::npos);
  const std::string checkers = RunCleave("list checkers").output;
  EXPECT_NE(checkers.find("linearizable"), std::string::npos);
  EXPECT_NE(checkers.find("also called register, cas-register"), std::string::npos) << checkers;
  const std::string matrix = RunCleave("list matrix").output;
  EXPECT_NE(matrix.find("workload      raft  etcd  redis-sentinel"), std::string::npos) << matrix;
  EXPECT_NE(matrix.find("\nqueue         ·     ·     ✓"), std::string::npos) << matrix;
  EXPECT_NE(matrix.find("\nlock          ·     ✓     ·"), std::string::npos) << matrix;
  ExpectRefused("list target", "did you mean 'targets'?");
}

}  // namespace
}  // namespace cleave
