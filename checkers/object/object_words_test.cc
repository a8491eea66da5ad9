// What the fast paths say of an anomaly: a sentence with processes, values and events.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkers/checker.h"
#include "checkers/object/chain_path.h"
#include "checkers/object/counter_path.h"
#include "checkers/object/fifo_path.h"
#include "checkers/object/priority_path.h"
#include "checkers/object/semaphore_path.h"
#include "checkers/object/stack_path.h"
#include "harness/history/notation.h"

namespace cleave {
namespace {

struct Said {
  std::string anomaly, explanation;
  size_t evidence;
  bool operator==(const Said&) const = default;
};

/// All operations of a history, as a model sees them.
template <class Check>
Said Say(const std::string& notation, Check check) {
  const History history = ParseNotation(notation);
  ObjectHistory object;
  object.history = &history;
  for (uint32_t i = 0; i < history.operations().size(); ++i) {
    const Operation& op = history.operations()[i];
    if (op.outcome == Outcome::kFail && !op.mismatch) continue;
    object.ops.push_back({op.function, op.mismatch, op.input, op.output, op.call, op.ret, i});
  }
  const FastResult result = check(object, nullptr);
  if (!result.applicable) return {"not applicable", "", 0};
  return {result.anomaly, result.explanation, result.evidence.size()};
}

Said SayMutex(const std::string& notation) {
  return Say(notation, [](const ObjectHistory& object, std::vector<uint32_t>* order) {
    return CheckSemaphorePath(object, 1, order);
  });
}

TEST(ObjectWords, AQueuesAnomaliesAreSaid) {
  const auto say = [](const std::string& notation) { return Say(notation, CheckFifoPath); };
  EXPECT_EQ(say("p0: enqueue(1) ok | p1: dequeue()=1 | p1: dequeue()=nil"), (Said{"", "", 0}));
  EXPECT_EQ(say("p0: enqueue(1) ok | p0: enqueue(2) ok | p1: dequeue()=2 | p1: dequeue()=1"),
            (Said{"reordered",
                  "The value 1 was in the queue before 2 (process 0's enqueue of 1 had returned "
                  "(event 1) when process 0's enqueue of 2 was called (event 2)), but process 1's "
                  "dequeue returned 2 (event 5) before process 1's dequeue was called (event 6), "
                  "which returned 1.",
                  4}));
  EXPECT_EQ(say("p0: enqueue(1) ok | p1: dequeue()=nil"),
            (Said{"not-empty",
                  "Process 1's dequeue, called at event 2, answered empty (event 3), although at "
                  "every moment something was inside: 1 (put by event 1, never taken).",
                  2}));
  EXPECT_EQ(say("p0: enqueue(1) ok | p1: dequeue()=7").anomaly, "unexpected");
  EXPECT_EQ(say("p0: enqueue(1) ok | p0: enqueue(1) ok").anomaly, "not applicable");
}

TEST(ObjectWords, APriorityQueuesAnomaliesAreSaid) {
  const auto say = [](const std::string& notation) { return Say(notation, CheckPriorityPath); };
  EXPECT_EQ(say("p0: enqueue(2) ok | p0: enqueue(1) ok | p1: dequeue()=1 | p1: dequeue()=2"),
            (Said{"", "", 0}));
  EXPECT_EQ(say("p0: enqueue(2) ok | p0: enqueue(1) ok | p1: dequeue()=2 | p1: dequeue()=1"),
            (Said{"reordered",
                  "Process 1's dequeue returned 2 (event 5), called at event 4, although at every "
                  "moment something smaller was inside: 1 (put by event 3, not taken before event "
                  "6).",
                  4}));
  EXPECT_EQ(say("p0: enqueue(2) ok | p0: enqueue(1) ok | p1: dequeue()=2").anomaly, "lost");
  EXPECT_EQ(say("p0: enqueue(1) ok | p1: dequeue()=nil").anomaly, "not-empty");
  // A crashed dequeue may have taken the 1, but not one that was called only afterwards.
  const std::string put = "p0: enqueue(2) ok | p0: enqueue(1) ok | ";
  EXPECT_EQ(say(put + "p2: dequeue() | p1: dequeue()=2 | p2: info"), (Said{"", "", 0}));
  EXPECT_EQ(say(put + "p1: dequeue()=2 | p2: dequeue() | p2: info").anomaly, "lost");
}

TEST(ObjectWords, AStacksAnomaliesAreSaid) {
  const auto say = [](const std::string& notation) { return Say(notation, CheckStackPath); };
  EXPECT_EQ(say("p0: push(1) ok | p0: push(2) ok | p1: pop()=2 | p1: pop()=1"), (Said{"", "", 0}));
  EXPECT_EQ(say("p0: push(1) ok | p0: push(2) ok | p1: pop()=1 | p1: pop()=2"),
            (Said{"reordered",
                  "The value 2 was put onto 1 (process 0's push of 1 had returned (event 1) when "
                  "process 0's push of 2 was called (event 2), and 1 was not popped before process "
                  "0's push of 2 had returned (event 3)), but process 1's pop returned 1 (event 5) "
                  "while 2 still lay on it: process 1's pop was called (event 6) only then.",
                  4}));
  // The crashed pop may have taken the 2 before.
  EXPECT_EQ(say("p0: push(1) ok | p0: push(2) ok | p2: pop() | p2: info | p1: pop()=1").anomaly,
            "not applicable");
}

TEST(ObjectWords, ACountersAnomaliesAreSaid) {
  const auto say = [](const std::string& notation) { return Say(notation, CheckCounterPath); };
  EXPECT_EQ(say("p0: a1 ok | p1: r=1"), (Said{"", "", 0}));
  EXPECT_EQ(
      say("p0: a1 ok | p1: r=0"),
      (Said{"stale-read",
            "Process 1's read returned 0 (event 3), but when it was called (event 2), 1 add of "
            "1 had returned: process 0's add of 1 had returned (event 1).",
            2}));
  EXPECT_EQ(say("p0: a1 ok | p1: r=3"),
            (Said{"unexpected",
                  "Process 1's read returned 3 (event 3), although only 1 add of 1 can have "
                  "taken effect by then.",
                  1}));
  EXPECT_EQ(say("p0: a1 ok | p0: a2 ok").anomaly, "not applicable");
}

TEST(ObjectWords, AListsAnomaliesAreSaid) {
  const auto say = [](const std::string& notation) { return Say(notation, CheckListPath); };
  EXPECT_EQ(say("p0: append(1) ok | p1: r=[1]"), (Said{"", "", 0}));
  EXPECT_EQ(
      say("p0: append(1) ok | p1: r=[]"),
      (Said{"lost",
            "Process 0's append of 1 had returned (event 1) before process 1's read was called "
            "(event 2), which returned [], without it.",
            2}));
  EXPECT_EQ(say("p0: append(1) ok | p0: append(2) ok | p1: r=[2,1]").anomaly, "reordered");
  EXPECT_EQ(say("p0: append(1) ok | p1: r=[1,1]").anomaly, "duplicated");
  EXPECT_EQ(say("p0: append(1) | p1: append(2) | p2: r=[1] | p2: r=[2]").anomaly,
            "incompatible-order");
}

TEST(ObjectWords, ALocksAnomalyIsSaid) {
  EXPECT_EQ(SayMutex("p0: acquire() ok | p0: release() ok | p1: acquire() ok"), (Said{"", "", 0}));
  EXPECT_EQ(
      SayMutex("p0: acquire() ok | p1: acquire() ok | p0: release() ok"),
      (Said{"held-by-too-many",
            "At event 3 more than 1 process held the lock: process 0's acquire had returned "
            "(event 1) and its release was not called before event 4, process 1's acquire had "
            "returned (event 3) and no release was ever called.",
            3}));
  EXPECT_EQ(SayMutex("p0: release() ok").anomaly, "not applicable");
}

TEST(CheckObject, CountsViolationsThatNobodyWantsExplained) {
  CheckOptions options;
  options.max_anomalies = 0;
  const CheckResult result =
      RunChecker(*FindChecker("stack"), ParseNotation("p0: push(1) ok | p0: pop()=2"), options);
  EXPECT_EQ(result.verdict, Verdict::kInvalid);
  EXPECT_EQ(result.anomaly_count, 1u);
  EXPECT_EQ(result.reason, "not linearizable");
}

}  // namespace
}  // namespace cleave
