// Where Jepsen's checkers (jepsen.checker) are wrong, ours are right: one defect a test.
#include <gtest/gtest.h>

#include "checkers/streaming/verdict_of_test_helper.h"

namespace cleave {
namespace {

TEST(JepsensDefect, SetFullNeverFlagsDuplicates) {
  // It keeps multiplicities below 1, of which there are none.
  EXPECT_EQ(VerdictOf("set-full", "p0: a1 ok | p1: r=[1,1]"), "duplicated");
}

TEST(JepsensDefect, TotalQueueIgnoresDuplicates) {
  // It counts them, and says valid.
  const CheckResult result =
      ResultOf("total-queue", "p0: enqueue(1) ok | p1: dequeue()=1 | p2: drain()=[1]");
  EXPECT_EQ(result.verdict, Verdict::kInvalid);
  EXPECT_EQ(result.anomalies.at(0).name, "duplicated");
  EXPECT_EQ(result.data["duplicated-elements"]["1"], 2);
}

TEST(JepsensDefect, TotalQueueThrowsAtACrashedDrain) {
  EXPECT_EQ(VerdictOf("total-queue", "p0: enqueue(1) ok | p1: drain() info | p2: drain()=[1]"),
            "valid");
}

TEST(JepsensDefect, TotalQueueHoldsACrashedDequeuesElementForLost) {
  EXPECT_EQ(
      VerdictOf("total-queue",
                "p0: enqueue(1) ok | p0: enqueue(2) ok | p1: dequeue() info | p2: drain()=[2]"),
      "valid");
}

TEST(JepsensDefect, TotalQueueHoldsWhatIsStillInsideForLost) {
  EXPECT_EQ(VerdictOf("total-queue", "p0: enqueue(1) ok | p0: enqueue(2) ok | p1: dequeue()=1"),
            "unknown");
}

TEST(JepsensDefect, CounterForbidsDecrements) {
  EXPECT_EQ(VerdictOf("counter", "p0: a5 ok | p0: a-2 ok | p1: r=3"), "valid");
  EXPECT_EQ(VerdictOf("counter", "p0: a5 ok | p0: a-2 ok | p1: r=5"), "above-bounds");
}

TEST(JepsensDefect, CounterSaysValidWhereNothingWasRead) {
  EXPECT_EQ(VerdictOf("counter", "p0: a5 ok"), "unknown");
}

TEST(JepsensDefect, StatsSaysFalseWhereItDocumentsUnknown) {
  EXPECT_EQ(VerdictOf("stats", "p0: w1 ok | p0: r fail"), "unknown");
}

TEST(JepsensDefect, MonotonicLooksOnlyAtTheLastRead) {
  EXPECT_EQ(VerdictOf("monotonic", "p2: r=[[2,9],[1,10]] | p2: r=[[1,9],[2,10]]"),
            "value-reorders");
}

TEST(JepsensDefect, LongForkIgnoresForksBesideAKeyWrittenTwice) {
  EXPECT_EQ(VerdictOf("long-fork", R"(p0: txn([["w","z",1]]) ok | p0: txn([["w","z",2]]) ok
                                      p2: txn([["r","x",1],["r","y",null]]) ok
                                      p3: txn([["r","x",null],["r","y",1]]) ok)"),
            "long-fork");
}

}  // namespace
}  // namespace cleave
