// What each bug of transactions lets through, and what it still refuses: two transactions that run
// on the same state, and are applied one after the other.
#include "targets/raft/server/optimistic.h"

#include <gtest/gtest.h>

namespace cleave::raft {
namespace {

class RaftOptimistic : public testing::Test {
 protected:
  RaftOptimistic() { Apply(R"({"f":"txn","ops":[["append","x",1],["append","y",1]]})"); }

  std::string Run(Bug bug, const std::string& ops) {
    return RunOptimistically(bug, R"({"f":"txn","ops":)" + ops + "}", state_);
  }
  Answer Apply(const std::string& command) { return state_.Apply(++index_, command); }
  /// Whether both commit.
  bool BothCommit(Bug bug, const std::string& ops1, const std::string& ops2) {
    const std::string first = Run(bug, ops1), second = Run(bug, ops2);
    EXPECT_EQ(Apply(first).status, 200);
    const Answer answer = Apply(second);
    if (answer.status == 200) return true;
    EXPECT_EQ(Value::parse(answer.body).at("error"), "conflict");
    EXPECT_EQ(Value::parse(answer.body).at("definite"), true);
    return false;
  }
  bool BothUpdate(Bug bug) {
    return BothCommit(bug, R"([["r","x",null],["append","x",2]])",
                      R"([["r","x",null],["append","x",3]])");
  }
  bool BothSkew(Bug bug) {
    return BothCommit(bug, R"([["r","x",null],["append","y",2]])",
                      R"([["r","y",null],["append","x",2]])");
  }

  StateMachine state_{Bug::kNone};
  uint64_t index_ = 0;
};

TEST_F(RaftOptimistic, WithoutABugNothingRunsBeforeItIsApplied) {
  const std::string command = R"({"f":"txn","ops":[["append","x",2]]})";
  for (const Bug bug : {Bug::kNone, Bug::kStaleRead, Bug::kFracturedRead}) {
    EXPECT_EQ(RunOptimistically(bug, command, state_), command);
  }
}

TEST_F(RaftOptimistic, LostUpdateLosesAnAppendAndRefusesASkew) {
  EXPECT_FALSE(BothSkew(Bug::kLostUpdate));
  EXPECT_TRUE(BothUpdate(Bug::kLostUpdate));
  EXPECT_EQ(state_.At("x").dump(), "[1,3]");
}

TEST_F(RaftOptimistic, WriteSkewRefusesAnUpdateThatWouldBeLost) {
  EXPECT_TRUE(BothSkew(Bug::kWriteSkew));
  EXPECT_FALSE(BothUpdate(Bug::kWriteSkew));
}

TEST_F(RaftOptimistic, DirtyReadRefusesBothAndIsRightBetweenTransactionsThatWrite) {
  EXPECT_FALSE(BothSkew(Bug::kDirtyRead));
  EXPECT_FALSE(BothUpdate(Bug::kDirtyRead));
}

TEST_F(RaftOptimistic, TheAnswerIsWhatItSawWhenItRan) {
  const std::string command = Run(Bug::kWriteSkew, R"([["r","x",null],["append","y",2]])");
  Apply(R"({"f":"txn","ops":[["append","x",9]]})");
  EXPECT_EQ(Value::parse(Apply(command).body).at("ops").dump(),
            R"([["r","x",[1]],["append","y",2]])");
}

TEST_F(RaftOptimistic, AConditionThatDoesNotHoldIsLeftToBeAnsweredWhenItIsApplied) {
  const std::string command = R"({"f":"txn","if":[["x",7]],"ops":[["w","x",8]]})";
  EXPECT_EQ(RunOptimistically(Bug::kLostUpdate, command, state_), command);
}

TEST_F(RaftOptimistic, UncommittedWritesAreForgottenWhenTheirEntryIsApplied) {
  UncommittedWrites writes;
  writes.Add(5, Run(Bug::kDirtyRead, R"([["append","x",2]])"));
  writes.Add(6, Run(Bug::kDirtyRead, R"([["append","y",3]])"));
  ASSERT_NE(writes.Find("x"), nullptr);
  EXPECT_EQ(writes.Find("x")->dump(), "[1,2]");
  writes.Forget(5);
  EXPECT_EQ(writes.Find("x"), nullptr);
  EXPECT_NE(writes.Find("y"), nullptr);
}

}  // namespace
}  // namespace cleave::raft
