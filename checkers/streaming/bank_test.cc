// Banks: one claim a test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkers/streaming/verdict_of_test_helper.h"

namespace cleave {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Bank, TransfersKeepTheSum) {
  EXPECT_EQ(VerdictOf("bank", R"(p0: r={"0":10,"1":5}
                                 p1: transfer({"from":0,"to":1,"amount":3}) ok
                                 p0: r={"0":7,"1":8})"),
            "valid");
}

TEST(Bank, AReadOfAnotherSumIsWrong) {
  const CheckResult result = ResultOf("bank", R"(p0: r={"0":10,"1":5} | p0: r={"0":10,"1":8})");
  EXPECT_EQ(result.anomalies.at(0).name, "wrong-total");
  EXPECT_THAT(result.anomalies[0].operations, ElementsAre(0, 1));
  EXPECT_THAT(result.anomalies[0].explanation, HasSubstr("comes to 18"));
  EXPECT_EQ(result.anomalies[0].detail["expected"], 15);
}

TEST(Bank, TheTotalMayBeGiven) {
  CheckOptions options;
  options.bank_total = 20;
  const CheckResult result = ResultOf("bank", R"(p0: r={"0":10,"1":5})", options);
  EXPECT_EQ(result.anomalies.at(0).name, "wrong-total");
  EXPECT_THAT(result.anomalies[0].operations, ElementsAre(0));
}

TEST(Bank, ABalanceBelowZeroIsWrongUnlessAllowed) {
  constexpr const char* kDebt = R"(p0: r={"0":10,"1":5} | p0: r={"0":-1,"1":16})";
  EXPECT_EQ(VerdictOf("bank", kDebt), "negative-value");
  CheckOptions options;
  options.negative_balances = true;
  EXPECT_EQ(VerdictOf("bank", kDebt, options), "valid");
}

TEST(Bank, AForeignAccountIsUnexpected) {
  EXPECT_EQ(VerdictOf("bank", R"(p0: r={"0":10,"1":5} | p0: r={"0":10,"1":4,"7":1})"),
            "unexpected-key");
}

TEST(Bank, AnAccountThatTransfersNameIsKnown) {
  EXPECT_EQ(VerdictOf("bank", R"(p0: r={"0":10}
                                 p1: transfer({"from":0,"to":7,"amount":1}) ok
                                 p0: r={"0":9,"7":1})"),
            "valid");
}

TEST(Bank, AnAccountWithoutABalanceIsNil) {
  EXPECT_EQ(VerdictOf("bank", R"(p0: r={"0":10,"1":null})"), "nil-balance");
}

TEST(Bank, TransactionsThatReadAllAccountsAreReads) {
  EXPECT_EQ(VerdictOf("bank", R"(p0: txn([["r",0,10],["r",1,5]]) ok
                                 p0: txn([["r",1,6],["r",0,10]]) ok)"),
            "wrong-total");
}

TEST(Bank, ATransactionThatReadsSomeAccountsHasNoTotal) {
  EXPECT_EQ(VerdictOf("bank", R"(p0: txn([["r",0,10]]) ok
                                 p0: txn([["r",1,6],["r",0,10]]) ok)"),
            "valid");
}

TEST(Bank, TransactionsThatReadDifferentAccountsAreNotCompared) {
  const CheckResult result = ResultOf("bank", R"(p0: txn([["r",0,10],["r",1,5]]) ok
                                                 p1: txn([["w",1,4],["w",2,1]]) ok
                                                 p0: txn([["r",2,1],["r",0,10]]) ok)");
  EXPECT_EQ(result.verdict, Verdict::kUnknown);
  EXPECT_EQ(result.data["partial-reads"], 2);
}

TEST(Bank, AnAccountReadTwiceIsOneAccount) {
  EXPECT_EQ(VerdictOf("bank", R"(p0: txn([["r",0,10],["r",1,5]]) ok
                                 p0: txn([["r",0,10],["r",0,10]]) ok)"),
            "valid");
}

TEST(Bank, AReadOfUnknownOutcomeSaysNothing) {
  EXPECT_EQ(VerdictOf("bank", R"(p0: r={"0":1} | p1: r?{"0":9} info)"), "valid");
}

TEST(Bank, KeysAreBanks) {
  EXPECT_EQ(VerdictOf("bank", R"(p0: x.r={"0":1} | p0: y.r={"0":2} | p0: x.r={"0":1})"), "valid");
  EXPECT_EQ(VerdictOf("bank", R"(p0: x.r={"0":1} | p0: y.r={"0":2} | p0: x.r={"0":2})"),
            "wrong-total");
}

TEST(Bank, AReadThatIsNoMapIsUnknown) {
  EXPECT_THAT(ResultOf("bank", R"(p0: r={"0":1} | p0: r=7)").reason, HasSubstr("has 7"));
  EXPECT_EQ(VerdictOf("bank", R"(p0: r={"0":1.5})"), "unknown");
}

TEST(Bank, WithoutAReadNothingIsKnown) {
  EXPECT_EQ(VerdictOf("bank", R"(p1: transfer({"from":0,"to":1,"amount":3}) ok)"), "unknown");
}

TEST(LongFork, ReadsThatGrowAreValid) {
  EXPECT_EQ(VerdictOf("long-fork", R"(p0: txn([["w","x",1]]) ok | p1: txn([["w","y",1]]) ok
                                      p2: txn([["r","x",1],["r","y",null]]) ok
                                      p3: txn([["r","y",1],["r","x",1]]) ok)"),
            "valid");
}

TEST(LongFork, TwoReadsThatSeeTheWritesInOppositeOrderAreAFork) {
  const CheckResult result =
      ResultOf("long-fork", R"(p0: txn([["w","x",1]]) ok | p1: txn([["w","y",1]]) ok
                               p2: txn([["r","x",1],["r","y",null]]) ok
                               p3: txn([["r","x",null],["r","y",1]]) ok)");
  EXPECT_EQ(result.anomalies.at(0).name, "long-fork");
  EXPECT_THAT(result.anomalies[0].operations, ElementsAre(0, 1, 2, 3));
}

TEST(LongFork, ReadsOfDifferentGroupsAreNotCompared) {
  EXPECT_EQ(VerdictOf("long-fork", R"(p2: read([["r","x",1],["r","y",null]]) ok
                                      p3: read([["r","x",null],["r","z",1]]) ok)"),
            "unknown");
}

TEST(LongFork, AKeyWrittenTwiceIsUnknown) {
  EXPECT_THAT(ResultOf("long-fork", R"(p0: txn([["w","x",1]]) ok | p1: txn([["w","x",2]]) ok
                                       p2: txn([["r","x",1],["r","y",null]]) ok
                                       p3: txn([["r","x",null],["r","y",1]]) ok)")
                  .reason,
              HasSubstr("written more than once"));
}

TEST(LongFork, AFailedWriteIsNoSecondOne) {
  EXPECT_EQ(VerdictOf("long-fork", R"(p0: txn([["w","x",1]]) fail | p1: txn([["w","x",2]]) ok
                                      p2: txn([["r","x",2],["r","y",null]]) ok
                                      p3: txn([["r","x",null],["r","y",1]]) ok)"),
            "long-fork");
}

TEST(LongFork, AReadOfAnotherGroupSizeIsUnknown) {
  CheckOptions options;
  options.group_size = 3;
  EXPECT_EQ(VerdictOf("long-fork", R"(p2: read([["r","x",1],["r","y",null]]) ok
                                      p3: read([["r","x",1],["r","y",1]]) ok)",
                      options),
            "unknown");
}

}  // namespace
}  // namespace cleave
