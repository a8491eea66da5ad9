// The command that repeats a run means the same options.
#include "harness/cli/test_arguments.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "harness/cli/suggest.h"

namespace cleave {
namespace {

TestOptions Parse(std::vector<std::string> words) {
  CLI::App app;
  TestArguments arguments;
  app.add_option("target", arguments.options.target);
  AddTestOptions(&app, &arguments);
  std::reverse(words.begin(), words.end());  // as CLI11 takes them
  app.parse(words);
  return ToTestOptions(arguments);
}

std::string ExampleStore() {
  const auto root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
  return root / "targets/user/examples/store/store.json";
}

TEST(TestArguments, TheCommandThatRepeatsARunGivesTheSameOptions) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"raft"},
           {"raft", "--nemesis", "none", "--ops", "500", "--bug", "stale-read"},
           {"raft", "--nemesis", "partition:halves,kill", "--rate", "12.5", "--seed", "9"},
           {"raft", "--schedule", "/tmp/s.json", "--nodes", "3", "--key-count", "4"},
           {"raft", "--op-timeout", "500us", "--nemesis-interval", "1.5ms"},  // not whole ms
           {"raft", "--workload", "wr", "--max-txn-length", "8", "--key-skew", "0"},
           {"postgres", "--isolation", "read-committed"},
           {"mariadb", "--isolation", "repeatable-read"},
           {"raft", "--rate", "1234567.125", "--store", "/tmp/runs"},
           {"redis-sentinel", "--wait", "2"},
           {ExampleStore(), "--set", "quorum=2", "--nodes", "3"},
           {"etcd", "--serializable", "--time-limit", "1.5m", "--op-timeout", "250ms"}}) {
    const TestOptions options = Parse(words);
    std::vector<std::string> command = ToCommand(options);
    command.erase(command.begin(), command.begin() + 2);  // "cleave test"
    EXPECT_EQ(ToJson(Parse(command)), ToJson(options)) << words.back();
  }
}

TEST(TestArguments, TheCommandBeginsAsTheUserCalledTheProgram) {
  unsetenv("CLEAVE_COMMAND");
  EXPECT_EQ(ToCommand(Parse({"raft"})).front(), "cleave");
  setenv("CLEAVE_COMMAND", "./cleave", 1);
  EXPECT_EQ(ToCommand(Parse({"raft"})).front(), "./cleave");
  unsetenv("CLEAVE_COMMAND");
}

TEST(TestArguments, ATargetThatIsOneServerGetsOneNodeAndTheFaultsThatThisAllows) {
  const TestOptions options = Parse({"postgres"});
  EXPECT_EQ(options.nodes, 1);
  EXPECT_EQ(options.nemesis, (std::vector<std::string>{"kill", "pause"}));
  EXPECT_EQ(Parse({"postgres", "--nodes", "3"}).nodes, 3);  // refused later, in words
  const TestOptions pair = Parse({"postgres", "--topology", "sync-standby"});
  EXPECT_EQ(pair.nodes, 2);
  EXPECT_EQ(pair.nemesis, (std::vector<std::string>{"partition", "kill", "pause"}));
  EXPECT_EQ(Parse({"raft"}).nodes, TestOptions{}.nodes);
}

TEST(TestArguments, TheFileOfAStoreSaysOnHowManyNodesItRuns) {
  EXPECT_EQ(Parse({ExampleStore()}).nodes, 3);
}

TEST(TestArguments, ASettingIsANameAndAValue) {
  const TestOptions options = Parse({ExampleStore(), "--set", "a=1", "--set", "b=x=y"});
  EXPECT_EQ(options.target_flags, (std::map<std::string, std::string>{{"a", "1"}, {"b", "x=y"}}));
  EXPECT_THROW(Parse({ExampleStore(), "--set", "quorum"}), UsageError);
  EXPECT_THROW(Parse({ExampleStore(), "--set", "=2"}), UsageError);
}

TEST(TestArguments, WithoutAnIntervalShortRunsGetAShortOne) {
  EXPECT_EQ(Parse({"raft", "--time-limit", "60s"}).nemesis_interval, 5'000'000'000);
  EXPECT_EQ(Parse({"raft", "--time-limit", "10s"}).nemesis_interval, 2'000'000'000);
}

}  // namespace
}  // namespace cleave
