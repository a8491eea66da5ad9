// List-append transactions by consistency models: a history for each class of anomaly, and for each
// two levels that it tells apart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkers/testing/append_litmus.h"
#include "checkers/transactions/append.h"
#include "checkers/transactions/consistency_models.h"
#include "harness/history/notation.h"

namespace cleave {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

CheckResult AppendUnder(std::string_view notation, std::vector<std::string> models,
                        std::vector<std::string> anomalies = {}) {
  CheckOptions options;
  options.consistency_models = std::move(models);
  options.anomalies = std::move(anomalies);
  return CheckAppend(ParseNotation(notation), options);
}

std::string ListOf(const CheckResult& result, const char* name) {
  return ListNames(result.data[name].get<NameSet>());
}

TEST(AppendModels, EachClassIsFoundAndTellsItsLevelsApart) {
  for (const AppendLitmus& litmus : kAppendLitmus) {
    const CheckResult result = AppendUnder(litmus.history, {"strict-serializable"});
    NameSet names;
    for (const auto& [name, count] : result.data["anomalies"].items()) names.insert(name);
    EXPECT_EQ(ListNames(names), litmus.anomalies) << litmus.history << "\n" << result.reason;
    EXPECT_EQ(ListOf(result, "not"), litmus.ruled_out) << litmus.history;
    EXPECT_EQ(ListOf(result, "holds"), litmus.holds) << litmus.history << "\n" << result.reason;
  }
}

/// Each level has a history that violates it and holds what is weaker.
TEST(AppendModels, EachDecidedLevelIsTheWeakestViolatedBySomeHistory) {
  NameSet weakest;
  for (const AppendLitmus& litmus : kAppendLitmus) {
    const CheckResult result = AppendUnder(litmus.history, {"strict-serializable"});
    weakest.merge(result.data["not"].get<NameSet>());
  }
  for (const char* model :
       {"read-uncommitted", "read-committed", "cursor-stability", "consistent-view", "read-atomic",
        "update-atomic", "snapshot-isolation", "repeatable-read", "strong-session-read-uncommitted",
        "strong-session-read-committed", "strong-session-parallel-snapshot-isolation",
        "strong-session-snapshot-isolation", "strong-session-serializable",
        "strong-read-uncommitted", "strong-read-committed", "strong-snapshot-isolation",
        "strict-serializable"}) {
    EXPECT_THAT(weakest, Contains(model));
  }
}

/// What is asked for decides, and nothing else.
TEST(AppendModels, EachLevelIsInvalidExactlyWhereItIsRuledOut) {
  for (const AppendLitmus& litmus : kAppendLitmus) {
    const CheckResult strict = AppendUnder(litmus.history, {"strict-serializable"});
    const NameSet weakest = strict.data["not"].get<NameSet>();
    const NameSet ruled_out = weakest.empty() ? weakest : StrongerModels(weakest);
    const NameSet holds = ImpliedModels(strict.data["holds"].get<NameSet>());
    for (const ConsistencyModel& model : ConsistencyModels()) {
      const CheckResult result = AppendUnder(litmus.history, {model.name});
      const Verdict expected = ruled_out.contains(model.name) ? Verdict::kInvalid
                               : holds.contains(model.name)   ? Verdict::kValid
                                                              : Verdict::kUnknown;
      EXPECT_EQ(result.verdict, expected) << model.name << ": " << litmus.history;
      EXPECT_EQ(result.anomaly_count > 0, expected == Verdict::kInvalid);
    }
  }
}

constexpr const char* kWriteSkew = "rxay1 ryax1 rxay1! ryax1! rx1ry1 rx1ry1!";

TEST(AppendModels, WhatIsAllowedIsInTheFigures) {
  const CheckResult result = AppendUnder(kWriteSkew, {"snapshot-isolation"});
  EXPECT_EQ(result.verdict, Verdict::kValid);
  EXPECT_TRUE(result.anomalies.empty());
  EXPECT_EQ(result.data["allowed-anomalies"]["G2-item"], 1);
  EXPECT_EQ(result.reason, "strong-snapshot-isolation holds; found and allowed: G2-item");
}

TEST(AppendModels, TheReasonNamesTheWeakestModelViolatedAndTheStrongestThatHolds) {
  const CheckResult result = AppendUnder(kWriteSkew, {"strict-serializable"});
  EXPECT_THAT(result.reason,
              HasSubstr("not repeatable-read: G2-item; strong-snapshot-isolation holds: "));
  EXPECT_THAT(result.data["also-not"].get<NameSet>(), Contains("serializable"));
}

TEST(AppendModels, ShapesThatHaveANameAreNamed) {
  EXPECT_THAT(AppendUnder(kWriteSkew, {"PL-3"}).anomalies.at(0).explanation,
              HasSubstr("write skew"));
  EXPECT_THAT(AppendUnder("ax1 ay1 rx1ry rxry1 ax1! ay1! rx1ry! rxry1!", {"SI"})
                  .anomalies.at(0)
                  .explanation,
              HasSubstr("long fork"));
}

TEST(AppendModels, ATransactionThatReadItsOwnAppendBeforeItMadeItUpdatedNothing) {
  const CheckResult result =
      AppendUnder("p0: rx1ax1 ok | p1: rx1ax2 ok | p2: rx ok", {"strict-serializable"});
  EXPECT_TRUE(result.data["anomalies"].contains("internal"));
  EXPECT_FALSE(result.data["anomalies"].contains("lost-update")) << result.reason;
}

TEST(AppendModels, FurtherAnomaliesMayBeAskedFor) {
  EXPECT_EQ(AppendUnder(kWriteSkew, {"PL-1"}).verdict, Verdict::kValid);
  EXPECT_EQ(AppendUnder(kWriteSkew, {"PL-1"}, {"G2"}).verdict, Verdict::kInvalid);
  EXPECT_EQ(AppendUnder(kWriteSkew, {"PL-1"}, {"G-nonadjacent"}).verdict, Verdict::kValid);
  EXPECT_THROW(AppendUnder(kWriteSkew, {"PL-1"}, {"G3"}), std::invalid_argument);
}

TEST(AppendModels, WhatCannotBeToldIsUnknown) {
  const CheckResult result = AppendUnder("ax1ay1 rx1ry rx1ry! ax1ay1!", {"read-atomic"});
  EXPECT_EQ(result.verdict, Verdict::kUnknown);
  EXPECT_THAT(result.reason, HasSubstr("cannot tell read-atomic"));
  EXPECT_THAT(result.data["cannot-tell"].get<NameSet>(), Contains("read-atomic"));
  EXPECT_EQ(AppendUnder(kWriteSkew, {"PL-1"}, {"G-update"}).verdict, Verdict::kUnknown);
}

TEST(AppendModels, AContradictoryListHidesNothingOfOthersAndAllowsNothing) {
  const char* history = "ax1 ax2 ax1! ax2! rx12 rx12! rx21 rx21!";
  EXPECT_EQ(AppendUnder(history, {"read-committed"}).verdict, Verdict::kInvalid);
  EXPECT_EQ(AppendUnder(history, {"read-uncommitted"}).verdict, Verdict::kUnknown);
}

TEST(AppendModels, AnAbortedElementDoesNotPartTheOrderAroundIt) {
  const char* history = "p9: ax5 fail | ax1ay1 ax2ay2 ax1ay1! ax2ay2! rx152ry21 rx152ry21!";
  EXPECT_THAT(AppendUnder(history, {"read-uncommitted"}).data["anomalies"].get<Json>().dump(),
              HasSubstr("G0"));
}

TEST(AppendModels, ACrashedProcessRetires) {
  // The crashed append happened, and the process's number goes on with another client.
  const char* history = "p0: rx info | p1: ax1 | p0: rx ok | p2: rx1 ok | p1: ok";
  EXPECT_EQ(AppendUnder(history, {"strict-serializable"}).verdict, Verdict::kValid);
  const CheckResult result =
      AppendUnder("p0: ax1 info | p0: rx ok | p2: rx1 ok", {"strict-serializable"});
  EXPECT_EQ(result.verdict, Verdict::kValid) << result.reason;
}

TEST(AppendModels, AnOrderOfUnseenAppendsThatNobodyCanTellLeavesSnapshotIsolationOpenAtMost) {
  // Elle takes this for snapshot isolation. T3 read x before it appended to it, so T2 came behind.
  const char* history = "p0: ay2 | p1: ax2ry2 | p2: ay3rxax3 | p0: ok | p1: ok | p2: ok";
  EXPECT_EQ(AppendUnder(history, {"snapshot-isolation"}).verdict, Verdict::kInvalid);
}

}  // namespace
}  // namespace cleave
