// Packages and replays as generators, simulated.
#include "nemesis/package.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "harness/run/simulate.h"
#include "nemesis/schedule.h"

namespace cleave {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

struct Taken {
  int64_t time;  // since the generator's start
  Op op;
};

/// The operations of the nemesis, beside two clients whose answers take 100 ms, after a first phase
/// of 3 s.
std::vector<Taken> Play(GeneratorPtr g, int64_t duration) {
  Op read;
  read.f = "read";
  const GeneratorPtr reads = gen::Repeat(read);
  SimulateOptions options;
  options.seed = 1;
  options.answer = [](const SimulatedEvent& e) {
    return SimulatedAnswer{EventType::kOk, e.process == kNemesis ? 0 : 100 * kMillisecond};
  };
  const GeneratorPtr main = gen::TimeLimit(duration, gen::Nemesis(std::move(g), reads));
  const GeneratorPtr all = gen::Then(gen::Clients(gen::Limit(60, reads)), main);
  std::vector<Taken> taken;
  int64_t start = -1;
  for (const SimulatedEvent& e : SimulateInvocations(all, options)) {
    if (e.process != kNemesis) continue;
    if (start < 0) start = e.time;
    if (e.op.kind == Op::Kind::kInvoke) taken.push_back({e.time - start, e.op});
  }
  return taken;
}

TEST(NemesisGenerator, InTenSecondsEveryFaultStartsAndStops) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const auto g =
        NemesisGenerator({"partition", "kill", "pause"}, 5, NemesisInterval(10 * kSecond), seed);
    std::map<std::string, int> count;
    for (const Taken& t : Play(g, 10 * kSecond)) ++count[t.op.f];
    EXPECT_EQ(count.size(), 6u) << seed;
  }
}

// A paused process that is killed, or a dead one that is paused, shows nothing.
TEST(NemesisGenerator, OnOneNodeFaultsExcludeEachOtherAndAllAreDoneInFiveIntervals) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const auto g = NemesisGenerator({"kill", "pause"}, 1, 2 * kSecond, seed);
    std::map<std::string, int> count;
    std::string active;
    for (const Taken& t : Play(g, 10 * kSecond)) {
      ++count[t.op.f];
      const std::string fault = t.op.f.substr(t.op.f.find('-') + 1);
      const bool start = t.op.f.starts_with("start-");
      EXPECT_EQ(active, start ? "" : fault) << seed;
      active = start ? fault : "";
    }
    EXPECT_EQ(count.size(), 4u) << seed;
  }
}

TEST(NemesisGenerator, StartsAndStopsOfEachFaultAlternate) {
  const auto g = NemesisGenerator({"partition", "kill"}, 5, kSecond, 3);
  std::map<std::string, std::string> last = {{"partition", "stop"}, {"kill", "stop"}};
  for (const Taken& t : Play(g, 60 * kSecond)) {
    const size_t dash = t.op.f.find('-');
    std::string& before = last.at(t.op.f.substr(dash + 1));
    EXPECT_NE(before, t.op.f.substr(0, dash));
    before = t.op.f.substr(0, dash);
  }
}

TEST(NemesisGenerator, HalfToOneAndAHalfIntervalsLieBetween) {
  const auto g = NemesisGenerator({"pause"}, 5, kSecond, 4);
  const auto taken = Play(g, 100 * kSecond);
  ASSERT_GT(taken.size(), 60u);
  EXPECT_LE(taken[0].time, kSecond / 2);
  for (size_t i = 1; i < taken.size(); ++i) {
    EXPECT_GE(taken[i].time - taken[i - 1].time, kSecond / 2);
    EXPECT_LE(taken[i].time - taken[i - 1].time, kSecond * 3 / 2);
  }
}

TEST(NemesisGenerator, TheSameSeedDoesTheSame) {
  const auto text = [](uint64_t seed) {
    std::string all;
    for (const Taken& t :
         Play(NemesisGenerator({"partition", "kill"}, 5, kSecond, seed), 30 * kSecond)) {
      all += std::to_string(t.time) + t.op.f + DumpJson(t.op.value);
    }
    return all;
  };
  EXPECT_EQ(text(1), text(1));
  EXPECT_NE(text(1), text(2));
}

TEST(NemesisGenerator, AStreamDoesNotDependOnTheOthers) {
  const auto kills = [](const std::vector<std::string>& faults) {
    std::string all;
    for (const Taken& t : Play(NemesisGenerator(faults, 5, kSecond, 9), 30 * kSecond)) {
      if (t.op.f.ends_with("kill")) all += t.op.f + DumpJson(t.op.value);
    }
    return all;
  };
  EXPECT_EQ(kills({"kill"}), kills({"partition", "kill", "pause"}));
}

TEST(NemesisGenerator, AGivenShapeIsTheOnlyOne) {
  const auto g = NemesisGenerator({"partition:bridge", "partition:halves-one-way"}, 5, kSecond, 1);
  std::set<std::string> shapes;
  for (const Taken& t : Play(g, 60 * kSecond)) {
    if (t.op.f == "start-partition") shapes.insert(t.op.value["shape"].get<std::string>());
  }
  EXPECT_THAT(shapes, UnorderedElementsAre("bridge", "halves-one-way"));
}

TEST(NemesisGenerator, OfNoFaultsIsNothing) {
  EXPECT_EQ(NemesisGenerator({}, 5, kSecond, 1), nullptr);
}

TEST(ValidateNemesis, NamesTheWrongWordAndTheRightOnes) {
  EXPECT_EQ(ValidateNemesis({"partition", "kill:leader", "partition:one-one-way"}, 5),
            std::nullopt);
  EXPECT_EQ(ValidateNemesis({"fire"}, 5), "unknown fault \"fire\"; faults: partition, pause, kill");
  EXPECT_THAT(*ValidateNemesis({"kill:some"}, 5),
              HasSubstr("unknown shape \"some\" of fault kill; shapes: one,"));
  EXPECT_THAT(*ValidateNemesis({"kill:"}, 5), HasSubstr("unknown shape \"\" of fault kill"));
}

TEST(ValidateNemesis, AFaultThatSoFewNodesCannotShowIsRefused) {
  EXPECT_EQ(ValidateNemesis({"kill:leader", "partition:bridge"}, 2),
            "partition bridge needs at least 3 nodes and there are 2");
  EXPECT_EQ(ValidateNemesis({"partition"}, 1),
            "partition halves needs at least 2 nodes and there are 1");
  EXPECT_EQ(ValidateNemesis({"partition"}, 2), std::nullopt);
  EXPECT_EQ(ValidateNemesis({"kill", "pause"}, 1), std::nullopt);
}

TEST(NemesisGenerator, ChoosesOnlyShapesThatTheNodesAllow) {
  std::set<std::string> shapes;
  for (const Taken& t : Play(NemesisGenerator({"partition"}, 2, kSecond, 1), 200 * kSecond)) {
    if (t.op.f == "start-partition") shapes.insert(t.op.value["shape"].get<std::string>());
  }
  EXPECT_THAT(shapes,
              UnorderedElementsAre("halves", "halves-one-way", "one", "one-one-way", "leader",
                                   "leader-one-way", "single-link", "single-link-one-way"));
}

TEST(ReplayGenerator, DoesTheSameAtTheSameTimesAfterItsStart) {
  Schedule schedule;
  schedule.faults = {{2 * kSecond, "start-kill", ParseJson(R"({"nodes":["n2"]})")},
                     {2 * kSecond, "start-pause", ParseJson(R"({"nodes":["n1"]})")},
                     {5 * kSecond, "stop-kill", nullptr}};
  const auto taken = Play(ReplayGenerator(schedule), 100 * kSecond);
  ASSERT_EQ(taken.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(taken[i].time, schedule.faults[i].at);
    EXPECT_EQ(taken[i].op.f, schedule.faults[i].f);
    EXPECT_EQ(taken[i].op.value, schedule.faults[i].value);
  }
}

}  // namespace
}  // namespace cleave
