// cleave check: a line per file, and the worst verdict as exit code.
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
