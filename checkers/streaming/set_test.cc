// Sets: one claim a test.
#include "checkers/streaming/set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/history/notation.h"

namespace cleave {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

CheckResult SetResult(std::string_view notation) { return CheckSet(ParseNotation(notation), {}); }
std::string SetVerdict(std::string_view notation) {
  const CheckResult result = SetResult(notation);
  return result.anomalies.empty() ? VerdictName(result.verdict) : result.anomalies[0].name;
}

TEST(Set, EverythingAddedAndReadIsValid) {
  const CheckResult result = SetResult("p0: a1 ok | p1: a2 ok | p2: r=[1,2]");
  EXPECT_EQ(result.verdict, Verdict::kValid);
  EXPECT_EQ(result.data["stable"], 2);
}

TEST(Set, AcknowledgedElementMissingInTheLastReadIsLost) {
  const CheckResult result = SetResult("p0: a1 ok | p0: a2 ok | p1: r=[2]");
  EXPECT_EQ(result.verdict, Verdict::kInvalid);
  EXPECT_EQ(result.anomalies[0].name, "lost");
  EXPECT_THAT(result.anomalies[0].operations, ElementsAre(0, 2));
  EXPECT_THAT(result.anomalies[0].explanation,
              HasSubstr("process 0's add of it had been acknowledged (event 1)"));
}

TEST(Set, ElementThatWasReadAndThenVanishedIsLostAlthoughItsAddCrashed) {
  EXPECT_EQ(SetVerdict("p0: a1 info | p1: r=[1] | p1: r=[]"), "lost");
}

TEST(Set, ElementMissingForAWhileIsStale) {
  const CheckResult result = SetResult("p0: a1 ok | p1: r=[] | p1: r=[1]");
  EXPECT_EQ(result.anomalies[0].name, "stale");
  EXPECT_EQ(result.data["stale"], 1);
  EXPECT_EQ(result.data["stable-latency-ms"]["max"], 1.0);
}

TEST(Set, ReadConcurrentWithTheAddMayMissIt) {
  EXPECT_EQ(SetVerdict("a1 r?[] a1! r?[]! r=[1]"), "valid");
}

TEST(Set, ElementThatNobodyAddedIsUnexpected) {
  EXPECT_EQ(SetVerdict("p0: a1 ok | p1: r=[1,9]"), "unexpected");
}

TEST(Set, ElementWhoseAddFailedIsUnexpected) {
  EXPECT_EQ(SetVerdict("p0: a1 ok | p0: a2 fail | p1: r=[1,2]"), "unexpected");
}

TEST(Set, ElementReadBeforeItsAddIsUnexpected) {
  EXPECT_EQ(SetVerdict("p1: r=[1] | p0: a1 ok"), "unexpected");
}

TEST(Set, ElementTwiceInOneReadIsDuplicated) {
  const CheckResult result = SetResult("p0: a1 ok | p1: r=[1,1,1]");
  EXPECT_EQ(result.anomalies[0].name, "duplicated");
  EXPECT_EQ(result.data["duplicated-elements"]["1"], 3);
  EXPECT_EQ(result.anomaly_count, 1u);
}

std::string Numbers(int count, int copies) {
  std::string text;
  for (int i = 0; i < count * copies; ++i) {
    text += (i == 0 ? "" : ",") + std::to_string(i / copies);
  }
  return "[" + text + "]";
}

TEST(Set, ManyDuplicatesInOneReadAreCountedInOnePass) {
  const CheckResult result = SetResult("p1: r=" + Numbers(50'000, 2));
  EXPECT_EQ(result.data["duplicated"], 50'000);
  EXPECT_EQ(result.anomalies.size(), 16u);
}

TEST(Set, LargeReadsThatDisagreeAreComparedInOnePass) {
  std::string adds, ends;
  for (int i = 0; i < 3000; ++i) {
    adds += "a" + std::to_string(i) + " ";
    ends += "a" + std::to_string(i) + "! ";
  }
  std::string less = "[", more = "[";
  for (int i = 0; i < 2998; ++i) (less += std::to_string(i) + ",", more += std::to_string(i) + ",");
  less += "2998]", more += "2999]";
  const CheckResult result = SetResult(adds + "r?" + less + " r?" + more + " r?" + less + "! r?" +
                                       more + "! " + ends + "r=" + Numbers(3000, 1));
  ASSERT_EQ(result.anomalies.size(), 1u);
  EXPECT_THAT(result.anomalies[0].explanation, HasSubstr("has 2998 and not 2999"));
}

TEST(Set, OutOfTimeIsUnknownAndSaysWhere) {
  CheckOptions options;
  options.timeout = std::chrono::milliseconds(-1);
  const CheckResult result = CheckSet(ParseNotation("p1: r=" + Numbers(5000, 1)), options);
  EXPECT_EQ(result.verdict, Verdict::kUnknown);
  EXPECT_THAT(result.reason, HasSubstr("out of time at the read of event 0"));
}

TEST(Set, OutOfMemoryIsUnknown) {
  CheckOptions options;
  options.memory = 10;
  const CheckResult result = CheckSet(ParseNotation("p0: a1 ok | p1: r=[1]"), options);
  EXPECT_EQ(result.verdict, Verdict::kUnknown);
  EXPECT_THAT(result.reason, HasSubstr("out of memory"));
}

TEST(Set, AGiganticElementIsCitedShortly) {
  const std::string big(1 << 20, 'x');
  const CheckResult result = SetResult("p1: r=[\"" + big + "\"]");
  EXPECT_LT(result.reason.size(), 1000u);
  EXPECT_LT(DumpJson(result.data).size(), 2000u);
  EXPECT_LT(DumpJson(result.anomalies[0].detail).size(), 1000u);
}

TEST(Set, CrashedAddThatIsSeenIsRecovered) {
  const CheckResult result = SetResult("p0: a1 info | p1: r=[1] | p1: r=[1]");
  EXPECT_EQ(result.verdict, Verdict::kValid);
  EXPECT_EQ(result.data["recovered"], 1);
}

TEST(Set, AcknowledgedElementWithoutALaterReadIsNeverRead) {
  const CheckResult result = SetResult("p0: a1 ok | p1: r=[1] | p0: a2 ok");
  EXPECT_EQ(result.verdict, Verdict::kValid);
  EXPECT_EQ(result.data["never-read"], 1);
}

TEST(Set, NullIsTheEmptySet) {
  EXPECT_EQ(SetVerdict("p1: r=nil | p0: a1 ok | p1: r=[1]"), "valid");
}

TEST(Set, WithoutReadsNothingIsKnown) { EXPECT_EQ(SetVerdict("p0: a1 ok"), "unknown"); }

TEST(Set, ConcurrentReadsThatDisagreeOnTheOrderAreInvalid) {
  EXPECT_EQ(SetVerdict("a1 a2 r?[1] r?[2] r?[1]! r?[2]! a1! a2! r=[1,2]"), "incomparable-reads");
}

TEST(Set, AddsSeenAgainstTheirOrderInTimeAreInvalid) {
  EXPECT_EQ(SetVerdict("r?[2] a1 a1! a2 r?[2]! a2! r=[1,2]"), "reordered");
}

TEST(Set, KeysAreSets) {
  EXPECT_EQ(SetVerdict("p0: x.a1 ok | p0: y.a1 ok | p1: x.r=[1] | p1: y.r=[1]"), "valid");
  EXPECT_EQ(SetVerdict("p0: x.a1 ok | p1: y.r=[1] | p1: x.r=[1]"), "unexpected");
}

TEST(Set, AReadThatIsNoListIsUnknown) {
  EXPECT_THROW(SetResult("p0: a1 ok | p1: r=7"), std::invalid_argument);
}

TEST(Set, AnotherFunctionIsUnknownAndNamed) {
  EXPECT_THROW(SetResult("p0: w1 ok"), std::invalid_argument);
}

}  // namespace
}  // namespace cleave
