// Statistics, availability, the guard against vacuous runs, and the registry.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkers/run/availability.h"
#include "checkers/run/fault_spans.h"
#include "checkers/run/stats.h"
#include "checkers/run/vacuous.h"
#include "harness/history/notation.h"

namespace cleave {
namespace {

using ::testing::HasSubstr;

constexpr const char* kKill =
    "p0@n1: w1 ok | p1@n2: r=1\n"
    "nemesis: invoke start-kill null\n"
    "nemesis: info start-kill {\"nodes\":[\"n1\"],\"evidence\":{\"effective\":true}}\n"
    "+100ms | p0@n1: w2 fail connection-refused | p1@n2: r=1\n"
    "+400ms | nemesis: invoke stop-kill null | +10ms\n"
    "nemesis: info stop-kill {\"nodes\":[\"n1\"],\"evidence\":{\"effective\":true}}\n"
    "+250ms | p0@n1: w3 ok | p1@n2: r=3\n";

TEST(Stats, CountsOutcomesPerFunctionWithTheirErrors) {
  const CheckResult result = CheckStats(ParseNotation(kKill), {});
  EXPECT_EQ(result.verdict, Verdict::kValid);
  EXPECT_EQ(result.data["by-function"]["write"]["ok"], 2);
  EXPECT_EQ(result.data["by-function"]["write"]["fail"], 1);
  EXPECT_EQ(result.data["by-function"]["write"]["errors"]["connection-refused"], 1);
  EXPECT_EQ(result.data["total"]["latency-ms"]["ok"]["p50"], 1.0);
}

TEST(Stats, AFunctionThatNeverSucceededIsUnknown) {
  const CheckResult result = CheckStats(ParseNotation("p0: w1 ok | p0: r fail"), {});
  EXPECT_EQ(result.verdict, Verdict::kUnknown);
  EXPECT_THAT(result.reason, HasSubstr("no read was ever ok"));
}

TEST(Stats, ACasMayNeverSucceedWhereOthersDo) {
  EXPECT_EQ(CheckStats(ParseNotation("p0: w1 ok | p0: c1>2 mismatch"), {}).verdict,
            Verdict::kValid);
  EXPECT_EQ(CheckStats(ParseNotation("p0: c1>2 mismatch"), {}).verdict, Verdict::kUnknown);
}

TEST(Availability, TellsErrorAndRecoveryPerNodeAndFault) {
  const CheckResult result = CheckAvailability(ParseNotation(kKill), {});
  EXPECT_EQ(result.verdict, Verdict::kValid);
  const Json& fault = result.data["faults"][0];
  EXPECT_EQ(fault["fault"], "kill");
  EXPECT_EQ(fault["nodes"]["n1"]["first-error-ms"], 102.0);
  EXPECT_TRUE(fault["nodes"]["n2"]["first-error-ms"].is_null());
  EXPECT_EQ(fault["nodes"]["n1"]["recovery-ms"], 252.0);
  EXPECT_EQ(fault["nodes"]["n2"]["recovery-ms"], 254.0);
  EXPECT_EQ(fault["touched"][0], "n1");
  EXPECT_GT(result.data["by-node"]["n1"]["longest-gap-ms"], 700.0);
}

TEST(Availability, ACasThatFailedOnTheValueIsAnAnswer) {
  const CheckResult result =
      CheckAvailability(ParseNotation("nemesis: info start-kill {\"nodes\":[\"n1\"]}\n"
                                      "p0@n1: c1>2 mismatch | p0@n1: c1>2 saw=3 | p0@n1: w1 fail"),
                        {});
  const Json& node = result.data["faults"][0]["nodes"]["n1"];
  EXPECT_EQ(node["first-error-ms"], 6.0);  // the write
  EXPECT_EQ(result.data["by-node"]["n1"]["ok"], 2);
  EXPECT_EQ(result.data["by-node"]["n1"]["not-ok"], 1);
}

TEST(Availability, TellsTheLongestGapPerNodeAndFault) {
  const CheckResult result = CheckAvailability(ParseNotation(kKill), {});
  const Json& fault = result.data["faults"][0];
  // n1 had no answer at all between fault and heal; n2 one, 104 ms after the fault.
  EXPECT_EQ(fault["nodes"]["n1"]["longest-gap-ms"], 516.0);
  EXPECT_EQ(fault["nodes"]["n2"]["longest-gap-ms"], 412.0);
  EXPECT_EQ(fault["longest-gap-ms"], 412.0);
}

std::vector<FaultSpan> Spans(const char* notation) { return FaultSpans(ParseNotation(notation)); }

TEST(FaultSpans, AStartThatFailedDoesNotSwallowTheStopOfTheRealFault) {
  const auto spans = Spans(
      "nemesis: info start-kill {\"nodes\":[\"n1\"]}\n"
      "nemesis: info start-kill {\"error\":\"no such process\"}\n"
      "nemesis: invoke stop-kill null\n"
      "nemesis: info stop-kill {\"evidence\":{\"healed\":true}}\n");
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].end, 2u);
  EXPECT_NE(spans[0].healed_time, kNoTime);
  EXPECT_EQ(spans[1].healed_time, kNoTime);
}

TEST(FaultSpans, AStopThatDidNotHealLeavesTheFaultToTheNext) {
  const auto spans = Spans(
      "nemesis: info start-kill {\"nodes\":[\"n1\"]}\n"
      "nemesis: invoke stop-kill null\n"
      "nemesis: info stop-kill {\"evidence\":{\"healed\":false}}\n"
      "nemesis: invoke stop-kill null\n"
      "nemesis: info stop-kill {\"evidence\":{\"healed\":true}}\n");
  ASSERT_EQ(spans.size(), 1u);
  EXPECT_EQ(spans[0].end, 3u);
  EXPECT_EQ(spans[0].healed_time, 4'000'000);
}

TEST(FaultSpans, AFaultThatWasNeverHealedHasNoEnd) {
  const auto spans = Spans(
      "nemesis: info start-kill {\"nodes\":[\"n1\"]}\n"
      "nemesis: invoke stop-kill null\n"
      "nemesis: info stop-kill {\"evidence\":{\"healed\":false}}\n");
  EXPECT_EQ(spans[0].end, kNever);
  EXPECT_EQ(spans[0].healed_time, kNoTime);
}

TEST(Availability, AnEmptyHistoryHasNoFigures) {
  EXPECT_EQ(CheckAvailability(ParseNotation(""), {}).verdict, Verdict::kValid);
}

std::string Busy(int operations) {
  std::string notation;
  for (int i = 0; i < operations; ++i) notation += "p0: w1 ok | p1: r=1\n";
  return notation;
}

Verdict Guard(const std::string& notation, std::vector<std::string> faults = {}) {
  CheckOptions options;
  options.requested_faults = std::move(faults);
  return CheckVacuous(ParseNotation(notation), options).verdict;
}

TEST(Vacuous, TooFewOkOperationsProveNothing) {
  EXPECT_EQ(Guard(Busy(4)), Verdict::kVacuous);
  EXPECT_EQ(Guard(Busy(5)), Verdict::kValid);
}

TEST(Vacuous, WritesThatNobodyReadProveNothing) {
  std::string notation;
  for (int i = 0; i < 20; ++i) notation += "p0: w1 ok\n";
  EXPECT_EQ(Guard(notation), Verdict::kVacuous);
  EXPECT_EQ(Guard(notation + "p0: r fail"), Verdict::kVacuous);
  EXPECT_EQ(Guard(notation + "p0: r=1"), Verdict::kValid);
}

std::string Repeated(const std::string& line) {
  std::string notation;
  for (int i = 0; i < 20; ++i) notation += line + "\n";
  return notation;
}

TEST(Vacuous, PutsThatNobodyGotProveNothing) {
  EXPECT_EQ(Guard(Repeated("p0: put(1) ok")), Verdict::kVacuous);
  EXPECT_EQ(Guard(Repeated("p0: put(1) ok") + "p0: get()=1"), Verdict::kValid);
}

TEST(Vacuous, TransactionsWithoutAReadProveNothing) {
  EXPECT_EQ(Guard(Repeated("p0: ax1 ok")), Verdict::kVacuous);
  EXPECT_EQ(Guard(Repeated("p0: ax1 ok") + "p0: rx info"), Verdict::kVacuous);
  EXPECT_EQ(Guard(Repeated("p0: ax1 ok") + "p0: rx1 ok"), Verdict::kValid);
}

TEST(Vacuous, ACasMayNeverSucceed) {
  EXPECT_EQ(Guard(Busy(9) + "p0: c1>2 mismatch"), Verdict::kValid);
}

TEST(Vacuous, ARequestedFaultThatNeverStartedProvesNothing) {
  EXPECT_EQ(Guard(Busy(9), {"partition:halves"}), Verdict::kVacuous);
}

TEST(Vacuous, AnEffectiveFaultDuringOperationsIsProof) {
  EXPECT_EQ(Guard(Busy(9) + kKill, {"kill"}), Verdict::kValid);
}

TEST(Vacuous, AFaultThatTookNoEffectProvesNothing) {
  const std::string partition =
      "nemesis: info start-partition {\"shape\":\"halves\",\"evidence\":{\"dropped\":0}}\n" +
      Busy(3) +
      "nemesis: invoke stop-partition null\n"
      "nemesis: info stop-partition {\"evidence\":{\"dropped\":0,\"effective\":false}}\n";
  EXPECT_EQ(Guard(Busy(9) + partition, {"partition:halves"}), Verdict::kVacuous);
}

TEST(Vacuous, AFaultWhileNothingWasCalledProvesNothing) {
  const std::string pause =
      "nemesis: info start-pause {\"evidence\":{\"effective\":true}}\n"
      "nemesis: invoke stop-pause null\n"
      "nemesis: info stop-pause {\"evidence\":{\"effective\":true}}\n";
  EXPECT_EQ(Guard(Busy(9) + pause, {"pause"}), Verdict::kVacuous);
}

TEST(Vacuous, AFaultThatCouldNotBeInjectedProvesNothing) {
  const std::string kill = "nemesis: info start-kill {\"error\":\"no such process\"}\n";
  CheckOptions options;
  options.requested_faults = {"kill"};
  const CheckResult result = CheckVacuous(ParseNotation(Busy(9) + kill + Busy(1)), options);
  EXPECT_EQ(result.verdict, Verdict::kVacuous);
  EXPECT_THAT(result.reason, HasSubstr("could not be injected"));
}

TEST(Registry, EveryNameAndAliasIsFound) {
  for (const CheckerInfo& info : Checkers()) EXPECT_EQ(FindChecker(info.name), &info);
  for (const char* alias : {"register", "cas-register", "set-full", "list-append", "guard"}) {
    EXPECT_NE(FindChecker(alias), nullptr) << alias;
  }
  EXPECT_EQ(FindChecker("lineralizable"), nullptr);
}

TEST(Registry, WhatACheckerThrowsIsUnknown) {
  const CheckerInfo throws{"throws", "", [](const History&, const CheckOptions&) -> CheckResult {
                             throw std::runtime_error("broken");
                           }};
  const CheckResult result = RunChecker(throws, ParseNotation(""), {});
  EXPECT_EQ(result.verdict, Verdict::kUnknown);
  EXPECT_EQ(result.reason, "broken");
  EXPECT_EQ(result.checker, "throws");
}

}  // namespace
}  // namespace cleave
