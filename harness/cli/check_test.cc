// cleave check: a line per path, and the worst verdict as exit code. And report, on its files.
#include <gtest/gtest.h>

#include "harness/cli/program_test.h"

namespace cleave {
namespace {

std::string Line(int process, const char* type, const char* f, const char* value) {
  return "{\"process\":" + std::to_string(process) + ",\"type\":\"" + type + "\",\"f\":\"" + f +
         "\",\"value\":" + value + "}\n";
}

std::string Register(const char* read) {
  return Line(0, "invoke", "write", "1") + Line(0, "ok", "write", "1") +
         Line(1, "invoke", "read", "null") + Line(1, "ok", "read", read);
}

TEST(Check, PrintsALinePerFileAndExitsByTheWorst) {
  TemporaryDirectory directory;
  const std::string good = directory.Write("good.jsonl", Register("1"));
  const std::string bad = directory.Write("bad.jsonl", Register("2"));
  const ProgramResult both = RunCleave("check --model cas-register " + good + " " + bad);
  EXPECT_EQ(both.output, good + "\ttrue\n" + bad + "\tfalse\n");
  EXPECT_EQ(both.exit_code, 1);
  EXPECT_EQ(RunCleave("check --model cas-register " + good).exit_code, 0);
}

TEST(Check, GuessesTheModelFromTheFunctions) {
  TemporaryDirectory directory;
  const std::string file = directory.Write("h.jsonl", Register("1"));
  EXPECT_EQ(RunCleave("check " + file).output, file + "\ttrue\n");
}

TEST(Check, AFileThatCannotBeReadIsUnknownAndExits255) {
  TemporaryDirectory directory;
  const std::string file = directory.Write("h.jsonl", "{\"process\":0,\"type\":\"ok\"}\n");
  const ProgramResult result = RunCleave("check --model cas-register " + file);
  EXPECT_EQ(result.exit_code, 255) << result.output;
  EXPECT_NE(result.output.find(file + ":1: "), std::string::npos) << result.output;
  EXPECT_NE(result.output.find(file + "\tunknown"), std::string::npos) << result.output;
}

/// A link to itself: it exists, and nobody can open it.
std::string Unreadable(const TemporaryDirectory& directory) {
  const std::string path = directory.path() / "loop.jsonl";
  std::filesystem::create_symlink("loop.jsonl", path);
  return path;
}

TEST(Check, AFileThatCannotBeOpenedDoesNotStopTheOthers) {
  TemporaryDirectory directory;
  const std::string good = directory.Write("good.jsonl", Register("1"));
  const std::string loop = Unreadable(directory);
  const ProgramResult result = RunCleave("check " + loop + " " + good);
  EXPECT_EQ(result.exit_code, 255) << result.output;
  EXPECT_NE(result.output.find(loop + "\tunknown\n"), std::string::npos) << result.output;
  EXPECT_NE(result.output.find(good + "\ttrue\n"), std::string::npos) << result.output;
}

TEST(Check, InvalidBeatsAFileThatCannotBeOpened) {
  TemporaryDirectory directory;
  const std::string bad = directory.Write("bad.jsonl", Register("2"));
  EXPECT_EQ(RunCleave("check " + bad + " " + Unreadable(directory)).exit_code, 1);
}

TEST(Check, JsonSaysOfAFileThatCannotBeOpenedWhy) {
  TemporaryDirectory directory;
  const std::string loop = Unreadable(directory);
  const ProgramResult result = RunCleave("check --json " + loop);
  EXPECT_NE(result.output.find("{\"file\":\"" + loop + "\",\"error\":\""), std::string::npos)
      << result.output;
}

TEST(Check, AMissingFileIsRefusedBeforeAnythingIsJudged) {
  TemporaryDirectory directory;
  const std::string good = directory.Write("good.jsonl", Register("1"));
  const ProgramResult result = RunCleave("check " + good + " /nonexistent.jsonl");
  EXPECT_EQ(result.exit_code, 254);
  EXPECT_EQ(result.output.find("true"), std::string::npos) << result.output;
}

TEST(Check, ManyPathsOnATerminalEndWithTheirCounts) {
  TemporaryDirectory directory;
  const std::string good = directory.Write("good.jsonl", Register("1"));
  const std::string bad = directory.Write("bad.jsonl", Register("2"));
  const ProgramResult result = RunShell(std::string("script -qec '") + kProgram + " check " + good +
                                        " " + bad + " " + good + "' /dev/null </dev/null");
  EXPECT_NE(result.output.find("3 paths: 2 valid, 1 invalid"), std::string::npos) << result.output;
}

TEST(Check, ATerminalIsToldHowFarAnOrderComes) {
  TemporaryDirectory directory;
  const std::string stale = directory.Write(
      "stale.jsonl", Line(0, "invoke", "write", "1") + Line(0, "ok", "write", "1") +
                         Line(0, "invoke", "write", "2") + Line(0, "ok", "write", "2") +
                         Line(1, "invoke", "read", "null") + Line(1, "ok", "read", "1"));
  const ProgramResult result = RunShell(std::string("script -qec '") + kProgram + " check " +
                                        stale + "' /dev/null </dev/null");
  EXPECT_NE(result.output.find("longest order: write 1, write 2; then read = 1 cannot follow: the "
                               "register holds 2"),
            std::string::npos)
      << result.output;
}

/// A run directory in which a stale value was read.
void WriteInvalidRun(const TemporaryDirectory& directory) {
  directory.Write("history.jsonl", Register("2"));
  directory.Write("test.json", R"({"options":{"target":"raft","workload":"register"}})");
}

TEST(Check, ARunDirectoryGetsALineLikeAFile) {
  TemporaryDirectory directory;
  WriteInvalidRun(directory);
  const ProgramResult result = RunCleave("check " + directory.path().string());
  EXPECT_EQ(result.output, directory.path().string() + "\tfalse\n");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(std::filesystem::exists(directory.path() / "results.json"));
}

TEST(Check, ARunThatCannotBeWrittenKeepsItsVerdictAndItsOtherFiles) {
  TemporaryDirectory directory;
  WriteInvalidRun(directory);
  std::filesystem::create_directory(directory.path() / "results.json");
  const ProgramResult result = RunCleave("check " + directory.path().string());
  EXPECT_EQ(result.exit_code, 1) << result.output;
  EXPECT_NE(result.output.find("\tfalse\n"), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("warning: cannot write"), std::string::npos) << result.output;
  EXPECT_TRUE(std::filesystem::exists(directory.path() / "report.html"));
}

TEST(Report, AHalfWrittenResultsFileIsNamed) {
  TemporaryDirectory directory;
  WriteInvalidRun(directory);
  const std::string results = directory.Write("results.json", "{\"verdict\":\"inv");
  const ProgramResult result = RunCleave("report " + directory.path().string());
  EXPECT_EQ(result.exit_code, 255);
  EXPECT_NE(result.output.find(results + " is damaged"), std::string::npos) << result.output;
}

TEST(Check, AFunctionThatTheModelDoesNotKnowIsUnknownAndExits2) {
  TemporaryDirectory directory;
  const std::string file = directory.Write(
      "h.jsonl", Line(0, "invoke", "frobnicate", "1") + Line(0, "ok", "frobnicate", "1"));
  const ProgramResult result = RunCleave("check --model cas-register " + file);
  EXPECT_EQ(result.exit_code, 2) << result.output;
  EXPECT_NE(result.output.find("\tunknown"), std::string::npos) << result.output;
}

TEST(Check, RefusesAnUnknownModelAndAMissingFile) {
  EXPECT_EQ(RunCleave("check --model cas-registre /dev/null").exit_code, 254);
  EXPECT_EQ(RunCleave("check /nonexistent.jsonl").exit_code, 254);
  TemporaryDirectory directory;
  EXPECT_EQ(RunCleave("check " + directory.path().string()).exit_code, 254);
}

std::string Edn(const char* read) {
  return "{:process 0, :type :invoke, :f :write, :value 1}\n"
         "{:process 0, :type :ok, :f :write, :value 1}\n"
         "{:process 1, :type :invoke, :f :read, :value nil}\n"
         "{:process 1, :type :ok, :f :read, :value " +
         std::string(read) + "}\n";
}

TEST(Check, ReadsEdn) {
  TemporaryDirectory directory;
  const std::string good = directory.Write("good.edn", Edn("1"));
  const std::string bad = directory.Write("bad.edn", Edn("2"));
  const std::string nil = directory.Write("nil.edn", Edn("nil"));
  const ProgramResult result = RunCleave("check " + good + " " + bad + " " + nil);
  EXPECT_EQ(result.output, good + "\ttrue\n" + bad + "\tfalse\n" + nil + "\ttrue\n");
  EXPECT_EQ(result.exit_code, 1);
}

TEST(Check, ReadsStandardInputPackedOrNot) {
  TemporaryDirectory directory;
  const std::string file = directory.Write("h.edn", Edn("2"));
  const std::string check = std::string(kProgram) + " check --model cas-register -";
  for (const std::string& feed : {"<" + file, "cat " + file + " |", "gzip -c " + file + " |"}) {
    const std::string line = feed[0] == '<' ? check + " " + feed : feed + " " + check;
    const ProgramResult result = RunShell(line);
    EXPECT_EQ(result.output, "-\tfalse\n") << line;
    EXPECT_EQ(result.exit_code, 1) << line;
  }
  EXPECT_EQ(RunShell(check + " - </dev/null").exit_code, 254);
  const ProgramResult empty = RunShell(check + " </dev/null");
  EXPECT_NE(empty.output.find("standard input:1: the file is empty"), std::string::npos)
      << empty.output;
}

TEST(Check, ReadsPackedFiles) {
  TemporaryDirectory directory;
  const std::string file = directory.Write("h.edn", Edn("2"));
  ASSERT_EQ(RunShell("gzip " + file).exit_code, 0);
  EXPECT_EQ(RunCleave("check " + file + ".gz").output, file + ".gz\tfalse\n");
}

TEST(Check, ExpandsQuotedGlobsInTheOrderOfNames) {
  TemporaryDirectory directory;
  const std::string b = directory.Write("b.edn", Edn("1"));
  const std::string a = directory.Write("a.edn", Edn("2"));
  directory.Write("c.txt", "no history");
  const std::string pattern = directory.path().string() + "/";
  EXPECT_EQ(RunCleave("check '" + pattern + "*.edn'").output, a + "\tfalse\n" + b + "\ttrue\n");
  const ProgramResult none = RunCleave("check '" + pattern + "*.json'");
  EXPECT_EQ(none.exit_code, 254);
  EXPECT_NE(none.output.find("no file matches"), std::string::npos) << none.output;
}

TEST(Check, AFileWhoseNameIsAPatternIsThatFile) {
  TemporaryDirectory directory;
  const std::string file = directory.Write("[a].edn", Edn("1"));
  EXPECT_EQ(RunCleave("check '" + file + "'").output, file + "\ttrue\n");
}

TEST(Check, TakesAFormatByNameAndRefusesOthers) {
  TemporaryDirectory directory;
  const std::string file = directory.Write("h.edn", Edn("1"));
  EXPECT_EQ(RunCleave("check --format edn " + file).exit_code, 0);
  EXPECT_EQ(RunCleave("check --format json " + file).exit_code, 255);
  const ProgramResult result = RunCleave("check --format end " + file);
  EXPECT_EQ(result.exit_code, 254);
  EXPECT_NE(result.output.find("did you mean 'edn'?"), std::string::npos) << result.output;
}

TEST(Check, TakesIndependentKeysOutOfTheirTuples) {
  TemporaryDirectory directory;
  const std::string file = directory.Write("h.edn",
                                           "{:process 0, :type :invoke, :f :write, :value [1 5]}\n"
                                           "{:process 0, :type :ok, :f :write, :value [1 5]}\n"
                                           "{:process 0, :type :invoke, :f :read, :value [2 nil]}\n"
                                           "{:process 0, :type :ok, :f :read, :value [2 0]}\n");
  EXPECT_EQ(RunCleave("check --independent --initial 0 " + file).exit_code, 0);
  EXPECT_EQ(RunCleave("check --independent " + file).exit_code, 1);
  EXPECT_EQ(RunCleave("check " + file).exit_code, 1);
}

TEST(Check, HelpNamesEveryFormat) {
  const std::string help = RunCleave("check --help").output;
  for (const char* name : {"auto", "jsonl", "json", "edn", "etcd-log"}) {
    EXPECT_NE(help.find("  " + std::string(name) + " "), std::string::npos) << name << "\n" << help;
  }
}

TEST(Check, JsonNamesTheAnomalyAndItsOperations) {
  TemporaryDirectory directory;
  const std::string file = directory.Write("h.jsonl", Register("2"));
  const ProgramResult result = RunCleave("check --json --model cas-register " + file);
  EXPECT_NE(result.output.find("\"verdict\":\"invalid\""), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("\"explanation\""), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("\"partial\""), std::string::npos) << result.output;
}

TEST(Check, AValidVerdictsWitnessIsVerifiedAndRefusedForAnotherHistory) {
  TemporaryDirectory directory;
  const std::string good = directory.Write("good.jsonl", Register("1"));
  const std::string bad = directory.Write("bad.jsonl", Register("2"));
  const std::string order = directory.path() / "order.jsonl";
  EXPECT_EQ(RunCleave("check --witness " + order + " " + good).exit_code, 0);
  const ProgramResult verified = RunCleave("verify " + good + " " + order);
  EXPECT_EQ(verified.exit_code, 0) << verified.output;
  EXPECT_NE(verified.output.find("verified: 2 operations"), std::string::npos) << verified.output;
  const ProgramResult refused = RunCleave("verify " + bad + " " + order);
  EXPECT_EQ(refused.exit_code, 1) << refused.output;
  EXPECT_NE(refused.output.find("refused: "), std::string::npos) << refused.output;
}

TEST(Check, TheMinimalHistoryIsInvalidItself) {
  TemporaryDirectory directory;
  const std::string bad =
      directory.Write("bad.jsonl", Register("1") + Register("1") + Register("2"));
  const std::string minimal = directory.path() / "minimal.jsonl";
  EXPECT_EQ(RunCleave("check --minimal " + minimal + " " + bad).exit_code, 1);
  EXPECT_EQ(RunCleave("check " + minimal).output, minimal + "\tfalse\n");
  EXPECT_LT(std::filesystem::file_size(minimal), std::filesystem::file_size(bad));
}

/// Two transactions each of which reads what the other is about to append to.
std::string WriteSkew() {
  return Line(0, "invoke", "txn", R"([["r","x",null],["append","y",1]])") +
         Line(1, "invoke", "txn", R"([["r","y",null],["append","x",1]])") +
         Line(0, "ok", "txn", R"([["r","x",[]],["append","y",1]])") +
         Line(1, "ok", "txn", R"([["r","y",[]],["append","x",1]])");
}

TEST(Check, AnOrderOfTransactionsIsVerifiedForTheLevelThatWasAskedFor) {
  TemporaryDirectory directory;
  const std::string skew = directory.Write("skew.jsonl", WriteSkew());
  const std::string order = directory.path() / "order.jsonl";
  const std::string witness = " --witness " + order + " " + skew;
  EXPECT_EQ(RunCleave("check --consistency-models SI" + witness).exit_code, 0);
  const ProgramResult verified = RunCleave("verify " + skew + " " + order);
  EXPECT_EQ(verified.output,
            "verified: 2 transactions begin and commit in an order that shows "
            "snapshot-isolation\n");
  EXPECT_EQ(RunCleave("check --consistency-models serializable" + witness).exit_code, 1);
  directory.Write("order.jsonl",
                  R"({"model":"list-append","level":"serializable","key":null,"order":[0,1]})");
  const ProgramResult refused = RunCleave("verify " + skew + " " + order);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.output.find("refused: "), std::string::npos) << refused.output;
  const ProgramResult none = RunCleave("check --consistency-models PL-2" + witness);
  EXPECT_EQ(none.exit_code, 255);
  EXPECT_NE(none.output.find("no order of transactions shows read-committed"), std::string::npos)
      << none.output;
}

TEST(Check, TheMinimalTransactionsShowTheSameAnomaly) {
  TemporaryDirectory directory;
  const std::string bad = directory.Write(
      "bad.jsonl", Line(0, "invoke", "txn", R"([["append","x",7],["append","z",1]])") +
                       Line(0, "ok", "txn", R"([["append","x",7],["append","z",1]])") +
                       Line(0, "invoke", "txn", R"([["r","x",null],["append","y",1]])") +
                       Line(1, "invoke", "txn", R"([["r","y",null],["append","x",1]])") +
                       Line(0, "ok", "txn", R"([["r","x",[7]],["append","y",1]])") +
                       Line(1, "ok", "txn", R"([["r","y",[]],["append","x",1]])"));
  const std::string minimal = directory.path() / "minimal.jsonl";
  EXPECT_EQ(RunCleave("check --minimal " + minimal + " " + bad).exit_code, 1);
  const ProgramResult again = RunCleave("check --json " + minimal);
  EXPECT_NE(again.output.find("G2-item"), std::string::npos) << again.output;
  EXPECT_EQ(again.output.find("unwritten"), std::string::npos) << again.output;
  EXPECT_NE(again.output.find("\"transactions\":2"), std::string::npos) << again.output;
}

TEST(Check, ProofsAreForOneHistoryAtATime) {
  TemporaryDirectory directory;
  const std::string good = directory.Write("good.jsonl", Register("1"));
  EXPECT_EQ(RunCleave("check --witness w.jsonl " + good + " " + good).exit_code, 254);
}

TEST(Check, AConsistencyLevelIsAskedForByName) {
  TemporaryDirectory directory;
  const std::string stale = directory.Write(
      "stale.jsonl", Line(0, "invoke", "write", "1") + Line(0, "ok", "write", "1") +
                         Line(1, "invoke", "read", "null") + Line(1, "ok", "read", "null"));
  EXPECT_EQ(RunCleave("check --consistency sequential " + stale).output, stale + "\ttrue\n");
  EXPECT_EQ(RunCleave("check --consistency linearizable " + stale).output, stale + "\tfalse\n");
  const ProgramResult unknown = RunCleave("check --consistency sequentiel " + stale);
  EXPECT_EQ(unknown.exit_code, 254);
  EXPECT_NE(unknown.output.find("sequential"), std::string::npos) << unknown.output;
}

TEST(Check, AConsistencyModelOfTransactionsIsAskedForByName) {
  TemporaryDirectory directory;
  const std::string skew = directory.Write("skew.jsonl", WriteSkew());
  EXPECT_EQ(RunCleave("check " + skew).output, skew + "\tfalse\n");
  EXPECT_EQ(RunCleave("check --consistency-models SI,PL-2 " + skew).output, skew + "\ttrue\n");
  EXPECT_EQ(RunCleave("check --consistency-models SI --anomalies G1a,G2-item " + skew).output,
            skew + "\tfalse\n");
}

TEST(Check, RegisterKeysAreAssumedToBeWhatTheOptionsSay) {
  TemporaryDirectory directory;
  const std::string stale = directory.Write(
      "stale.jsonl",
      Line(0, "invoke", "txn", R"([["w","x",1]])") + Line(0, "ok", "txn", R"([["w","x",1]])") +
          Line(1, "invoke", "txn", R"([["w","x",2]])") + Line(1, "ok", "txn", R"([["w","x",2]])") +
          Line(1, "invoke", "txn", R"([["r","x",null]])") +
          Line(1, "ok", "txn", R"([["r","x",1]])") +
          Line(1, "invoke", "txn", R"([["r","x",null]])") +
          Line(1, "ok", "txn", R"([["r","x",2]])"));
  const std::string command = "check --consistency-models serializable ";
  EXPECT_EQ(RunCleave(command + stale).output, stale + "\ttrue\n");
  for (const char* option : {"--sequential-keys ", "--linearizable-keys "}) {
    const ProgramResult result = RunCleave(command + "--json " + option + stale);
    EXPECT_EQ(result.exit_code, 1) << result.output;
    EXPECT_NE(result.output.find("cyclic-versions"), std::string::npos) << result.output;
  }
  EXPECT_EQ(RunCleave(command + "--wfr-keys --json " + stale).output.find("cyclic-versions"),
            std::string::npos);
}

}  // namespace
}  // namespace cleave
