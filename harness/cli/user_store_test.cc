// A store of the user's own, as targets/user/README.md says: its commands do what it says they do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "harness/cli/program_test.h"

namespace cleave {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::filesystem::path SourceRoot() {
  return std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
}

std::string FileText(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

class UserStoreEndToEnd : public testing::Test {
 protected:
  void SetUp() override {
    const ProgramResult doctor = RunCleave("doctor");
    if (doctor.exit_code != 0) GTEST_SKIP() << "no local cluster here:\n" << doctor.output;
  }
  ProgramResult Run(const std::string& arguments) const {
    return RunShell("cd \"" + SourceRoot().string() + "\" && timeout 120 " + kProgram + " " +
                    arguments + " --quiet --store " + directory_.path().string() + "/store");
  }
  /// Writes a store whose servers do nothing and whose clients are a shell script.
  std::string StoreWithClient(const std::string& script) const {
    directory_.Write("client.sh", script);
    return directory_.Write("mine.json", R"({
      "name": "mine", "offers": {"register": ["read", "write", "cas"]}, "nodes": 1,
      "start": ["sleep", "1000"], "ready": ["true"], "client": ["sh", "client.sh"]})");
  }
  TemporaryDirectory directory_;
};

TEST_F(UserStoreEndToEnd, TheCommandsOfTheGuideFindTheMistakeAndItsRepairIsValid) {
  const std::string guide = FileText(SourceRoot() / "targets/user/README.md");
  const std::regex command(R"(\n\./cleave (test .*?) *# (valid|invalid)(?=\n))");
  int valid = 0, invalid = 0;
  for (std::sregex_iterator it(guide.begin(), guide.end(), command), end; it != end; ++it) {
    const ProgramResult result = Run((*it)[1]);
    if (result.output.find("there is no program") != std::string::npos) {
      GTEST_SKIP() << result.output;
    }
    const bool expected = (*it)[2] == "valid";
    EXPECT_EQ(result.exit_code, expected ? 0 : 1) << (*it)[1] << "\n" << result.output;
    EXPECT_THAT(result.output, HasSubstr(expected ? "VALID" : "stale-read: Process "));
    ++(expected ? valid : invalid);
  }
  EXPECT_EQ(valid, 3);
  EXPECT_EQ(invalid, 1);
}

TEST_F(UserStoreEndToEnd, TheRunKeepsTheDescriptionAndTheCommandThatRepeatsIt) {
  const std::string file = StoreWithClient(
      "while IFS= read -r line; do id=${line#*:} id=${id%%,*}\n"
      "printf '{\"id\":%s,\"type\":\"ok\",\"value\":null}\\n' \"$id\"; done");
  Run("test " + file + " --nemesis none --time-limit 1s");
  const std::string latest = directory_.path().string() + "/store/mine-register/latest/";
  EXPECT_THAT(FileText(latest + "test.json"),
              AllOf(HasSubstr("\"name\": \"mine\""), HasSubstr("\"start\""),
                    HasSubstr(std::filesystem::canonical(file).string())));
}

TEST_F(UserStoreEndToEnd, AClientThatOnlySpeaksNonsenseEndsWith255AndWhatItSaid) {
  const std::string file =
      StoreWithClient("while read -r line; do echo Traceback; echo why >&2; done");
  const ProgramResult result = Run("test --target " + file + " --nemesis none --time-limit 20s");
  EXPECT_EQ(result.exit_code, 255) << result.output;
  EXPECT_THAT(result.output, HasSubstr("never answered as its protocol says: n1: not JSON: Trace"));
  EXPECT_THAT(FileText(directory_.path().string() + "/store/latest/nodes/n1/client.log"),
              HasSubstr("why"));
}

TEST_F(UserStoreEndToEnd, ALateAnswerIsATimeoutAndNeverAnothersAnswer) {
  const std::string file = StoreWithClient(R"sh(
      while IFS= read -r line; do
        id=${line#*:} id=${id%%,*} value=null
        printf x >>count
        [ "$(wc -c <count)" -gt 10 ] || { sleep 0.4; value='"late"'; }
        printf '{"id":%s,"type":"ok","value":%s}\n' "$id" "$value"
      done)sh");
  Run("test " + file + " --nemesis none --time-limit 4s --op-timeout 200ms --concurrency 2");
  const std::string history = FileText(directory_.path().string() + "/store/latest/history.jsonl");
  EXPECT_THAT(history, AllOf(HasSubstr("\"timeout\""), HasSubstr("\"ok\"")));
  EXPECT_THAT(history, testing::Not(HasSubstr("late")));
}

TEST_F(UserStoreEndToEnd, WhatIsWrongWithAFileIsSaidBeforeAnythingStarts) {
  const std::string file = directory_.Write("mine.json", R"({"name": "mine", "sart": ["x"]})");
  const ProgramResult result = Run("test " + file);
  EXPECT_EQ(result.exit_code, 254) << result.output;
  EXPECT_THAT(result.output, HasSubstr("unknown field 'sart': did you mean 'start'?"));
  EXPECT_FALSE(std::filesystem::exists(directory_.path() / "store"));
  EXPECT_EQ(Run("test nothing.json").exit_code, 254);
}

TEST_F(UserStoreEndToEnd, IsNamedWhereTargetsAreListed) {
  EXPECT_THAT(RunCleave("list targets").output, HasSubstr("FILE.json"));
  EXPECT_THAT(RunCleave("test --help").output, HasSubstr("--set NAME=VALUE"));
}

TEST_F(UserStoreEndToEnd, AnUnknownSettingOrValueIsRefusedWithTheNearest) {
  const std::string store = "test targets/user/examples/store/store.json ";
  EXPECT_THAT(Run(store + "--set qorum=2").output, HasSubstr("did you mean 'quorum'?"));
  EXPECT_THAT(Run(store + "--set quorum=7").output,
              HasSubstr("unknown value of setting quorum '7'"));
  EXPECT_THAT(Run(store + "--workload set").output, HasSubstr("cannot run workload set"));
}

}  // namespace
}  // namespace cleave
