// Sets: one claim a test.
#include "checkers/set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/history/notation.h"

namespace cleave {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

CheckResult Result(std::string_view notation) { return CheckSet(ParseNotation(notation), {}); }
std::string Name(std::string_view notation) {
  const CheckResult result = Result(notation);
  return result.anomalies.empty() ? VerdictName(result.verdict) : result.anomalies[0].name;
}

TEST(Set, EverythingAddedAndReadIsValid) {
  const CheckResult result = Result("p0: a1 ok | p1: a2 ok | p2: r=[1,2]");
  EXPECT_EQ(result.verdict, Verdict::kValid);
  EXPECT_EQ(result.data["stable"], 2);
}

TEST(Set, AcknowledgedElementMissingInTheLastReadIsLost) {
  const CheckResult result = Result("p0: a1 ok | p0: a2 ok | p1: r=[2]");
  EXPECT_EQ(result.verdict, Verdict::kInvalid);
  EXPECT_EQ(result.anomalies[0].name, "lost");
  EXPECT_THAT(result.anomalies[0].operations, ElementsAre(0, 2));
  EXPECT_THAT(result.anomalies[0].explanation,
              HasSubstr("process 0's add of it had been acknowledged (event 1)"));
}

TEST(Set, ElementThatWasReadAndThenVanishedIsLostAlthoughItsAddCrashed) {
  EXPECT_EQ(Name("p0: a1 info | p1: r=[1] | p1: r=[]"), "lost");
}

TEST(Set, ElementMissingForAWhileIsStale) {
  const CheckResult result = Result("p0: a1 ok | p1: r=[] | p1: r=[1]");
  EXPECT_EQ(result.anomalies[0].name, "stale");
  EXPECT_EQ(result.data["stale"], 1);
  EXPECT_EQ(result.data["stable-latency-ms"]["max"], 1.0);
}

TEST(Set, ReadConcurrentWithTheAddMayMissIt) {
  EXPECT_EQ(Name("a1 r?[] a1! r?[]! r=[1]"), "valid");
}

TEST(Set, ElementThatNobodyAddedIsUnexpected) {
  EXPECT_EQ(Name("p0: a1 ok | p1: r=[1,9]"), "unexpected");
}

TEST(Set, ElementWhoseAddFailedIsUnexpected) {
  EXPECT_EQ(Name("p0: a1 ok | p0: a2 fail | p1: r=[1,2]"), "unexpected");
}

TEST(Set, ElementReadBeforeItsAddIsUnexpected) {
  EXPECT_EQ(Name("p1: r=[1] | p0: a1 ok"), "unexpected");
}

TEST(Set, ElementTwiceInOneReadIsDuplicated) {
  const CheckResult result = Result("p0: a1 ok | p1: r=[1,1,1]");
  EXPECT_EQ(result.anomalies[0].name, "duplicated");
  EXPECT_EQ(result.data["duplicated-elements"]["1"], 3);
}

TEST(Set, CrashedAddThatIsSeenIsRecovered) {
  const CheckResult result = Result("p0: a1 info | p1: r=[1] | p1: r=[1]");
  EXPECT_EQ(result.verdict, Verdict::kValid);
  EXPECT_EQ(result.data["recovered"], 1);
}

TEST(Set, AcknowledgedElementWithoutALaterReadIsNeverRead) {
  const CheckResult result = Result("p0: a1 ok | p1: r=[1] | p0: a2 ok");
  EXPECT_EQ(result.verdict, Verdict::kValid);
  EXPECT_EQ(result.data["never-read"], 1);
}

TEST(Set, NullIsTheEmptySet) { EXPECT_EQ(Name("p1: r=nil | p0: a1 ok | p1: r=[1]"), "valid"); }

TEST(Set, WithoutReadsNothingIsKnown) { EXPECT_EQ(Name("p0: a1 ok"), "unknown"); }

TEST(Set, ConcurrentReadsThatDisagreeOnTheOrderAreInvalid) {
  EXPECT_EQ(Name("a1 a2 r?[1] r?[2] r?[1]! r?[2]! a1! a2! r=[1,2]"), "incomparable-reads");
}

TEST(Set, AddsSeenAgainstTheirOrderInTimeAreInvalid) {
  EXPECT_EQ(Name("r?[2] a1 a1! a2 r?[2]! a2! r=[1,2]"), "reordered");
}

TEST(Set, KeysAreSets) {
  EXPECT_EQ(Name("p0: x.a1 ok | p0: y.a1 ok | p1: x.r=[1] | p1: y.r=[1]"), "valid");
  EXPECT_EQ(Name("p0: x.a1 ok | p1: y.r=[1] | p1: x.r=[1]"), "unexpected");
}

TEST(Set, AReadThatIsNoListIsUnknown) {
  EXPECT_THROW(Result("p0: a1 ok | p1: r=7"), std::invalid_argument);
}

TEST(Set, AnotherFunctionIsUnknownAndNamed) {
  EXPECT_THROW(Result("p0: w1 ok"), std::invalid_argument);
}

}  // namespace
}  // namespace cleave
