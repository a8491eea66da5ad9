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

TEST(Check, JsonNamesTheAnomalyAndItsOperations) {
  TemporaryDirectory directory;
  const std::string file = directory.Write("h.jsonl", Register("2"));
  const ProgramResult result = RunCleave("check --json --model cas-register " + file);
  EXPECT_NE(result.output.find("\"verdict\":\"invalid\""), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("\"explanation\""), std::string::npos) << result.output;
}

}  // namespace
}  // namespace cleave
