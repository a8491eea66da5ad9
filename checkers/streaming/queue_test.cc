// Queues: one claim a test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkers/streaming/verdict_of_test_helper.h"

namespace cleave {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Queue, WhatComesOutWentInWhateverItsOrder) {
  EXPECT_EQ(VerdictOf("queue", "p0: enqueue(1) ok | p0: enqueue(2) ok | p1: dequeue()=2"), "valid");
}

TEST(Queue, AnElementThatNobodyEnqueuedIsUnexpected) {
  const CheckResult result = ResultOf("queue", "p0: enqueue(1) ok | p1: dequeue()=2");
  EXPECT_EQ(result.anomalies.at(0).name, "unexpected");
  EXPECT_THAT(result.anomalies[0].operations, ElementsAre(1));
}

TEST(Queue, AnElementWhoseEnqueueFailedIsUnexpected) {
  EXPECT_EQ(VerdictOf("queue", "p0: enqueue(1) fail | p1: dequeue()=1"), "unexpected");
}

TEST(Queue, AnElementThatComesOutBeforeItsEnqueueIsCalledIsUnexpected) {
  EXPECT_EQ(VerdictOf("queue", "p1: dequeue()=1 | p0: enqueue(1) ok"), "unexpected");
}

TEST(Queue, AnElementMayComeOutWhileItsEnqueueIsOpen) {
  EXPECT_EQ(VerdictOf("queue", "p0: enqueue(1) | p1: dequeue()=1 | p0: ok"), "valid");
}

TEST(Queue, ACrashedEnqueueMayHavePutItsElement) {
  EXPECT_EQ(VerdictOf("queue", "p0: enqueue(1) info | p1: dequeue()=1"), "valid");
}

TEST(Queue, AnElementThatComesOutTwiceIsDuplicated) {
  EXPECT_EQ(VerdictOf("queue", "p0: enqueue(1) ok | p1: dequeue()=1 | p1: dequeue()=1"),
            "duplicated");
}

TEST(Queue, AnElementEnqueuedTwiceMayComeOutTwice) {
  EXPECT_EQ(VerdictOf("queue",
                      "p0: enqueue(1) ok | p0: enqueue(1) ok | p1: dequeue()=1 | p1: dequeue()=1"),
            "valid");
}

TEST(Queue, KeysAreQueues) {
  EXPECT_EQ(VerdictOf("queue", "p0: x.enqueue(1) ok | p1: y.dequeue()=1"), "unexpected");
}

TEST(Queue, WhereNothingComesOutNothingIsKnown) {
  EXPECT_EQ(VerdictOf("queue", "p0: enqueue(1) ok | p1: dequeue() info"), "unknown");
}

TEST(TotalQueue, WhatGoesInComesOut) {
  EXPECT_EQ(VerdictOf("total-queue",
                      "p0: enqueue(1) ok | p0: enqueue(2) ok | p1: dequeue()=1 | p1: drain()=[2]"),
            "valid");
}

TEST(TotalQueue, AnAcknowledgedElementThatADrainDoesNotFindIsLost) {
  const CheckResult result = ResultOf(
      "total-queue", "p0: enqueue(1) ok | p0: enqueue(2) ok | p1: dequeue()=1 | p1: drain()=[]");
  EXPECT_EQ(result.anomalies.at(0).name, "lost");
  EXPECT_THAT(result.anomalies[0].operations, ElementsAre(1, 3));
  EXPECT_THAT(result.anomalies[0].explanation, HasSubstr("never came out"));
  EXPECT_EQ(result.data["lost-elements"], Json::array({2}));
}

TEST(TotalQueue, ADequeueThatFoundNothingLooksAsADrainDoes) {
  EXPECT_EQ(VerdictOf("total-queue", "p0: enqueue(1) ok | p1: dequeue() saw=[]"), "lost");
  EXPECT_EQ(VerdictOf("total-queue", "p0: enqueue(1) ok | p1: dequeue() fail empty"), "lost");
  EXPECT_EQ(VerdictOf("total-queue", "p0: enqueue(1) ok | p1: dequeue() fail timeout"), "unknown");
}

TEST(TotalQueue, AnElementThatIsStillInTheQueueIsNotLost) {
  const CheckResult result =
      ResultOf("total-queue", "p0: enqueue(1) ok | p0: enqueue(2) ok | p1: dequeue()=1");
  EXPECT_EQ(result.verdict, Verdict::kUnknown);
  EXPECT_THAT(result.reason, HasSubstr("no drain"));
}

TEST(TotalQueue, ADrainBeforeTheAcknowledgementMayMissTheElement) {
  EXPECT_EQ(
      VerdictOf("total-queue", "p0: enqueue(2) ok | p0: enqueue(1) | p1: drain()=[2] | p0: ok"),
      "unknown");
}

TEST(TotalQueue, ACrashedDequeueMayHaveTakenOneElement) {
  const CheckResult valid =
      ResultOf("total-queue",
               "p0: enqueue(1) ok | p0: enqueue(2) ok | p1: dequeue() info | p2: drain()=[2]");
  EXPECT_EQ(valid.verdict, Verdict::kValid);
  EXPECT_EQ(valid.data["excused"], 1);
}

TEST(TotalQueue, ACrashedDequeueDoesNotExcuseTwoElements) {
  const CheckResult result = ResultOf(
      "total-queue", "p0: enqueue(1) ok | p0: enqueue(2) ok | p1: dequeue() info | p2: drain()=[]");
  EXPECT_EQ(result.anomalies.at(0).name, "lost");
  EXPECT_EQ(result.anomaly_count, 1u);
  EXPECT_THAT(result.anomalies[0].operations, ElementsAre(0, 1, 2, 3));
}

TEST(TotalQueue, ACrashedDrainMayHaveTakenEverything) {
  EXPECT_EQ(VerdictOf("total-queue",
                      "p0: enqueue(1) ok | p0: enqueue(2) ok | p1: drain() info | p2: drain()=[2]"),
            "unknown");
}

TEST(TotalQueue, ACrashedEnqueueThatComesOutIsRecovered) {
  const CheckResult result = ResultOf("total-queue", "p0: enqueue(1) info | p1: drain()=[1]");
  EXPECT_EQ(result.verdict, Verdict::kValid);
  EXPECT_EQ(result.data["recovered"], 1);
}

TEST(TotalQueue, ACrashedEnqueueNeedNotComeOut) {
  EXPECT_EQ(VerdictOf("total-queue", "p0: enqueue(2) ok | p0: enqueue(1) info | p1: drain()=[2]"),
            "valid");
}

TEST(TotalQueue, OutOfMemoryIsUnknown) {
  CheckOptions options;
  options.memory = 10;
  EXPECT_THAT(ResultOf("total-queue", "p0: enqueue(1) ok | p1: dequeue()=1", options).reason,
              HasSubstr("out of memory"));
}

}  // namespace
}  // namespace cleave
