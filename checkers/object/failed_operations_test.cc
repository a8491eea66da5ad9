// What operations say that failed: of the state that made them fail, and no more.
#include <gtest/gtest.h>

#include "checkers/checker.h"
#include "harness/history/notation.h"

namespace cleave {
namespace {

Verdict JudgeFailed(const char* checker, const std::string& notation) {
  return RunChecker(*FindChecker(checker), ParseNotation(notation), {}).verdict;
}

TEST(FailedOperations, ADequeueThatSawTheQueueEmptyEnqueuesNothing) {
  for (const auto& [queue, put, take] :
       {std::tuple("fifo-queue", "enqueue", "dequeue"),
        std::tuple("unordered-queue", "enqueue", "dequeue"),
        std::tuple("priority-queue", "insert", "delete-min"), std::tuple("stack", "push", "pop")}) {
    const std::string puts = std::string("p0: ") + put + "(1) ok | ",
                      takes = std::string(take) + "()";
    for (const char* empty : {"saw=[]", "saw=nil"}) {
      const std::string saw = "p1: " + takes + " " + empty + " | ";
      EXPECT_EQ(JudgeFailed(queue, saw + puts + "p1: " + takes + "=1 | p1: " + takes + "=null"),
                Verdict::kValid)
          << queue << " " << empty;
      EXPECT_EQ(JudgeFailed(queue, puts + saw), Verdict::kInvalid) << queue << " " << empty;
    }
    EXPECT_EQ(JudgeFailed(queue, puts + "p1: " + takes + " saw=busy"), Verdict::kValid) << queue;
  }
}

TEST(FailedOperations, APopThatSawNothingTakesNoNull) {
  EXPECT_EQ(JudgeFailed("stack", "p0: push(nil) ok | p1: pop() saw=nil"), Verdict::kInvalid);
  EXPECT_EQ(JudgeFailed("stack", "p1: pop() saw=nil | p0: push(nil) ok | p1: pop()=nil"),
            Verdict::kValid);
}

TEST(MultiRegister, AReadWritesNothingWhateverItSays) {
  EXPECT_EQ(JudgeFailed("multi-register",
                        R"(p0: read()=[["w","x",3]] | p0: txn([["r","x",null]])=[["r","x",null]])"),
            Verdict::kValid);
}

TEST(FailedOperations, AnAcquireThatSawTheHolderReleasesNothing) {
  for (const char* lock :
       {"mutex", "owner-mutex", "reentrant-mutex", "fenced-mutex", "semaphore"}) {
    EXPECT_EQ(JudgeFailed(lock, "p0: acquire() ok | p1: acquire() saw=0 | p0: release() ok"),
              Verdict::kValid)
        << lock;
  }
}

TEST(FailedOperations, AnAcquireWithAMismatchFoundALockThatOthersHeld) {
  for (const char* lock :
       {"mutex", "owner-mutex", "reentrant-mutex", "fenced-mutex", "semaphore"}) {
    EXPECT_EQ(JudgeFailed(lock, "p0: acquire() ok | p1: acquire() mismatch | p0: release() ok"),
              Verdict::kValid)
        << lock;
    EXPECT_EQ(JudgeFailed(lock, "p1: acquire() mismatch"), Verdict::kInvalid) << lock;
    EXPECT_EQ(JudgeFailed(lock, "p0: release() mismatch"), Verdict::kValid) << lock;
  }
}

TEST(FailedOperations, AGenerateThatSawAnIdHandedNoneOut) {
  EXPECT_EQ(JudgeFailed("linearizable-ids", "p0: generate()=1 | p0: generate() saw=1"),
            Verdict::kValid);
}

TEST(FailedOperations, AFailedReadThatSawAValueIsAsGoodAsARead) {
  EXPECT_EQ(JudgeFailed("linearizable", "p0: w1 ok | p1: r saw=nil"), Verdict::kInvalid);
  EXPECT_EQ(JudgeFailed("linearizable", "p0: w1 ok | p1: r saw=1"), Verdict::kValid);
  EXPECT_EQ(JudgeFailed("linearizable", "p0: w1 ok | p1: r fail"), Verdict::kValid);
}

}  // namespace
}  // namespace cleave
