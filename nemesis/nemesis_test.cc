// The nemesis as the runner drives it.
#include "nemesis/nemesis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <fstream>

#include "nemesis/fault_test_fixture.h"

namespace cleave {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A directory of its own for each test.
class NemesisFiles : public ::testing::Test {
 protected:
  NemesisFiles() {
    std::string name = (std::filesystem::temp_directory_path() / "cleave-nemesis-XXXXXX").string();
    directory_ = mkdtemp(name.data());
  }
  ~NemesisFiles() override { std::filesystem::remove_all(directory_); }
  std::filesystem::path directory_;
};

TEST(Nemesis, UnknownOperationsAreErrorsAndNotExceptions) {
  Harm harm(3);
  const Completion completion = harm.Do("start-fire");
  EXPECT_EQ(completion.outcome, Outcome::kInfo);
  EXPECT_EQ(completion.error, "unknown-fault");
}

TEST(Nemesis, AFaultThatIsActiveCannotStartAgain) {
  Harm harm(3);
  harm.Do("start-kill", R"({"nodes":["n1"]})");
  EXPECT_EQ(harm.Do("start-kill", R"({"nodes":["n2"]})").error, "already-active");
  EXPECT_TRUE(harm.cluster.node(1).Running());
}

TEST(Nemesis, AFaultThatIsNotActiveCannotStop) {
  Harm harm(3);
  EXPECT_EQ(harm.Do("stop-kill").error, "not-active");
}

TEST(Nemesis, HealOpsHealWhatIsActive) {
  Harm harm(3);
  EXPECT_TRUE(harm.nemesis.HealOps().empty());
  harm.Do("start-kill", R"({"nodes":["n1"]})");
  harm.Do("start-partition", R"({"groups":[["n1"],["n2","n3"]]})");
  std::vector<std::string> names;
  for (const Op& op : harm.nemesis.HealOps()) {
    names.push_back(op.f);
    harm.Do(op.f);
  }
  EXPECT_THAT(names, ElementsAre("stop-partition", "stop-kill"));
  EXPECT_TRUE(harm.nemesis.HealOps().empty());
  EXPECT_TRUE(harm.cluster.node(0).Running());
}

TEST(Nemesis, ActiveSaysWhatIsActiveInAFewWords) {
  Harm harm(4);
  harm.Do("start-partition", R"({"groups":[["n1","n2"],["n3"]],"one-way":true})");
  harm.Do("start-pause", R"({"nodes":["n4","n1"]})");
  EXPECT_THAT(harm.nemesis.Active(), ElementsAre("partition n1 n2>n3", "pause n4 n1"));
}

TEST(Nemesis, TheSameSeedMakesTheSameChoices) {
  const auto choices = [](uint64_t seed) {
    Harm harm(5, seed);
    std::string text;
    for (int i = 0; i < 10; ++i) {
      text += DumpJson(harm.Do("start-partition", R"({"shape":"halves"})").value["groups"]);
      harm.Do("stop-partition");
    }
    return text;
  };
  EXPECT_EQ(choices(7), choices(7));
  EXPECT_NE(choices(7), choices(8));
}

TEST_F(NemesisFiles, TheScheduleIsWrittenBeforeTheRunAndAfterEachOperation) {
  const auto file = directory_ / "schedule.json";
  Harm harm(3, 5, file);
  EXPECT_EQ(ReadSchedule(file).faults.size(), 0u);
  EXPECT_EQ(ReadSchedule(file).seed, 5u);
  harm.nemesis.MainPhaseBegan(10 * kSecond);
  harm.Do("start-kill", R"({"nodes":["n1"]})", 11 * kSecond + kMillisecond);
  harm.Do("stop-kill", "null", 12 * kSecond);
  const Schedule schedule = ReadSchedule(file);
  ASSERT_EQ(schedule.faults.size(), 2u);
  EXPECT_EQ(schedule.nodes, 3);
  EXPECT_EQ(schedule.faults[0].at, kSecond + kMillisecond);
  EXPECT_EQ(DumpJson(schedule.faults[0].value), R"({"nodes":["n1"]})");
  EXPECT_EQ(schedule.faults[1].at, 2 * kSecond);
  EXPECT_EQ(schedule.faults[1].f, "stop-kill");
}

TEST_F(NemesisFiles, AScheduleThatCannotBeWrittenAtFirstThrows) {
  EXPECT_THROW(Harm(3, 5, directory_ / "missing" / "schedule.json"), std::system_error);
}

TEST_F(NemesisFiles, TheFileIsTheTextOfTheSchedule) {
  const auto file = directory_ / "schedule.json";
  Harm harm(3, 5, file);
  for (int i = 0; i < 3; ++i) {
    harm.Do("start-kill");
    harm.Do("stop-kill");
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(text, ToText(harm.nemesis.schedule()));
  }
}

// As a full disk: files end at `size`.
class FilesEndAt {
 public:
  explicit FilesEndAt(uint64_t size) : before_(signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &limit_);
    rlimit small = limit_;
    small.rlim_cur = size;
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~FilesEndAt() {
    setrlimit(RLIMIT_FSIZE, &limit_);
    signal(SIGXFSZ, before_);
  }

 private:
  sighandler_t before_;
  rlimit limit_;
};

TEST_F(NemesisFiles, AnEntryThatCannotBeWrittenIsSaidInTheHistoryAndWrittenWhenItCan) {
  const auto file = directory_ / "schedule.json";
  Harm harm(3, 5, file);
  Completion completion;
  {
    FilesEndAt full(std::filesystem::file_size(file) + 5);
    completion = harm.Do("start-kill", R"({"nodes":["n1"]})");
  }
  EXPECT_TRUE(completion.value.contains("schedule-error"));
  EXPECT_EQ(completion.value["evidence"]["effective"], true);
  EXPECT_EQ(ReadSchedule(file).faults.size(), 0u);
  EXPECT_FALSE(harm.Do("stop-kill").value.contains("schedule-error"));
  EXPECT_EQ(ReadSchedule(file).faults.size(), 2u);
}

}  // namespace
}  // namespace cleave
