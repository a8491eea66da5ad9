// What the look at the history itself says, one history a case.
#include "checkers/transactions/outcome_lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkers/transactions/append.h"
#include "checkers/transactions/rw_register.h"
#include "harness/history/notation.h"

namespace cleave {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// "name: text" of the only thing that was found; "" where nothing was.
std::string OnlyLint(const CheckResult& result) {
  const auto lint = result.data.find("lint");
  if (lint == result.data.end()) return "";
  EXPECT_EQ(lint->size(), 1u) << *lint;
  return lint->at(0).at("name").get<std::string>() + ": " +
         lint->at(0).at("text").get<std::string>();
}
std::string LintLists(std::string_view notation) {
  return OnlyLint(CheckAppend(ParseNotation(notation), {}));
}
std::string LintRegisters(std::string_view notation) {
  return OnlyLint(CheckRwRegister(ParseNotation(notation), {}));
}

TEST(OutcomeLint, AHealthyHistoryHasNone) {
  EXPECT_EQ(LintLists("p0: ax1 ok | p1: rx1 ok"), "");
  EXPECT_EQ(LintLists("p0: ax1 ok | p1: rx ok"), "");  // lost, and by the store
  EXPECT_EQ(LintRegisters("p0: wx1 ok | p1: rx=1 ok"), "");
}

TEST(OutcomeLint, TheSameAppendTwiceInOneOperation) {
  EXPECT_THAT(LintLists("p0: ax1ax1 ok | p1: rx11 ok"), StartsWith("repeated-write: process 0's"));
}

TEST(OutcomeLint, AnOperationOfUnknownOutcomeThatWasSentAgain) {
  const std::string lint = LintLists("p0: ax1ay2 info lost | p1: ax1ay2 ok | p2: rx1 ok");
  EXPECT_THAT(lint, StartsWith("retry: process 0's"));
  EXPECT_THAT(lint, HasSubstr("which ended with \"lost\", was sent again as process 1's"));
  EXPECT_THAT(LintRegisters("p0: wx1 info | p1: wx1 ok | p2: rx=1 ok"), StartsWith("retry: "));
}

TEST(OutcomeLint, TwoTransactionsThatWroteTheSameValue) {
  const std::string lint = LintRegisters("p0: wx1wy1 ok | p1: wx1 ok | p2: rx=1 ok");
  EXPECT_THAT(lint, StartsWith("repeated-value: "));
  EXPECT_THAT(lint, HasSubstr("both wrote 1 to key \"x\""));
  EXPECT_THAT(LintLists("p0: ax1 ok | p1: ax1 ok | p2: rx11 ok"), StartsWith("repeated-value: "));
}

TEST(OutcomeLint, AWholeTransactionThatIsThereTwiceIsLikelierARetry) {
  EXPECT_THAT(LintLists("p0: ax1ay1 ok | p1: rx11ry11 ok"), HasSubstr("A retry is likelier"));
}

TEST(OutcomeLint, HalfATransactionThatIsThereTwiceIsLikelierTheStore) {
  EXPECT_THAT(LintLists("p0: ax1ay1 ok | p1: rx11ry1 ok"), HasSubstr("The store is likelier"));
}

TEST(OutcomeLint, OneAppendThatIsThereTwiceTellsNeither) {
  EXPECT_THAT(LintLists("p0: ax1 ok | p1: rx11 ok"), HasSubstr("cannot be told"));
}

TEST(OutcomeLint, AnErrorOfALostConnectionIsNoDefiniteOne) {
  const std::string lint = LintLists("p0: ax1 fail timeout | p1: rx1 ok");
  EXPECT_THAT(lint,
              StartsWith("definite-error: 1 of 1 transaction that failed with \"timeout\" was"));
  EXPECT_THAT(lint, HasSubstr("The classification is likelier"));
  EXPECT_THAT(LintRegisters("p0: wx1 fail timeout | p1: rx=1 ok"),
              HasSubstr("The classification is likelier"));
}

TEST(OutcomeLint, AnErrorAfterWhichEverythingIsThereIsNoDefiniteOne) {
  EXPECT_THAT(LintLists("p0: ax1 fail busy | p0: ay1 fail busy | p1: rx1ry1 ok"),
              HasSubstr("every one with this error that could be seen was"));
}

TEST(OutcomeLint, WhatIsGoneOnceTheFailureIsKnownWasADirtyRead) {
  EXPECT_THAT(LintRegisters("p0: wx1 | p1: rx=1 ok | p0: fail busy | p1: rx ok"),
              HasSubstr("A dirty read is likelier: nobody saw it any more"));
}

TEST(OutcomeLint, AnErrorThatLeftNoTraceOtherwiseIsDefinite) {
  EXPECT_THAT(LintLists("p0: ax1 fail busy | p1: ax2 fail busy | p2: rx1 ok"),
              HasSubstr("A dirty read is likelier: the others with this error"));
}

TEST(OutcomeLint, OneFailureThatStayedTellsNeither) {
  EXPECT_THAT(LintLists("p0: ax1 fail busy | p2: rx1 ok"), HasSubstr("One alone does not tell"));
}

}  // namespace
}  // namespace cleave
