// Kafka-style logs: one claim a test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkers/streaming/verdict_of_test_helper.h"

namespace cleave {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Sends and polls of log 0 in short: "s7@3" a send of 7 answered with offset 3, "p7@3,8@4" a poll
/// of two messages, "p" one of none; a word behind a colon is the outcome. Process 0 does them all
/// unless a step begins with another's digit and a blank.
std::string LogNotation(std::string_view text) {
  std::stringstream steps{std::string(text)};
  std::string notation;
  for (std::string step; std::getline(steps, step, '|');) {
    std::stringstream words(step);
    std::string word, process = "0", outcome = "ok", mops, asked, f = "txn";
    while (words >> word) {
      if (std::isdigit(static_cast<unsigned char>(word[0]))) {
        process = word;
      } else if (word[0] == ':') {
        outcome = word.substr(1);
      } else if (word[0] == 's') {
        const size_t at = word.find('@');
        const std::string value = word.substr(1, at - 1);
        asked += (asked.empty() ? "" : ",") + ("[\"send\",0," + value + "]");
        mops +=
            (mops.empty() ? "" : ",") +
            (at == std::string::npos ? "[\"send\",0," + value + "]"
                                     : "[\"send\",0,[" + word.substr(at + 1) + "," + value + "]]");
      } else if (word[0] == 'p') {
        std::stringstream entries(word.substr(1));
        std::string list;
        for (std::string entry; std::getline(entries, entry, ',');) {
          const size_t at = entry.find('@');
          list += (list.empty() ? "" : ",") +
                  ("[" + entry.substr(at + 1) + "," + entry.substr(0, at) + "]");
        }
        asked += (asked.empty() ? "" : ",") + std::string("[\"poll\"]");
        mops += (mops.empty() ? "" : ",") + ("[\"poll\",{\"0\":[" + list + "]}]");
      } else {  // assign, subscribe
        f = word;
        asked = mops = "0";
      }
    }
    notation += "p" + process + ": " + f + "([" + asked + "]) " +
                (outcome == "ok" ? "=[" + mops + "]" : outcome) + "\n";
  }
  return notation;
}
std::string LogVerdict(std::string_view text) { return VerdictOf("log", LogNotation(text)); }

TEST(Log, WhatIsSentIsPolledInOrder) {
  EXPECT_EQ(LogVerdict("s7@3 | s8@4 | 1 p7@3 | 1 p8@4"), "valid");
}

TEST(Log, AnAcknowledgedMessageBelowAPolledOneThatNobodyPolledIsALostWrite) {
  const CheckResult result = ResultOf("log", LogNotation("s7@3 | s8@4 | 1 p8@4"));
  EXPECT_EQ(result.anomalies.at(0).name, "lost-write");
  EXPECT_THAT(result.anomalies[0].operations, ElementsAre(0, 2));
}

TEST(Log, AMessageAboveWhatWasPolledIsOnlyUnseen) {
  const CheckResult result = ResultOf("log", LogNotation("s7@3 | s8@4 | 1 p7@3"));
  EXPECT_EQ(result.verdict, Verdict::kValid);
  EXPECT_EQ(result.data["unseen"], 1);
}

TEST(Log, ACrashedSendNeedNotBePolled) {
  EXPECT_EQ(LogVerdict("s7 :info | 2 s8@4 | 1 p8@4"), "valid");
  EXPECT_EQ(LogVerdict("s7 :info | 2 s8@4 | 1 p7@3,8@4"), "valid");
}

TEST(Log, APollOfAFailedSendIsG1a) { EXPECT_EQ(LogVerdict("s7 :fail | 1 p7@3"), "G1a"); }

TEST(Log, APollOfWhatNobodySentIsUnwritten) {
  EXPECT_EQ(LogVerdict("s7@3 | 1 p7@3,9@4"), "unwritten");
}

TEST(Log, AMessageAtTwoOffsetsIsADuplicate) {
  const CheckResult result = ResultOf("log", LogNotation("s7@3 | 1 p7@3,7@4"));
  EXPECT_EQ(result.anomalies.at(0).name, "duplicate");
  EXPECT_THAT(result.anomalies[0].explanation, HasSubstr("offset 4"));
}

TEST(Log, AnOffsetWithTwoMessagesIsInconsistent) {
  EXPECT_EQ(LogVerdict("s7@3 | 2 s8@3 | 1 p7@3"), "inconsistent-offsets");
}

TEST(Log, APollThatGoesBackIsNonmonotonic) {
  EXPECT_EQ(LogVerdict("s7@3 | s8@4 | 1 p7@3 | 1 p8@4 | 1 p7@3"), "nonmonotonic-poll");
  EXPECT_EQ(LogVerdict("s7@3 | s8@4 | 1 p7@3 | 1 p7@3"), "nonmonotonic-poll");
}

TEST(Log, APollThatGoesBackInsideIsInternallyNonmonotonic) {
  EXPECT_EQ(LogVerdict("s7@3 | s8@4 | 1 p8@4,7@3"), "int-nonmonotonic-poll");
}

TEST(Log, APollThatSkipsAMessageThatOthersSawIsAPollSkip) {
  const CheckResult result =
      ResultOf("log", LogNotation("s7@3 | s8@5 | s9@6 | 2 p7@3,8@5,9@6 | 1 p7@3 | 1 p9@6"));
  EXPECT_EQ(result.anomalies.at(0).name, "poll-skip");
  EXPECT_THAT(result.anomalies[0].operations, ElementsAre(1, 4, 5));
  EXPECT_EQ(LogVerdict("s7@3 | s8@5 | s9@6 | 2 p7@3,8@5,9@6 | 1 p7@3,9@6"), "int-poll-skip");
}

TEST(Log, GapsBetweenOffsetsAreNoSkips) {
  EXPECT_EQ(LogVerdict("s7@3 | s9@60 | 1 p7@3 | 1 p9@60"), "valid");
}

TEST(Log, AfterANewAssignmentAPollMayGoBack) {
  EXPECT_EQ(
      VerdictOf("log", LogNotation("s7@3 | s8@4 | 1 p7@3,8@4") +
                           "p1: assign([5]) ok\np1: assign([0]) ok\n" + LogNotation("1 p7@3")),
      "valid");
  EXPECT_EQ(VerdictOf("log", LogNotation("s7@3 | s8@4 | 1 p7@3,8@4") + "p1: assign([0]) ok\n" +
                                 LogNotation("1 p7@3")),
            "nonmonotonic-poll");
}

TEST(Log, BetweenPollsOfASubscriberThereMayBeARebalance) {
  const CheckResult result =
      ResultOf("log", "p1: subscribe([0]) ok\n" + LogNotation("s7@3 | s8@4 | 1 p7@3,8@4 | 1 p7@3"));
  EXPECT_EQ(result.verdict, Verdict::kValid);
  EXPECT_EQ(result.data["rebalanced-polls"], 1);
}

TEST(Log, ASendBehindWhichAnEarlierOneLiesIsNonmonotonic) {
  EXPECT_EQ(LogVerdict("s7@5 | s8@4 | 1 p8@4,7@5"), "nonmonotonic-send");
  EXPECT_EQ(LogVerdict("s7@5 s8@4 | 1 p8@4,7@5"), "int-nonmonotonic-send");
}

TEST(Log, ATransactionThatPollsItsOwnMessageReadsWhatIsNotCommitted) {
  EXPECT_EQ(LogVerdict("s7@3 p7@3"), "precommitted-read");
}

TEST(Log, WhereNothingWasPolledNothingIsKnown) {
  EXPECT_EQ(LogVerdict("s7@3 | 1 p"), "unknown");
  EXPECT_EQ(LogVerdict("s7@3 | 1 p7@3 :info"), "unknown");
}

TEST(Log, AnotherMicroOperationIsUnknownAndNamed) {
  EXPECT_THAT(ResultOf("log", R"(p0: txn([["r","x",1]]) ok)").reason, HasSubstr("a send is"));
}

}  // namespace
}  // namespace cleave
