// Counters: one claim a test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkers/streaming/verdict_of_test_helper.h"

namespace cleave {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Counter, AReadOfTheSumIsValid) {
  EXPECT_EQ(VerdictOf("counter", "p0: a1 ok | p1: a2 ok | p2: r=3"), "valid");
}

TEST(Counter, AReadThatLacksAnAcknowledgedAddIsBelowItsBounds) {
  const CheckResult result = ResultOf("counter", "p0: a1 ok | p1: a2 ok | p2: r=2");
  EXPECT_EQ(result.anomalies.at(0).name, "below-bounds");
  EXPECT_THAT(result.anomalies[0].operations, ElementsAre(2));
  EXPECT_THAT(result.anomalies[0].explanation,
              HasSubstr("returned 2 (event 5), but it can only be from 3 to 3"));
  EXPECT_EQ(result.anomalies[0].detail["lower"], 3);
}

TEST(Counter, AReadOfMoreThanWasAddedIsAboveItsBounds) {
  EXPECT_EQ(VerdictOf("counter", "p0: a1 ok | p2: r=2"), "above-bounds");
}

TEST(Counter, AnOpenAddMayCountOrNot) {
  EXPECT_EQ(VerdictOf("counter", "p0: a1 | p1: r=0 | p1: r=1 | p0: ok"), "valid");
}

TEST(Counter, AnAddCalledWhileTheReadIsOpenMayCount) {
  EXPECT_EQ(VerdictOf("counter", "r?1 a1 r?1! a1!"), "valid");
}

TEST(Counter, AnAddCalledAfterTheReadDoesNotCount) {
  EXPECT_EQ(VerdictOf("counter", "p1: r=1 | p0: a1 ok"), "above-bounds");
}

TEST(Counter, ACrashedAddWidensTheBoundsForever) {
  EXPECT_EQ(VerdictOf("counter", "p0: a5 info | p1: r=0 | p1: r=5 | p1: a1 ok | p1: r=1"), "valid");
  EXPECT_EQ(VerdictOf("counter", "p0: a5 info | p1: r=6"), "above-bounds");
}

TEST(Counter, AFailedAddDoesNotCount) {
  EXPECT_EQ(VerdictOf("counter", "p0: a1 fail | p1: r=1"), "above-bounds");
}

TEST(Counter, ACrashedDecrementWidensTheBoundsDownwards) {
  EXPECT_EQ(VerdictOf("counter", "p0: a5 ok | p0: a-2 info | p1: r=3 | p1: r=5"), "valid");
  EXPECT_EQ(VerdictOf("counter", "p0: a5 ok | p0: a-2 info | p1: r=2"), "below-bounds");
}

TEST(Counter, KeysAreCounters) {
  EXPECT_EQ(VerdictOf("counter", "p0: x.a1 ok | p0: y.a2 ok | p1: x.r=1 | p1: y.r=2"), "valid");
  EXPECT_EQ(ResultOf("counter", "p0: x.a1 ok | p1: y.r=1").anomalies.at(0).key, 1u);
}

TEST(Counter, WithoutAReadNothingIsKnown) {
  EXPECT_EQ(VerdictOf("counter", "p0: a1 ok | p1: r info"), "unknown");
  EXPECT_EQ(VerdictOf("counter", "p0: a1 ok | p1: r=nil"), "unknown");
}

TEST(Counter, ASumThatDoesNotFitIsUnknown) {
  EXPECT_EQ(VerdictOf("counter", "p0: a9223372036854775807 ok | p0: a1 ok | p1: r=0"), "unknown");
}

TEST(Counter, TheWidestBoundsDoNotOverflow) {
  EXPECT_EQ(VerdictOf("counter",
                      "p0: a9223372036854775807 info | p1: a-9223372036854775807 info |"
                      "p2: r=0"),
            "valid");
}

TEST(Counter, AnotherFunctionIsUnknownAndNamed) {
  EXPECT_THAT(ResultOf("counter", "p0: w1 ok").reason, HasSubstr("\"write\""));
}

TEST(UniqueIds, DifferentIdentifiersAreValid) {
  EXPECT_EQ(VerdictOf("unique-ids", "p0: generate()=1 | p1: generate()=\"1\""), "valid");
}

TEST(UniqueIds, AnIdentifierHandedOutTwiceIsDuplicated) {
  const CheckResult result = ResultOf(
      "unique-ids", "p0: generate()=1 | p1: generate()=2 | p2: generate()=1 | p2: generate()=1");
  EXPECT_EQ(result.anomaly_count, 1u);
  EXPECT_EQ(result.anomalies.at(0).name, "duplicated");
  EXPECT_THAT(result.anomalies[0].operations, ElementsAre(0, 2));
  EXPECT_EQ(result.data["duplicated-ids"]["1"], 3);
  EXPECT_EQ(result.data["range"], Json::array({1, 2}));
}

TEST(UniqueIds, KeysHandOutTheirOwn) {
  EXPECT_EQ(VerdictOf("unique-ids", "p0: x.generate()=1 | p1: y.generate()=1"), "valid");
  EXPECT_EQ(VerdictOf("unique-ids", "p0: x.generate()=1 | p1: x.generate()=1"), "duplicated");
}

TEST(UniqueIds, WithoutAnAnswerNothingIsKnown) {
  EXPECT_EQ(VerdictOf("unique-ids", "p0: generate() info | p1: generate() fail"), "unknown");
}

}  // namespace
}  // namespace cleave
