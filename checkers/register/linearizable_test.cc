// Registers: verdicts, names and evidence, a claim each.
#include "checkers/register/linearizable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/history/notation.h"

namespace cleave {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

CheckResult Result(std::string_view notation, const CheckOptions& options = {}) {
  return CheckLinearizable(ParseNotation(notation), options);
}
Verdict Check(std::string_view notation) { return Result(notation).verdict; }
std::string Name(std::string_view notation) {
  const CheckResult result = Result(notation);
  return result.anomalies.empty() ? "" : result.anomalies[0].name;
}

TEST(LinearizableRegister, StaleReadAfterAcknowledgedWriteIsInvalid) {
  EXPECT_EQ(Check("p0: w1 ok | p0: w2 ok | p1: r=1"), Verdict::kInvalid);
}

TEST(LinearizableRegister, ReadConcurrentWithWriteMaySeeEither) {
  EXPECT_EQ(Check("w1 w1! w2 r=1 w2!"), Verdict::kValid);
  EXPECT_EQ(Check("w1 w1! w2 r=2 w2!"), Verdict::kValid);
}

TEST(LinearizableRegister, NewThenOldDuringOneWriteIsInvalid) {
  EXPECT_EQ(Check("w1 w1! w2 r=2 r=1 w2!"), Verdict::kInvalid);
}

TEST(LinearizableRegister, CrashedWriteMayTakeEffectMuchLater) {
  EXPECT_EQ(Check("w1 w1~ w2 w2! r=2 r=1"), Verdict::kValid);
  EXPECT_EQ(Check("w1 w1~ w2 w2! r=2 r=1 r=2"), Verdict::kInvalid);
}

TEST(LinearizableRegister, CrashedWriteMayNeverTakeEffect) {
  EXPECT_EQ(Check("w1 w1! w2 w2~ r=1 r=1"), Verdict::kValid);
}

TEST(LinearizableRegister, FailedWriteDidNotHappen) {
  EXPECT_EQ(Check("p0: w1 fail | p1: r=nil"), Verdict::kValid);
  EXPECT_EQ(Name("p0: w1 fail | p1: r=1"), "read-of-failed-write");
}

TEST(LinearizableRegister, CrashedAndFailedReadsAssertNothing) {
  EXPECT_EQ(Check("p0: w1 ok | p1: r info | p2: r fail"), Verdict::kValid);
}

TEST(LinearizableRegister, PlainFailedCasAssertsNothing) {
  EXPECT_EQ(Check("p0: w1 ok | p0: c1>2 fail"), Verdict::kValid);
}

TEST(LinearizableRegister, MismatchMeansThatTheValueWasAnother) {
  EXPECT_EQ(Check("p0: w1 ok | p0: c1>2 mismatch"), Verdict::kInvalid);
  EXPECT_EQ(Check("p0: w1 ok | p0: c2>3 mismatch"), Verdict::kValid);
}

TEST(LinearizableRegister, MismatchMayBeExplainedByACrashedWriteThatNobodyRead) {
  EXPECT_EQ(Check("w1 w1! w2 w2~ | p8: c1>3 mismatch"), Verdict::kValid);
}

TEST(LinearizableRegister, WhatAFailedCasObservedIsARead) {
  EXPECT_EQ(Check("p0: w1 ok | p0: w2 ok | p1: c7>8 saw=2"), Verdict::kValid);
  EXPECT_EQ(Name("p0: w1 ok | p0: w2 ok | p1: c7>8 saw=1"), "stale-read");
}

TEST(LinearizableRegister, TheInitialValueIsNullUnlessSaidOtherwise) {
  EXPECT_EQ(Check("p0: r=nil"), Verdict::kValid);
  EXPECT_EQ(Check("p0: r=0"), Verdict::kInvalid);
  CheckOptions options;
  options.initial = "0";
  EXPECT_EQ(Result("p0: r=0", options).verdict, Verdict::kValid);
  EXPECT_EQ(Result("p0: c0>1 ok | p0: r=1", options).verdict, Verdict::kValid);
  EXPECT_EQ(Result("p0: r=nil", options).verdict, Verdict::kInvalid);
}

TEST(LinearizableRegister, KeysAreIndependent) {
  EXPECT_EQ(Check("p0: x.w1 ok | p0: y.w2 ok | p1: x.r=1 | p1: y.r=2"), Verdict::kValid);
  const CheckResult result =
      Result("p0: x.w1 ok | p0: y.w1 ok | p0: y.w2 ok | p1: x.r=1 | p1: y.r=1");
  EXPECT_EQ(result.verdict, Verdict::kInvalid);
  EXPECT_THAT(result.reason, HasSubstr("1 of 2 keys"));
  EXPECT_THAT(result.anomalies[0].operations, ElementsAre(1, 2, 4));
}

TEST(LinearizableRegister, StaleReadNamesTheOperationsAndTheirEvents) {
  const CheckResult result = Result("p0: w5 ok | p1: w7 ok | p2: w9 ok | p3: r=5");
  ASSERT_EQ(result.anomalies.size(), 1u);
  EXPECT_EQ(result.anomalies[0].name, "stale-read");
  EXPECT_EQ(
      result.anomalies[0].explanation,
      "Process 3's read was called at event 6, after process 1's write of 7 had returned "
      "(event 3), and yet returned 5 (event 7). But 5 was older and gone: process 0's write of 5 "
      "had returned (event 1) before process 1's write of 7 was called at event 2, so 7 came "
      "after 5, and nobody wrote 5 again.");
}

TEST(LinearizableRegister, EveryAnomalyHasItsName) {
  EXPECT_EQ(Name("p0: r=9"), "read-of-unwritten");
  EXPECT_EQ(Name("p0: c9>1 ok"), "cas-of-unwritten");
  EXPECT_EQ(Name("p0: w1 ok | p0: c1>2 ok | p1: c1>3 ok"), "double-cas");
  EXPECT_EQ(Name("p0: c1>2 | p1: c2>1 | p0: ok | p1: ok"), "cas-cycle");
  EXPECT_EQ(Name("p0: r=1 | p1: w1 ok"), "future-read");
  EXPECT_EQ(Name("p0: w1 ok | p0: c1>2 ok | p1: r=1"), "stale-read");
  EXPECT_EQ(Name("p0: w1 ok | p0: w2 ok | p1: c1>3 ok"), "lost-update");
  EXPECT_EQ(Name("p0: w1 ok | p0: r=nil"), "stale-read");
}

TEST(LinearizableRegister, RepeatedValuesAreStillExact) {
  EXPECT_EQ(Check("p0: w1 ok | p0: w2 ok | p0: w1 ok | p1: r=1"), Verdict::kValid);
  EXPECT_EQ(Check("p0: w1 ok | p0: w1 ok | p0: w2 ok | p1: r=1"), Verdict::kInvalid);
}

TEST(LinearizableRegister, EvidenceOfALongHistoryIsShort) {
  std::string notation;
  for (int i = 0; i < 300; ++i) {
    const std::string v = std::to_string(i % 5);
    notation += "p0: w" + v + " ok | p1: r=" + v + " | p2: c" + v + ">9 ok | p1: r=9 |";
  }
  notation += "p0: w3 ok | p0: w4 ok | p1: r=3";
  const CheckResult result = Result(notation);
  EXPECT_EQ(result.verdict, Verdict::kInvalid);
  ASSERT_EQ(result.anomalies.size(), 1u);
  EXPECT_THAT(result.anomalies[0].operations.size(), ::testing::Le(3u));
}

TEST(LinearizableRegister, EvidenceCitesNoReturnOfACrashedCas) {
  for (const char* notation :
       {"p0: c9>1 info | p1: r=1", "p0: w1 ok | p0: w2 ok | p1: r | p2: c1>3 info | p1: =3"}) {
    const CheckResult result = Result(notation);
    ASSERT_EQ(result.verdict, Verdict::kInvalid) << notation;
    EXPECT_THAT(result.reason, HasSubstr("took effect (its outcome is unknown, but "));
    EXPECT_THAT(result.reason, Not(HasSubstr("4294967295")));
  }
}

TEST(LinearizableRegister, AValueThatNobodyWroteIsInvalidOnAKeyOfRepeatedValuesToo) {
  CheckOptions options;
  options.timeout = std::chrono::milliseconds(-1);  // the search is not needed
  std::string notation;
  for (int i = 0; i < 200; ++i) notation += "w1 r?2 w2 w1! w2! r?2! ";
  EXPECT_EQ(Result(notation + "r=9", options).anomalies[0].name, "read-of-unwritten");
  EXPECT_EQ(Result(notation + "c9>1 c9>1!", options).anomalies[0].name, "cas-of-unwritten");
  // A crashed write may have made it, even if it was called last.
  EXPECT_EQ(Result(notation + "w9 w9~ r=9", options).verdict, Verdict::kUnknown);
}

TEST(LinearizableRegister, AStaleReadIsCountedOnceHoweverLongItsChainWentOn) {
  const CheckResult result =
      Result("p0: w1 ok | p0: c1>2 ok | p0: c2>3 ok | p0: c3>4 ok | p1: r=1");
  EXPECT_EQ(result.anomaly_count, 1u);
}

TEST(LinearizableRegister, AStaleReadIsCountedOnceHoweverManyReadWritesItMissed) {
  EXPECT_EQ(Result("p0: w1 ok | p0: w2 ok | p0: r=2 | p0: w3 ok | p0: r=3 | p1: r=1").anomaly_count,
            1u);
}

TEST(LinearizableRegister, EveryKeysFirstAnomalyIsExplainedBeforeAnothersSecond) {
  CheckOptions options;
  options.max_anomalies = 2;
  const CheckResult result =
      Result("p0: x.r=1 | p0: x.r=2 | p0: x.r=3 | p0: y.r=1 | p0: z.w1 ok", options);
  ASSERT_EQ(result.anomalies.size(), 2u);
  EXPECT_NE(result.anomalies[0].key, result.anomalies[1].key);
}

TEST(LinearizableRegister, ARegisterThatOnlyHoldsWhatNobodyReadIsSaidToDoSo) {
  const CheckResult result =
      Result("p0: w1 ok | p0: w1 ok | p2: w7 info | p1: c1>3 mismatch | p1: r=1");
  EXPECT_EQ(result.verdict, Verdict::kInvalid);
  EXPECT_THAT(result.reason,
              HasSubstr("could only have been a value that nobody read, whichever way"));
}

TEST(LinearizableRegister, AGiganticValueIsCitedShortly) {
  const std::string big(1 << 20, 'x');
  const History history = ParseNotation("p1: r=\"" + big + "\"");
  const CheckResult result = CheckLinearizable(history, {});
  EXPECT_EQ(result.verdict, Verdict::kInvalid);
  EXPECT_LT(result.reason.size(), 1000u);
  EXPECT_LT(DumpJson(ToJson(result, history)).size(), 4000u);
}

TEST(LinearizableRegister, OutOfTimeIsUnknownAndSaysWhere) {
  CheckOptions options;
  options.timeout = std::chrono::milliseconds(-1);
  std::string notation;
  for (int i = 0; i < 200; ++i) notation += "k.w1 k.r?2 k.w2 k.w1! k.w2! k.r?2! ";
  const CheckResult result = Result(notation, options);
  EXPECT_EQ(result.verdict, Verdict::kUnknown);
  EXPECT_THAT(result.reason,
              HasSubstr("key \"k\" is undecided: the search ran out of time in events"));
}

TEST(LinearizableRegister, OutOfMemoryIsUnknown) {
  CheckOptions options;
  options.memory = 10;
  EXPECT_EQ(Result("w1 w1! w1 w1! w2 r?1 r?1! w2!", options).verdict, Verdict::kUnknown);
}

TEST(LinearizableRegister, AFunctionThatIsNoRegistersIsNamed) {
  const History history = ParseNotation("p0: w1 ok | p0: frobnicate(2) ok");
  const CheckResult result = RunChecker(*FindChecker("register"), history, {});
  EXPECT_EQ(result.verdict, Verdict::kUnknown);
  EXPECT_THAT(result.reason, HasSubstr("\"frobnicate\" of event 2"));
  EXPECT_THAT(result.reason, HasSubstr("read, write, cas"));
}

TEST(LinearizableRegister, ACasWithoutItsPairIsUnknown) {
  const History history = ParseNotation("p0: cas(3) ok");
  EXPECT_EQ(RunChecker(*FindChecker("cas-register"), history, {}).verdict, Verdict::kUnknown);
}

TEST(LinearizableRegister, ManyInvalidKeysAreCountedAndAFewExplained) {
  std::string notation;
  int steps = 0;
  for (int i = 0; i < 100; ++i) {
    for (const char* step : {"p0: k", "p0: k", "p0: k", "p0: k", "p1: k"}) {
      static constexpr const char* kWords[] = {".w1 ok | ", ".w2 ok | ", ".w1 ok | ", ".w2 ok | ",
                                               ".r=1\n"};
      notation += step;
      notation += std::to_string(i);
      notation += kWords[steps++ % 5];
    }
  }
  const CheckResult result = Result(notation);
  EXPECT_EQ(result.anomaly_count, 100u);
  EXPECT_EQ(result.anomalies.size(), 16u);
  EXPECT_THAT(result.reason, HasSubstr("100 of 100 keys"));
}

TEST(LinearizableRegister, AnEmptyHistoryIsLinearizable) { EXPECT_EQ(Check(""), Verdict::kValid); }

}  // namespace
}  // namespace cleave
