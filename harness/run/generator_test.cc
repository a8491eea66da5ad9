// Each combinator does what jepsen.generator's of the same name does, in a simulated run.
// Notation: "r1@0" is operation r with value 1 at time 0; a thread follows as "/n" where it
// matters.
#include "harness/run/generator.h"

#include <gmock/gmock.h>

#include "harness/run/simulate.h"

namespace cleave {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

GeneratorPtr R() { return gen::Repeat(MakeOp("r")); }
GeneratorPtr W() { return gen::Repeat(MakeOp("w")); }
GeneratorPtr Count(std::string f = "c") {
  return gen::Fn(1, [f](int64_t n, Random&) { return MakeOp(f, n); });
}
GeneratorPtr Some(int n, std::string f = "c") { return gen::Limit(n, Count(f)); }

std::string Show(const SimulatedEvent& event, bool thread) {
  std::string text;
  if (!event.op.key.is_null()) text += "k" + DumpJson(event.op.key) + ":";
  text += event.op.f;
  if (!event.op.value.is_null()) text += DumpJson(event.op.value);
  text += "@" + std::to_string(event.time);
  if (thread) text += (event.thread < 0 ? "/n" : "/" + std::to_string(event.thread));
  return text;
}

std::vector<std::string> Ops(GeneratorPtr g, SimulateOptions options = {}, bool thread = false) {
  std::vector<std::string> shown;
  for (const auto& event : SimulateInvocations(std::move(g), options)) {
    shown.push_back(Show(event, thread));
  }
  return shown;
}

std::vector<std::string> OpsAndThreads(GeneratorPtr g, SimulateOptions options = {}) {
  return Ops(std::move(g), options, true);
}

SimulateOptions ClientsOnly(int threads) {
  SimulateOptions options;
  options.threads = threads;
  options.nemesis = false;
  return options;
}

TEST(Generator, AnOpIsEmittedOnce) { EXPECT_THAT(Ops(gen::Once(MakeOp("r"))), ElementsAre("r@0")); }

TEST(Generator, NothingIsExhausted) { EXPECT_THAT(Ops(nullptr), IsEmpty()); }

TEST(Generator, RepeatKeepsEveryThreadBusy) {
  EXPECT_THAT(OpsAndThreads(gen::Limit(4, R()), ClientsOnly(2)),
              ElementsAre("r@0/0", "r@0/1", "r@10/0", "r@10/1"));
}

TEST(Generator, FunctionsKnowTheirNumber) {
  EXPECT_THAT(Ops(Some(3), ClientsOnly(1)), ElementsAre("c0@0", "c1@10", "c2@20"));
}

TEST(Generator, RepeatGenEmitsTheFirstOperationAgain) {
  EXPECT_THAT(Ops(gen::RepeatGen(3, Count()), ClientsOnly(1)),
              ElementsAre("c0@0", "c0@10", "c0@20"));
}

TEST(Generator, CycleStartsOverWhenExhausted) {
  EXPECT_THAT(Ops(gen::Cycle(Some(2), 2), ClientsOnly(1)),
              ElementsAre("c0@0", "c1@10", "c0@20", "c1@30"));
  EXPECT_EQ(Ops(gen::Limit(7, gen::Cycle(Some(2)))).size(), 7u);
}

TEST(Generator, CycleOfNothingEnds) { EXPECT_THAT(Ops(gen::Cycle(gen::Sequence({}))), IsEmpty()); }

TEST(Generator, TimeLimitCountsFromItsFirstOperation) {
  GeneratorPtr g = gen::Sequence({gen::Sleep(100), gen::TimeLimit(30, Count())});
  EXPECT_THAT(Ops(g, ClientsOnly(1)), ElementsAre("sleep@0", "c0@100", "c1@110", "c2@120"));
}

TEST(Generator, TimeLimitEndsWhileAllThreadsAreBusy) {
  SimulateOptions options = ClientsOnly(1);
  options.answer = Perfect(1'000);
  GeneratorPtr both = gen::Sequence({gen::TimeLimit(50, R()), gen::Once(MakeOp("w"))});
  EXPECT_THAT(Ops(both, options), ElementsAre("r@0", "w@1000"));
}

TEST(Generator, TimeLimitOfManyThreadsIsOneLimit) {
  EXPECT_EQ(Ops(gen::TimeLimit(20, R()), ClientsOnly(3)).size(), 6u);
}

TEST(Generator, StaggerIsATotalRateOverAllThreads) {
  auto events = SimulateInvocations(gen::Limit(2'000, gen::Stagger(1, 1'000, R())), ClientsOnly(5));
  EXPECT_NEAR(static_cast<double>(events.back().time) / 2'000, 1'000, 100);
}

TEST(Generator, StaggerIsExponential) {
  auto events = SimulateInvocations(gen::Limit(2'001, gen::Stagger(1, 1'000, R())), ClientsOnly(5));
  int below_median = 0;
  for (size_t i = 1; i < events.size(); ++i) {
    below_median += events[i].time - events[i - 1].time < 693 ? 1 : 0;
  }
  EXPECT_NEAR(below_median, 1'000, 100);
}

TEST(Generator, StaggerDoesNotBurstAfterAStall) {
  SimulateOptions options = ClientsOnly(1);
  options.answer = [](const SimulatedEvent& e) {
    return SimulatedAnswer{EventType::kOk, e.time == 0 ? 10 * kSecond : 10};
  };
  auto events = SimulateInvocations(gen::Limit(1'000, gen::Stagger(1, kMillisecond, R())), options);
  int in_a_millisecond = 0;
  for (const auto& e : events) {
    in_a_millisecond += e.time >= 10 * kSecond && e.time < 10 * kSecond + kMillisecond ? 1 : 0;
  }
  EXPECT_LT(in_a_millisecond, 60);  // 20 ms are caught up
}

TEST(Generator, DelayIsEvenlySpaced) {
  EXPECT_THAT(Ops(gen::Delay(100, Some(3)), ClientsOnly(2)),
              ElementsAre("c0@0", "c1@100", "c2@200"));
}

TEST(Generator, SleepKeepsItsThreadBusyAndNoOther) {
  GeneratorPtr g = gen::Sequence({gen::Sleep(25), Some(4)});
  EXPECT_THAT(OpsAndThreads(g, ClientsOnly(2)),
              ElementsAre("sleep@0/0", "c0@0/1", "c1@10/1", "c2@20/1", "c3@25/0"));
}

TEST(Generator, LogIsAnOperationOfItsOwnKind) {
  auto events = SimulateInvocations(gen::Log("half time"));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].op.kind, Op::Kind::kLog);
  EXPECT_EQ(events[0].op.value, "half time");
}

TEST(Generator, MixDrawsFromAllUntilAllAreExhausted) {
  auto shown = Ops(gen::Mix(1, {Some(50, "a"), Some(50, "b")}), ClientsOnly(1));
  EXPECT_EQ(shown.size(), 100u);
  std::string firsts;
  for (size_t i = 0; i < 20; ++i) firsts += shown[i][0];
  EXPECT_NE(firsts.find('a'), std::string::npos);
  EXPECT_NE(firsts.find('b'), std::string::npos);
}

TEST(Generator, AnyTakesWhatIsSoonest) {
  GeneratorPtr g = gen::Any({gen::Delay(50, Some(3, "slow")), gen::Delay(20, Some(4, "fast"))});
  EXPECT_THAT(Ops(g, ClientsOnly(4)), ElementsAre("slow0@0", "fast0@0", "fast1@20", "fast2@40",
                                                  "slow1@50", "fast3@60", "slow2@100"));
}

TEST(Generator, AnyAsksAgainWhenAPendingPartSaysSo) {
  GeneratorPtr bounded = gen::Sequence(
      {gen::TimeLimit(30, gen::Clients(gen::Sequence({gen::Sleep(1'000), R()}))), nullptr});
  GeneratorPtr g = gen::Any({bounded, gen::Delay(500, gen::Nemesis(Some(2, "n")))});
  SimulateOptions options;
  options.threads = 1;
  EXPECT_THAT(Ops(g, options), ElementsAre("sleep@0", "n0@0", "n1@500"));
}

TEST(Generator, AnyIsFairBetweenEquals) {
  SimulateOptions options = ClientsOnly(4);
  options.seed = 1;
  int a = 0;
  for (const auto& e : SimulateInvocations(gen::Limit(1'000, gen::Any({R(), W()})), options)) {
    a += e.op.f == "r" ? 1 : 0;
  }
  EXPECT_NEAR(a, 500, 80);
}

TEST(Generator, FreeThreadsAreUsedFairlyAtALowRate) {
  SimulateOptions options = ClientsOnly(5);
  options.seed = 1;
  std::vector<int> count(5);
  for (const auto& e : SimulateInvocations(gen::Limit(5'000, gen::Delay(1'000, R())), options)) {
    ++count[e.thread];
  }
  for (int n : count) EXPECT_NEAR(n, 1'000, 150);
}

TEST(Generator, FlipFlopAlternatesAndStopsWithEither) {
  EXPECT_THAT(Ops(gen::FlipFlop(Some(9, "a"), Some(2, "b")), ClientsOnly(1)),
              ElementsAre("a0@0", "b0@10", "a1@20", "b1@30", "a2@40"));
}

TEST(Generator, SequenceDoesNotWait) {
  SimulateOptions options = ClientsOnly(2);
  options.answer = Perfect(100);
  EXPECT_THAT(Ops(gen::Sequence({Some(1, "a"), Some(1, "b")}), options),
              ElementsAre("a0@0", "b0@0"));
}

TEST(Generator, PhasesWaitForAllThreads) {
  SimulateOptions options = ClientsOnly(2);
  options.answer = Perfect(100);
  EXPECT_THAT(Ops(gen::Phases({Some(1, "a"), Some(1, "b")}), options),
              ElementsAre("a0@0", "b0@100"));
}

TEST(Generator, ThenWaitsForTheFirst) {
  EXPECT_THAT(Ops(gen::Then(Some(3, "a"), Some(1, "b")), ClientsOnly(2)),
              ElementsAre("a0@0", "a1@0", "a2@10", "b0@20"));
}

TEST(Generator, SynchronizeWaitsUntilAllAreFree) {
  GeneratorPtr g = gen::Sequence({gen::Sleep(35), gen::Synchronize(Some(1))});
  EXPECT_THAT(Ops(g, ClientsOnly(2)), ElementsAre("sleep@0", "c0@35"));
}

TEST(Generator, ClientsAndNemesisKeepToTheirThreads) {
  GeneratorPtr g = gen::Clients(Some(3), gen::Delay(15, Some(2, "n")));
  SimulateOptions options;
  options.threads = 1;
  EXPECT_THAT(OpsAndThreads(g, options),
              ElementsAre("c0@0/0", "n0@0/n", "c1@10/0", "n1@15/n", "c2@20/0"));
}

TEST(Generator, NemesisWithoutANemesisIsExhausted) {
  EXPECT_THAT(Ops(gen::Nemesis(R(), Some(1)), ClientsOnly(1)), ElementsAre("c0@0"));
}

TEST(Generator, OnThreadsUsesTheChosenOnes) {
  GeneratorPtr g = gen::OnThreads([](int32_t thread) { return thread == 2; }, Some(2));
  EXPECT_THAT(OpsAndThreads(g, ClientsOnly(4)), ElementsAre("c0@0/2", "c1@10/2"));
}

TEST(Generator, EachThreadHasItsOwnCopy) {
  EXPECT_THAT(OpsAndThreads(gen::EachThread(Some(2)), ClientsOnly(2)),
              ElementsAre("c0@0/0", "c0@0/1", "c1@10/0", "c1@10/1"));
}

TEST(Generator, EachThreadIncludesTheNemesisUnlessToldOtherwise) {
  SimulateOptions options;
  options.threads = 1;
  EXPECT_THAT(OpsAndThreads(gen::EachThread(Some(1)), options), ElementsAre("c0@0/n", "c0@0/0"));
  EXPECT_THAT(OpsAndThreads(gen::Clients(gen::EachThread(Some(1))), options),
              ElementsAre("c0@0/0"));
}

TEST(Generator, EachThreadIsNotExhaustedWhileACopyIsBusy) {
  GeneratorPtr g = gen::Sequence({gen::EachThread(Some(2, "a")), Some(1, "b")});
  EXPECT_THAT(Ops(g, ClientsOnly(2)), ElementsAre("a0@0", "a0@0", "a1@10", "a1@10", "b0@20"));
}

TEST(Generator, ReserveGivesEachPartItsThreads) {
  GeneratorPtr g = gen::Limit(6, gen::Reserve({{1, R()}, {2, W()}}, Count()));
  EXPECT_THAT(OpsAndThreads(g, ClientsOnly(5)),
              ElementsAre("r@0/0", "w@0/1", "w@0/2", "c0@0/3", "c1@0/4", "r@10/0"));
}

TEST(Generator, ReserveWithoutRestLeavesThemIdle) {
  GeneratorPtr g = gen::Limit(3, gen::Reserve({{1, R()}}, nullptr));
  EXPECT_THAT(OpsAndThreads(g, ClientsOnly(5)), ElementsAre("r@0/0", "r@10/0", "r@20/0"));
}

TEST(Generator, UntilOkStopsAfterTheFirstOk) {
  SimulateOptions options = ClientsOnly(1);
  options.answer = [](const SimulatedEvent& e) {
    return SimulatedAnswer{e.op.value == 2 ? EventType::kOk : EventType::kFail, 10};
  };
  EXPECT_THAT(Ops(gen::UntilOk(Count()), options), ElementsAre("c0@0", "c1@10", "c2@20"));
}

TEST(Generator, UntilOkIsNotStoppedByAnothersOk) {
  SimulateOptions options = ClientsOnly(2);
  options.answer = [](const SimulatedEvent& e) {
    return SimulatedAnswer{e.op.f == "r" ? EventType::kOk : EventType::kFail, 10};
  };
  GeneratorPtr g = gen::Reserve({{1, gen::UntilOk(Some(5))}}, gen::Limit(1, R()));
  EXPECT_EQ(Ops(g, options).size(), 6u);
}

TEST(Generator, UntilOkPerThreadAndKeyMakesRetriedFinalReads) {
  SimulateOptions options = ClientsOnly(2);
  options.answer = [](const SimulatedEvent& e) {
    return SimulatedAnswer{e.time < 15 ? EventType::kFail : EventType::kOk, 10};
  };
  GeneratorPtr g = gen::EachThread(gen::UntilOk(gen::Delay(5, R())));
  EXPECT_THAT(OpsAndThreads(g, options),
              ElementsAre("r@0/0", "r@0/1", "r@10/0", "r@10/1", "r@20/0", "r@20/1"));
}

TEST(Generator, ASleepOrALogIsNoOkThatEndsUntilOk) {
  SimulateOptions options = ClientsOnly(1);
  options.answer = Failing(10);
  GeneratorPtr g = gen::UntilOk(gen::Sequence({gen::Log("x"), gen::Sleep(5), Some(2)}));
  EXPECT_EQ(Ops(g, options).size(), 4u);
}

TEST(Generator, ProcessLimitCountsFreshProcesses) {
  SimulateOptions options = ClientsOnly(2);
  options.answer = Crashing(10);
  auto events = SimulateInvocations(gen::ProcessLimit(5, R()), options);
  std::set<int32_t> processes;
  for (const auto& e : events) processes.insert(e.process);
  EXPECT_THAT(processes, ElementsAre(0, 1, 2, 3, 4));  // the next would be the sixth
}

TEST(Generator, FilterKeepsWhatPasses) {
  auto even = [](const Op& op) { return op.value.get<int>() % 2 == 0; };
  EXPECT_THAT(Ops(gen::Filter(even, Some(5)), ClientsOnly(1)),
              ElementsAre("c0@0", "c2@10", "c4@20"));
}

TEST(Generator, MapChangesOperations) {
  auto change = [](Op op) {
    op.f = "x";
    return op;
  };
  EXPECT_THAT(Ops(gen::Map(change, Some(2)), ClientsOnly(1)), ElementsAre("x0@0", "x1@10"));
}

TEST(Generator, TraceChangesNothing) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(Ops(gen::Trace("t", Some(2)), ClientsOnly(1)), Ops(Some(2), ClientsOnly(1)));
  EXPECT_NE(testing::internal::GetCapturedStderr().find("t: 0 thread 0: c 0 at 0"),
            std::string::npos);
}

TEST(Generator, SequentialTakesOneKeyAfterAnother) {
  auto make = [](int64_t) { return Some(2); };
  EXPECT_THAT(Ops(gen::Sequential(2, make), ClientsOnly(1)),
              ElementsAre("k0:c0@0", "k0:c1@10", "k1:c0@20", "k1:c1@30"));
}

TEST(Generator, ConcurrentGivesEachKeyItsThreads) {
  auto make = [](int64_t) { return Some(2); };
  EXPECT_THAT(OpsAndThreads(gen::Concurrent(1, 3, make), ClientsOnly(2)),
              ElementsAre("k0:c0@0/0", "k1:c0@0/1", "k0:c1@10/0", "k1:c1@10/1", "k2:c0@20/0",
                          "k2:c1@30/0"));
}

TEST(Generator, ConcurrentNeverMixesThreadsOfKeys) {
  SimulateOptions options;
  options.threads = 7;  // two groups of three, and one thread left: a group of its own
  options.seed = 3;
  auto make = [](int64_t) { return Some(30); };
  auto events = SimulateInvocations(gen::Clients(gen::Concurrent(3, 10, make)), options);
  EXPECT_EQ(events.size(), 300u);
  std::map<int64_t, std::set<int>> groups;
  for (const auto& e : events) groups[e.op.key.get<int64_t>()].insert(e.thread / 3);
  EXPECT_EQ(groups.size(), 10u);
  for (const auto& [key, group] : groups) EXPECT_EQ(group.size(), 1u) << "key " << key;
}

TEST(Generator, ConcurrentKeysWithoutEndGoOn) {
  auto make = [](int64_t) { return Some(1); };
  GeneratorPtr keys = gen::Concurrent(2, -1, make);
  auto events = SimulateInvocations(gen::Limit(1'000, keys), ClientsOnly(4));
  std::set<int64_t> seen;
  for (const auto& e : events) seen.insert(e.op.key.get<int64_t>());
  EXPECT_EQ(seen.size(), 1'000u);
}

TEST(Generator, UpdatesReachTheKeyTheyBelongTo) {
  SimulateOptions options = ClientsOnly(2);
  options.answer = [](const SimulatedEvent& e) {
    return SimulatedAnswer{e.op.key == 0 ? EventType::kOk : EventType::kFail, 10};
  };
  auto make = [](int64_t) { return gen::UntilOk(Some(4)); };
  auto events = SimulateInvocations(gen::Concurrent(1, 2, make), options);
  auto of_key = [&](int k) {
    return std::count_if(events.begin(), events.end(), [k](auto& e) { return e.op.key == k; });
  };
  EXPECT_EQ(of_key(0), 1);
  EXPECT_EQ(of_key(1), 4);
}

TEST(Generator, UpdatesReachKeysByTheirNames) {
  auto make = [](int64_t) { return gen::UntilOk(Some(4)); };
  auto name = [](int64_t k) { return "k" + std::to_string(k); };
  EXPECT_THAT(OpsAndThreads(gen::Concurrent(1, 2, make, name), ClientsOnly(2)),
              ElementsAre("k\"k0\":c0@0/0", "k\"k1\":c0@0/1"));
  EXPECT_THAT(Ops(gen::Sequential(2, make, name), ClientsOnly(1)),
              ElementsAre("k\"k0\":c0@0", "k\"k1\":c0@10"));
}

// The usual stack of a test, with everything that draws from chance.
GeneratorPtr Usual() {
  auto make = [](int64_t k) {
    return gen::Limit(20, gen::Mix(k, {R(), Count("w"), gen::Fn(k, [](int64_t, Random& random) {
                                         return MakeOp("cas", random.Below(5));
                                       })}));
  };
  GeneratorPtr clients = gen::Stagger(3, 50, gen::Concurrent(2, -1, make));
  return gen::Limit(500, gen::TimeLimit(kSecond, gen::Clients(clients, gen::Delay(200, W()))));
}

TEST(Generator, TheSameSeedMakesTheSameOperations) {
  SimulateOptions options;
  options.threads = 6;
  options.seed = 9;
  EXPECT_EQ(OpsAndThreads(Usual(), options), OpsAndThreads(Usual(), options));
}

TEST(Generator, AskingTwiceGivesTheSameAnswerAndChangesNothing) {
  Context context;
  context.threads = {kNemesis, 0, 1, 2, 3};
  context.free = context.threads;
  std::vector<int32_t> processes{0, 1, 2, 3};
  context.processes = &processes;
  GeneratorPtr g = Usual();
  for (int i = 0; i < 300; ++i) {
    context.chance = static_cast<uint64_t>(i) * 0x9e3779b97f4a7c15;
    Step once = g->Next(context, g);
    Step again = g->Next(context, g);
    ASSERT_EQ(once.op.f, again.op.f);
    ASSERT_EQ(once.op.value, again.op.value);
    ASSERT_EQ(once.op.key, again.op.key);
    ASSERT_EQ(once.thread, again.thread);
    ASSERT_EQ(once.time, again.time);
    context.time = once.time;
    g = once.next;
  }
}

}  // namespace
}  // namespace cleave
