// Monotonic, sequential, comments, causal and G2: one claim a test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkers/streaming/verdict_of_test_helper.h"

namespace cleave {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Monotonic, ValuesThatRiseWithTheirStampsAreValid) {
  EXPECT_EQ(VerdictOf("monotonic", R"(p0: add(1)={"val":1,"sts":"100","proc":0}
                                      p1: add(2)={"val":2,"sts":"101","proc":1}
                                      p2: r=[{"val":1,"sts":"100"},{"val":2,"sts":"101"}])"),
            "valid");
}

TEST(Monotonic, AValueThatFallsIsReordered) {
  const CheckResult result = ResultOf("monotonic",
                                      "p0: add(1)=[1,10] | p1: add(2)=[2,9] |"
                                      "p2: r=[[2,9],[1,10]]");
  EXPECT_EQ(result.anomalies.at(0).name, "value-reorders");
  EXPECT_THAT(result.anomalies[0].operations, ElementsAre(0, 1, 2));
}

TEST(Monotonic, AValueThatFallsWithinAProcessIsReorderedPerClient) {
  const CheckResult result = ResultOf("monotonic", "p2: r=[[2,9,0],[3,10,1],[1,11,0]]");
  EXPECT_EQ(result.data["anomalies"]["value-reorders"], 1);
  EXPECT_EQ(result.data["anomalies"]["value-reorders-perclient"], 1);
}

TEST(Monotonic, AStampThatFallsIsAnOrderByError) {
  EXPECT_EQ(VerdictOf("monotonic", "p2: r=[[1,10],[2,9]]"), "order-by-errors");
}

TEST(Monotonic, LongStampsAreComparedAsNumbers) {
  EXPECT_EQ(
      VerdictOf("monotonic", R"(p2: r=[[1,"9999999999999999999"],[2,"10000000000000000000"]])"),
      "valid");
  EXPECT_EQ(VerdictOf("monotonic", R"(p2: r=[[1,"15.50"],[2,"15.4999"]])"), "order-by-errors");
}

TEST(Monotonic, AValueTwiceInOneReadIsADuplicate) {
  EXPECT_EQ(VerdictOf("monotonic", "p2: r=[[1,10],[1,11]]"), "duplicates");
}

TEST(Monotonic, AnAcknowledgedValueMissingInTheLastReadIsLost) {
  EXPECT_EQ(VerdictOf("monotonic", "p0: add(1)=[1,10] | p0: add(2)=[2,11] | p2: r=[[2,11]]"),
            "lost");
  EXPECT_EQ(VerdictOf("monotonic", "p0: add(2)=[2,11] | p2: r=[[2,11]] | p0: add(3)=[3,12]"),
            "valid");
}

TEST(Monotonic, AFailedAddThatIsReadIsRevived) {
  EXPECT_EQ(VerdictOf("monotonic", "p0: add(1) fail | p2: r=[[1,10]]"), "revived");
}

TEST(Monotonic, WhereTheStoreChoosesTheValueAFailedAddSaysNothing) {
  EXPECT_EQ(VerdictOf("monotonic", "p0: add(1) fail | p0: add(9)=[1,10] | p2: r=[[1,10]]"),
            "valid");
}

TEST(Monotonic, WithoutARowNothingIsKnown) {
  EXPECT_EQ(VerdictOf("monotonic", "p0: add(1) info | p2: r=[]"), "unknown");
}

TEST(Sequential, AllSubkeysOrTheFirstOnesAreValid) {
  EXPECT_EQ(VerdictOf("sequential", R"(p0: w5 ok | p1: read(5)=[5,["5_2","5_1","5_0"]]
                                       p1: read(6)=[6,[null,"6_1","6_0"]]
                                       p1: read(6)=[6,[null,null,null]])"),
            "valid");
}

TEST(Sequential, ALaterSubkeyWithoutAnEarlierOneIsATrailingNil) {
  const CheckResult result =
      ResultOf("sequential", R"(p0: w5 ok | p1: read(5)=[5,[null,"5_2",null,"5_0",null]])");
  EXPECT_EQ(result.anomaly_count, 1u);
  EXPECT_EQ(result.anomalies.at(0).name, "trailing-nil");
  EXPECT_THAT(result.anomalies[0].operations, ElementsAre(0, 1));
  EXPECT_THAT(result.anomalies[0].explanation, HasSubstr("the one at place 3"));
}

TEST(Sequential, WhereNothingWasSeenNothingIsKnown) {
  EXPECT_EQ(VerdictOf("sequential", "p0: w5 ok | p1: read(5)=[5,[null,null]]"), "unknown");
}

TEST(Comments, AReadThatShowsEverythingEarlierIsValid) {
  EXPECT_EQ(VerdictOf("comments", "p0: w1 ok | p1: w2 ok | p2: r=[1,2] | p2: r=[]"), "valid");
}

TEST(Comments, ALaterWriteWithoutAnEarlierOneIsACausalReverse) {
  const CheckResult result = ResultOf("comments", "p0: w1 ok | p1: w2 ok | p2: r=[2]");
  EXPECT_EQ(result.anomalies.at(0).name, "causal-reverse");
  EXPECT_THAT(result.anomalies[0].operations, ElementsAre(0, 1, 2));
}

TEST(Comments, ConcurrentWritesMayBeSeenInAnyOrder) {
  EXPECT_EQ(VerdictOf("comments", "w1 w2 w1! w2! r=[2] r=[1]"), "valid");
}

TEST(Comments, AReadOfNothingMayBeOld) {
  EXPECT_EQ(VerdictOf("comments", "p0: w1 ok | p1: w2 ok | p2: r=[1]"), "valid");
}

TEST(Comments, ACrashedWriteNeedNotBeSeen) {
  EXPECT_EQ(VerdictOf("comments", "p0: w1 info | p1: w2 ok | p2: r=[2]"), "valid");
}

TEST(Comments, ACrashedWriteThatIsSeenHasItsPast) {
  EXPECT_EQ(VerdictOf("comments", "p0: w1 ok | p1: w2 info | p2: r=[2]"), "causal-reverse");
}

TEST(Comments, WhatNobodyWroteIsUnexpected) {
  EXPECT_EQ(VerdictOf("comments", "p0: w1 ok | p2: r=[1,9]"), "unexpected");
  EXPECT_EQ(VerdictOf("comments", "p0: w1 fail | p2: r=[1]"), "unexpected");
  EXPECT_EQ(VerdictOf("comments", "p2: r=[1] | p0: w1 ok"), "unexpected");
}

TEST(Comments, KeysAreApart) {
  EXPECT_EQ(VerdictOf("comments", "p0: x.w1 ok | p1: y.w2 ok | p2: y.r=[2]"), "valid");
}

TEST(Comments, WhereNothingWasSeenNothingIsKnown) {
  EXPECT_EQ(VerdictOf("comments", "p0: w1 ok | p2: r=[]"), "unknown");
}

TEST(Causal, ASessionThatSeesItsPastIsValid) {
  EXPECT_EQ(VerdictOf("causal", "p0: read-init()=0 | p0: w1 ok | p0: r=1 | p0: w2 ok | p0: r=2"),
            "valid");
}

TEST(Causal, AnInitialValueThatNobodyWroteIsUnwritten) {
  EXPECT_EQ(VerdictOf("causal", "p0: read-init()=7"), "unwritten");
}

TEST(Causal, AReadOlderThanTheSessionsWriteViolatesReadYourWrites) {
  const CheckResult result = ResultOf("causal", "p0: w1 ok | p0: w2 ok | p0: r=1");
  EXPECT_EQ(result.anomalies.at(0).name, "read-your-writes");
  EXPECT_THAT(result.anomalies[0].operations, ElementsAre(0, 1, 2));
  EXPECT_EQ(VerdictOf("causal", "p0: w1 ok | p0: r=0"), "read-your-writes");
}

TEST(Causal, AReadOlderThanTheSessionsReadViolatesMonotonicReads) {
  EXPECT_EQ(VerdictOf("causal", "p0: w1 ok | p0: w2 ok | p0: r=2 | p0: r=1"), "monotonic-reads");
}

TEST(Causal, ACrashedWriteMayBeSeenOnceAtAnyTime) {
  EXPECT_EQ(VerdictOf("causal", "p0: w1 info | p1: r=0 | p1: r=1"), "valid");
  EXPECT_EQ(VerdictOf("causal", "p0: w1 info | p1: r=1 | p1: r=0"), "monotonic-reads");
}

TEST(Causal, AValueWhoseWriteFailedIsAnAbortedRead) {
  EXPECT_EQ(VerdictOf("causal", "p0: w1 fail | p0: r=1"), "aborted-read");
}

TEST(Causal, AValueWrittenLaterIsAFutureRead) {
  EXPECT_EQ(VerdictOf("causal", "p0: r=1 | p0: w1 ok"), "future-read");
}

TEST(Causal, OverlappingOperationsOfAKeyAreUnknown) {
  EXPECT_THAT(ResultOf("causal", "p0: w1 | p1: r=1 | p0: ok").reason, HasSubstr("one session"));
  EXPECT_EQ(VerdictOf("causal", "p0: x.w1 | p1: y.r=0 | p0: ok"), "valid");
}

TEST(Causal, WithoutAReadNothingIsKnown) {
  EXPECT_EQ(VerdictOf("causal", "p0: w1 ok | p0: r=nil"), "unknown");
}

TEST(G2, OneOfTwoInsertsIsValid) {
  EXPECT_EQ(VerdictOf("g2", "p0: k.insert([1,null]) | p1: k.insert([null,2]) fail | p0: ok"),
            "valid");
}

TEST(G2, TwoInsertsOfOneKeyAreG2) {
  const CheckResult result =
      ResultOf("g2", "p0: insert([7,[1,null]]) ok | p1: insert([7,[null,2]]) ok");
  EXPECT_EQ(result.anomalies.at(0).name, "G2");
  EXPECT_THAT(result.anomalies[0].operations, ElementsAre(0, 1));
}

TEST(G2, ACrashedInsertProvesNothing) {
  EXPECT_EQ(VerdictOf("g2", "p0: k.insert([1,null]) ok | p1: k.insert([null,2]) info"), "valid");
}

TEST(G2, WithoutTwoInsertsOfAKeyNothingIsKnown) {
  EXPECT_EQ(VerdictOf("g2", "p0: x.insert([1,null]) ok | p1: y.insert([null,2]) ok"), "unknown");
  EXPECT_EQ(VerdictOf("g2", "p0: insert([1,null]) ok"), "unknown");
}

}  // namespace
}  // namespace cleave
