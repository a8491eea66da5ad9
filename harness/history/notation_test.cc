// The notation says what notation.h promises.
#include "harness/history/notation.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace cleave {
namespace {

std::string Text(const History& history) {
  std::string text;
  for (size_t i = 0; i < history.operations().size(); ++i) {
    const Operation& op = history.operations()[i];
    text += "p" + std::to_string(op.process) + " " + history.Describe(i) + " [" +
            std::to_string(op.call) + "," +
            (op.ret == kNever ? std::string("-") : std::to_string(op.ret)) + "]; ";
  }
  return text;
}

TEST(Notation, OperationsOneAfterTheOther) {
  EXPECT_EQ(Text(ParseNotation("p0: w1 ok | p0: w2 ok | p1: r=1")),
            "p0 write 1 [0,1]; p0 write 2 [2,3]; p1 read = 1 [4,5]; ");
}

TEST(Notation, AnOpenOperationIsCompletedLater) {
  EXPECT_EQ(Text(ParseNotation("p0: w1 | p1: r=1 | p0: ok")),
            "p0 write 1 [0,3]; p1 read = 1 [1,2]; ");
}

TEST(Notation, WordsWithoutProcessesTakeIdleOnes) {
  EXPECT_EQ(Text(ParseNotation("w1 r?2 w1! r?2! w3 w3~ w4 w4#")),
            "p0 write 1 [0,2]; p1 read = 2 [1,3]; p0 write 3 (unknown outcome) [4,-]; "
            "p1 write 4 (failed) [6,7]; ");
}

TEST(Notation, FailuresSayWhatTheySaw) {
  EXPECT_EQ(Text(ParseNotation("p0: c1>2 mismatch | p0: c1>2 saw=7 | p0: c1>2 fail timeout")),
            "p0 cas 1→2 (mismatch) [0,1]; p0 cas 1→2 (saw 7) [2,3]; p0 cas 1→2 (failed) [4,5]; ");
}

TEST(Notation, KeysSetsAndOtherFunctions) {
  const History history =
      ParseNotation("p0: k4.w5 ok | p1: a5 ok | p1: r=[5,6] | p2: enqueue(1) ok");
  EXPECT_EQ(Text(history),
            "p0 write \"k4\" 5 [0,1]; p1 add 5 [2,3]; p1 read = [5,6] [4,5]; p2 enqueue 1 [6,7]; ");
  EXPECT_EQ(history.operations()[0].key, 0u);
}

TEST(Notation, TransactionsReadListsOfDigits) {
  EXPECT_EQ(Text(ParseNotation("p0: ax1ry12rz ok | p1: rx10,11ry[] ok")),
            "p0 txn [[\"append\",\"x\",1],[\"r\",\"y\",[1,2]],[\"r\",\"z\",null]] [0,1]; "
            "p1 txn [[\"r\",\"x\",[10,11]],[\"r\",\"y\",[]]] [2,3]; ");
}

TEST(Notation, FaultsNodesAndTime) {
  const History history = ParseNotation(
      "nemesis: invoke start-kill null | +50ms | p0@n1: w1 ok\n"
      "# a comment\n"
      "nemesis: info start-kill {\"nodes\":[\"n1\"]}");
  ASSERT_EQ(history.faults().size(), 2u);
  EXPECT_EQ(history.faults()[1].position, 3u);
  EXPECT_EQ(history.node_names()[history.nodes()[0]], "n1");
  EXPECT_EQ(history.times()[0].call, 51'000'000);
}

TEST(Notation, WhatCannotBeIsRefusedWithTheStep) {
  EXPECT_THROW(ParseNotation("p0: w1 | p0: w2"), std::invalid_argument);
  EXPECT_THROW(ParseNotation("w1!"), std::invalid_argument);
  EXPECT_THROW(ParseNotation("p0: q5 ok"), std::invalid_argument);
  EXPECT_THROW(ParseNotation("p0: c1 ok"), std::invalid_argument);
  EXPECT_THROW(ParseNotation("f)("), std::invalid_argument);
}

TEST(Notation, NumbersOutOfRangeAreRefused) {
  EXPECT_THROW(ParseNotation("p99999999999: w1"), std::invalid_argument);
  EXPECT_THROW(ParseNotation("p-1: w1"), std::invalid_argument);
  EXPECT_THROW(ParseNotation("p0x: w1"), std::invalid_argument);
  EXPECT_THROW(ParseNotation("+99999999999999999999ms"), std::invalid_argument);
  EXPECT_THROW(ParseNotation("+9999999999999ms"), std::invalid_argument);
}

}  // namespace
}  // namespace cleave
