// List-append transactions: one claim a test.
#include "checkers/transactions/append.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/history/notation.h"

namespace cleave {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

CheckResult AppendResult(std::string_view notation) {
  return CheckAppend(ParseNotation(notation), {});
}
std::string AppendVerdict(std::string_view notation) {
  const CheckResult result = AppendResult(notation);
  return result.anomalies.empty() ? VerdictName(result.verdict) : result.anomalies[0].name;
}

TEST(Append, SerialHistoryIsValid) {
  EXPECT_EQ(AppendVerdict("p0: ax1 ok | p1: rx1ax2 ok | p0: rx12 ok"), "valid");
}

TEST(Append, EmptyListMayComeAsNullOrAsList) {
  EXPECT_EQ(AppendVerdict("p0: rx ok | p0: rx[] ok | p0: rxrx[] ok | p0: ax1 ok | p0: rx1 ok"),
            "valid");
}

TEST(Append, AbortedReadIsG1a) { EXPECT_EQ(AppendVerdict("p0: ax1 fail | p1: rx1 ok"), "G1a"); }

TEST(Append, IntermediateReadIsG1b) {
  EXPECT_EQ(AppendVerdict("ax1ax2 rx1 rx1! ax1ax2! rx12 rx12!"), "G1b");
}

TEST(Append, OwnIntermediateReadIsFine) {
  EXPECT_EQ(AppendVerdict("p0: ax1rx1ax2 ok | p1: rx12 ok"), "valid");
}

TEST(Append, UnrepeatableReadInsideATransactionIsInternal) {
  EXPECT_EQ(AppendVerdict("p0: ax1 ok | p1: rx1rx ok"), "internal");
  EXPECT_EQ(AppendVerdict("p0: ax1rx ok"), "internal");
}

TEST(Append, AReadOfWhatTheTransactionAppendsOnlyLaterIsInternal) {
  const CheckResult result = AppendResult("p0: rx1ax1 ok");
  EXPECT_EQ(result.verdict, Verdict::kInvalid);
  EXPECT_EQ(result.anomalies[0].name, "internal");
  EXPECT_THAT(result.anomalies[0].explanation,
              HasSubstr("it read its own append of 1 before it was made"));
  EXPECT_EQ(AppendVerdict("p0: rx1ax1ax2 ok | p1: rx12 ok"), "internal");
}

TEST(Append, AReadOfWhatTheTransactionAppendsOnlyLaterIsNoUpdateThatWasLost) {
  const CheckResult result = AppendResult("rx1ax1 ax2 rx1ax1! ax2! rx1ax3 rx1ax3!");
  EXPECT_EQ(result.data["anomalies"].count("internal"), 1u);
  EXPECT_GT(result.data["not-orderable"], 0);
  EXPECT_EQ(result.data["anomalies"].count("lost-update"), 0u);
}

TEST(Append, KeysOfTheSameNameInsideIndependentKeysAreApart) {
  EXPECT_EQ(AppendVerdict("p0: k1.ax1 ok | p0: k2.rx ok"), "valid");
  EXPECT_EQ(AppendVerdict("p0: k1.ax1 ok | p0: k1.rx ok"), "lost-append");
}

TEST(Append, WithoutReadsNothingIsKnown) {
  EXPECT_EQ(AppendVerdict("p0: ax1 ok | p1: ax2 ok"), "unknown");
}

TEST(Append, AnAmbiguousKeyHidesNoAnomalyOfOthers) {
  EXPECT_EQ(AppendVerdict("p0: ax1 ok | p0: ax1 ok | p1: rx11 ok | ay1rz1 az1ry1 ay1rz1! az1ry1!"),
            "G1c");
}

TEST(Append, TheOrderOfAppendsIsProvenByItsReader) {
  const CheckResult result = AppendResult("ax1ay1 ax2ay2 ax1ay1! ax2ay2! rx12ry21 rx12ry21!");
  EXPECT_THAT(result.anomalies[0].operations, ElementsAre(0, 1, 2));
  EXPECT_THAT(result.anomalies[0].explanation, HasSubstr("(event 4) shows."));
}

/// As many transactions as the deadline lets pass without a look at the clock, and more.
std::string Long() {
  std::string notation;
  for (int i = 0; i < 5000; ++i) notation += "p0: ax" + std::to_string(i) + " ok\n";
  return notation + "p0: rx0 ok";
}

TEST(Append, OutOfTimeIsUnknownAndSaysWhere) {
  CheckOptions options;
  options.timeout = std::chrono::milliseconds(-1);
  const CheckResult result = RunChecker(*FindChecker("append"), ParseNotation(Long()), options);
  EXPECT_EQ(result.verdict, Verdict::kUnknown);
  EXPECT_THAT(result.reason, HasSubstr("out of time at the transaction of event 8190"));
}

TEST(Append, OutOfMemoryIsUnknown) {
  CheckOptions options;
  options.memory = 10;
  const CheckResult result = CheckAppend(ParseNotation("p0: ax1 ok | p1: rx1 ok"), options);
  EXPECT_EQ(result.verdict, Verdict::kUnknown);
  EXPECT_THAT(result.reason, HasSubstr("out of memory"));
}

TEST(Append, EachOfManyBadElementsIsCountedAndOnlyAFewAreExplained) {
  std::string list;
  for (int i = 0; i < 50'000; ++i) list += (i == 0 ? "" : ",") + std::to_string(i);
  const CheckResult result = AppendResult("p0: rx" + list + " ok");
  EXPECT_EQ(result.anomaly_count, 50'000u);
  EXPECT_EQ(result.anomalies.size(), 4u);
  EXPECT_LT(result.anomalies[0].explanation.size(), 1000u);
}

TEST(Append, ElementTwiceInAListIsADuplicate) {
  EXPECT_EQ(AppendVerdict("p0: ax1 ok | p1: rx11 ok"), "duplicate-elements");
}

TEST(Append, ListsThatDifferInTheMiddleAreIncompatible) {
  EXPECT_EQ(AppendVerdict("ax1 ax2 ax1! ax2! rx12 rx12! rx21 rx21!"), "incompatible-order");
}

TEST(Append, ElementThatNobodyAppendedIsNamed) {
  EXPECT_EQ(AppendVerdict("p0: rx7 ok"), "unwritten");
}

TEST(Append, CommittedOnTopOfAbortedIsADirtyUpdate) {
  const CheckResult result = AppendResult("p0: ax1 fail | p1: ax2 ok | p2: rx12 ok");
  ASSERT_EQ(result.anomalies.size(), 2u);
  EXPECT_EQ(result.anomalies[1].name, "dirty-update");
}

TEST(Append, AcknowledgedAppendThatALaterReadMissesIsLost) {
  const CheckResult result = AppendResult("p0: ax1 ok | p1: rx ok");
  EXPECT_EQ(result.anomalies[0].name, "lost-append");
  EXPECT_THAT(result.anomalies[0].operations, ElementsAre(0, 1));
}

TEST(Append, InterleavedAppendsAreG0) {
  EXPECT_EQ(AppendVerdict("ax1ay1 ax2ay2 ax1ay1! ax2ay2! rx12ry21 rx12ry21!"), "G0");
}

TEST(Append, CircularInformationFlowIsG1c) {
  EXPECT_EQ(AppendVerdict("ax1ry1 ay1rx1 ax1ry1! ay1rx1!"), "G1c");
}

TEST(Append, LostUpdateIsGSingleToo) {
  const CheckResult result =
      AppendResult("p0: ax1 ok | rx1ax2 rx1ax3 rx1ax2! rx1ax3! rx123 rx123!");
  ASSERT_EQ(result.anomalies.size(), 2u);
  EXPECT_EQ(result.anomalies[0].name, "lost-update");
  EXPECT_EQ(result.anomalies[1].name, "G-single");
}

bool LosesAnUpdate(const std::string& notation) {
  const CheckResult result = AppendResult(notation);
  return std::any_of(result.anomalies.begin(), result.anomalies.end(),
                     [](const Anomaly& anomaly) { return anomaly.name == "lost-update"; });
}

TEST(Append, AnUpdateIsLostAlsoWhereListsContradictEachOther) {
  const std::string contradiction = "rx12 rx12! rx13 rx13!";
  EXPECT_EQ(AppendVerdict("p0: ax1 ok | rx1ax2 rx1ax3 rx1ax2! rx1ax3! " + contradiction),
            "incompatible-order");
  EXPECT_TRUE(LosesAnUpdate("p0: ax1 ok | rx1ax2 rx1ax3 rx1ax2! rx1ax3! " + contradiction));
  // Lists of one length are not the same list.
  EXPECT_FALSE(LosesAnUpdate("p0: ax1ax2 ok | p1: ax3 ok | rx12ax4 rx13ax5 rx12ax4! rx13ax5! " +
                             contradiction));
}

TEST(Append, WriteSkewIsG2) {
  EXPECT_EQ(AppendVerdict("rxay1 ryax1 rxay1! ryax1! rx1ry1 rx1ry1!"), "G2-item");
}

TEST(Append, WriteSkewWithoutALaterReadIsG2) {
  EXPECT_EQ(AppendVerdict("rxay1 ryax1 rxay1! ryax1!"), "G2-item");
}

TEST(Append, TwoUnseenAppendsByReadersOfTheSameListContradictEachOther) {
  const CheckResult result = AppendResult("rxax1 rxax2 rxax1! rxax2!");
  ASSERT_EQ(result.anomalies.size(), 2u);
  EXPECT_EQ(result.anomalies[0].name, "lost-update");
  EXPECT_EQ(result.anomalies[1].name, "G-single");
  EXPECT_THAT(result.anomalies[1].explanation, HasSubstr("Whichever of two appends"));
}

TEST(Append, StaleReadIsGSingleRealtime) {
  const CheckResult result = AppendResult("p0: ax1 ok | p1: rx ok | p1: rx1 ok");
  EXPECT_EQ(result.anomalies[0].name, "G-single-realtime");
  EXPECT_THAT(result.anomalies[0].explanation,
              HasSubstr("T1 read key \"x\" as [], without the 1 that T2 appended. "
                        "T2 had returned (event 1) before T1 was called (event 2)."));
}

TEST(Append, AStaleReadThroughAnotherTransactionIsFound) {
  // p1's append is in nobody's way but real time's: p2 sees y before p1 began, and x after p0.
  EXPECT_EQ(
      AppendVerdict("p9: rx1ry | p0: ax1 ok | p1: ay1 ok | p2: ry1 ok | p3: rx1ry1 ok | p9: ok"),
      "valid");
  EXPECT_EQ(
      AppendVerdict("p9: rxry1 | p0: ax1 ok | p1: ay1 ok | p2: ry1 ok | p3: rx1ry1 ok | p9: ok"),
      "G-single-realtime");
}

TEST(Append, CrashedTransactionMayHaveHappenedOrNot) {
  EXPECT_EQ(AppendVerdict("p0: ax1 info | p1: rx ok"), "valid");
  EXPECT_EQ(AppendVerdict("p0: ax1 info | p1: rx ok | p1: rx1 ok"), "valid");
  EXPECT_EQ(AppendVerdict("p0: ax1ay1 info | p1: rx1 ok | p2: ry ok"), "G-single-realtime");
}

TEST(Append, ReadsOfCrashedTransactionsAssertNothing) {
  EXPECT_EQ(AppendVerdict("p0: ax1 ok | p1: rx7ay1 info | p2: ry1 ok"), "valid");
}

TEST(Append, RepeatedElementsAreUnknown) {
  EXPECT_EQ(AppendVerdict("p0: ax1 ok | p0: ax1 ok | p1: rx11 ok"), "unknown");
}

TEST(Append, LongChainsNeitherRecurseNorGrowQuadratic) {
  std::string notation;
  for (int i = 0; i < 20000; ++i) {
    notation += "p0: ax" + std::to_string(i) + "ay" + std::to_string(i) + " ok\n";
    if (i == 0) notation += "p0: rx0 ok\n";
  }
  EXPECT_EQ(AppendVerdict(notation), "valid");
}

TEST(Append, ManyCyclesAreCountedAndAFewExplained) {
  std::string notation;
  for (int i = 0; i < 100; ++i) {
    const std::string n = std::to_string(100 + i);
    notation += "p0: txn([[\"append\"," + n + ",1],[\"r\"," + n + "5,null]]) | " +
                "p1: txn([[\"append\"," + n + "5,1],[\"r\"," + n + ",null]]) | " +
                "p0: =[[\"append\"," + n + ",1],[\"r\"," + n + "5,[1]]] | " + "p1: =[[\"append\"," +
                n + "5,1],[\"r\"," + n + ",[1]]]\n";
  }
  const CheckResult result = AppendResult(notation);
  EXPECT_EQ(result.anomaly_count, 100u);
  EXPECT_EQ(result.anomalies.size(), 4u);
  EXPECT_EQ(result.anomalies.back().name, "G1c");
}

TEST(Append, WhatIsNoTransactionIsRefusedWithItsEvent) {
  EXPECT_THROW(AppendResult("p0: w1 ok"), std::invalid_argument);
  EXPECT_THROW(AppendResult("p0: txn(7) ok"), std::invalid_argument);
  EXPECT_THROW(AppendResult("p0: txn([[\"x\",1,2]]) ok"), std::invalid_argument);
  EXPECT_THROW(AppendResult("p0: wx1 ok"), std::invalid_argument);
}

}  // namespace
}  // namespace cleave
