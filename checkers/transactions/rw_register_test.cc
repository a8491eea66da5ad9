// Register transactions: one history an anomaly, in the one-line notation.
#include "checkers/transactions/rw_register.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkers/transactions/consistency_models.h"
#include "harness/history/format.h"
#include "harness/history/notation.h"
#include "harness/history/reader.h"

namespace cleave {
namespace {

CheckResult CheckRw(std::string_view notation) {
  return CheckRwRegister(ParseNotation(notation), {});
}

/// The first anomaly's name, or the verdict's.
std::string RwAnomaly(std::string_view notation) {
  const CheckResult result = CheckRw(notation);
  return result.anomalies.empty() ? VerdictName(result.verdict) : result.anomalies[0].name;
}

TEST(RwRegister, SerialTransactionsAreValid) {
  EXPECT_EQ(RwAnomaly("p0: wx1wy2 ok | p1: rx=1ry=2 ok"), "valid");
  EXPECT_EQ(RwAnomaly("p0: rxwx1 ok | p1: rx=1wx2 ok | p0: rx=2 ok"), "valid");
}

TEST(RwRegister, NamesTheAnomaliesThatNeedNoGraph) {
  EXPECT_EQ(RwAnomaly("p0: wx1 fail | p1: rx=1 ok"), "G1a");
  EXPECT_EQ(RwAnomaly("p0: wx1wx2 ok | p1: rx=1 ok"), "G1b");
  EXPECT_EQ(RwAnomaly("p0: wx1 ok | p1: rx=3 ok"), "unwritten");
  EXPECT_EQ(RwAnomaly("p0: wx1rx=2 ok | p1: wx2 ok"), "internal");
  EXPECT_EQ(RwAnomaly("p0: rx=1wx1 ok"), "internal");
}

TEST(RwRegister, NamesTheCircle) {
  EXPECT_EQ(RwAnomaly("p0: wx1ry=2 | p1: wy2rx=1 | p0: ok | p1: ok"), "G1c");
  EXPECT_EQ(RwAnomaly("p0: rxwx1 | p1: rxwx2 | p0: ok | p1: ok"), "lost-update");
  EXPECT_EQ(RwAnomaly("p0: rxrywx1 | p1: rxrywy2 | p0: ok | p1: ok"), "G2-item");
  EXPECT_EQ(RwAnomaly("p0: wx1 ok | p1: rx ok"), "G-single-realtime");
  EXPECT_EQ(RwAnomaly("p0: wx1wy1 | p1: rx=1ry | p0: ok | p1: ok"), "G-single");
  EXPECT_EQ(RwAnomaly("p0: wx1 | p1: wy1 | p2: rx=1ry | p3: rxry=1 | p0: ok | p1: ok | p2: ok | "
                      "p3: ok"),
            "G-nonadjacent");
}

TEST(RwRegister, ConsidersBothOrdersOfWhatNobodyOrdered) {
  // Whichever of the writes of x comes last, one of the readers saw them the other way round.
  const CheckResult result = CheckRw(
      "p0: wx1 | p1: wx2 | p2: rx=1 | p2: ok | p2: rx=2 | p2: ok | p3: rx=2 | p3: ok | "
      "p3: rx=1 | p3: ok | p0: ok | p1: ok");
  ASSERT_EQ(result.verdict, Verdict::kInvalid);
  EXPECT_EQ(result.anomalies[0].name, "non-strict-serializable");
  EXPECT_THAT(result.anomalies[0].explanation, testing::HasSubstr("whichever way round"));
  EXPECT_THAT(result.reason, testing::HasSubstr("serializable"));
}

TEST(RwRegister, ShapesThatHaveANameAreNamed) {
  EXPECT_THAT(CheckRw("p0: rxwy1 | p1: rywx1 | p0: ok | p1: ok").anomalies.at(0).explanation,
              testing::HasSubstr("write skew"));
  EXPECT_THAT(CheckRw("p0: wx1 | p1: wy1 | p2: rx=1ry | p3: rxry=1 | p0: ok | p1: ok | p2: ok | "
                      "p3: ok")
                  .anomalies.at(0)
                  .explanation,
              testing::HasSubstr("long fork"));
  EXPECT_THAT(CheckRw("p0: wx1wy1 | p1: rx=1ry | p0: ok | p1: ok").anomalies.at(0).explanation,
              testing::Not(testing::HasSubstr("This is a")));
}

TEST(RwRegister, SaysWhatHoldsAllTheSame) {
  const CheckResult skew = CheckRw("p0: rxrywx1 | p1: rxrywy2 | p0: ok | p1: ok");
  EXPECT_THAT(skew.reason, testing::HasSubstr("strong-snapshot-isolation holds"));
  EXPECT_EQ(skew.data["not"], Json::array({"serializable"}));
  const CheckResult stale = CheckRw("p0: wx1 ok | p1: rx ok");
  EXPECT_THAT(stale.reason, testing::HasSubstr("strong-session-serializable holds"));
}

std::string RwModelVerdict(std::string_view notation, const std::string& model) {
  CheckOptions options;
  options.consistency_models = {model};
  const CheckResult result = CheckRwRegister(ParseNotation(notation), options);
  return result.anomalies.empty() ? VerdictName(result.verdict) : result.anomalies[0].name;
}

/// For each two neighbouring levels a history that tells them apart.
struct RwLitmus {
  const char *history, *violated, *holds;
};
constexpr RwLitmus kRwLitmus[] = {
    {"p0: wx1wy1 | p1: wx2wy2 | p2: rx=2ry=1 | p3: rx=1ry=2 | p0: ok | p1: ok | p2: ok | p3: ok",
     "read-committed", ""},
    {"p0: wx1wy1 ok | p1: wx2wy2 | p2: rx=2ry=1 ok | p1: ok", "read-atomic",
     "strong-session-read-committed"},
    {"p0: wx1 | p1: rx=1wy1 | p2: ry=1rx | p0: ok | p1: ok | p2: ok", "causal-cerone",
     "strong-session-read-atomic"},
    {"p0: wx1 | p1: wy1 | p2: rx=1ry | p3: rxry=1 | p0: ok | p1: ok | p2: ok | p3: ok", "prefix",
     "strong-session-parallel-snapshot-isolation"},
    {"p0: rxwx1 | p1: rxwx2 | p0: ok | p1: ok", "parallel-snapshot-isolation",
     "strong-session-prefix"},
    // p0 did not see p1, which p2 overwrote, nor p2 p3, which p0 overwrote: two readers say so.
    {"p0: rxwv2 | p1: wx1wz1wu1 | p2: rywz2 | p3: wy1wv1ws1 | p4: rz=2ru=1 | p5: rv=2rs=1 | p0: ok "
     "| "
     "p1: ok | p2: ok | p3: ok | p4: ok | p5: ok",
     "snapshot-isolation", "strong-session-parallel-snapshot-isolation, strong-session-prefix"},
    {"p0: rxwy1 | p1: rywx1 | p0: ok | p1: ok", "serializable", "strong-snapshot-isolation"},
    {"p1: rywx1 | p0: wy1 ok | p0: rx ok | p1: ok", "strong-session-serializable",
     "serializable, strong-snapshot-isolation"},
    {"p1: rywx1 | p0: wy1 ok | p2: rx ok | p1: ok", "strict-serializable",
     "strong-session-serializable, strong-snapshot-isolation"},
    // What sessions add to each: their order and the reads are a circle, ...
    {"p0: ry=1 ok | p0: wx1 ok | p1: rx=1 ok | p1: wy1 ok", "strong-session-read-committed",
     "serializable"},
    // ... a process does not read what it wrote, ...
    {"p0: wx1 ok | p0: rx ok", "strong-session-read-atomic",
     "serializable, strong-session-read-committed"},
    // ... nor what another one knew from whom it read before, ...
    {"p0: wx1 ok | p0: wy1 ok | p1: ry=1 ok | p1: rx ok", "causal",
     "serializable, strong-session-read-atomic"},
    // ... and a long fork of which one reader is two transactions.
    {"p9: ry=1rx | p0: wx1 | p1: wy1 | p2: rx=1 ok | p2: ry ok | p9: ok | p0: ok | p1: ok",
     "strong-session-prefix", "serializable, strong-session-parallel-snapshot-isolation"},
    // p2 did not see the first transaction of p0, and overwrote its second.
    {"p2: rxwz2 | p0: wx1 ok | p0: wz1wu1 | p3: rz=2ru=1 | p2: ok | p0: ok | p3: ok",
     "strong-session-parallel-snapshot-isolation", "serializable, strong-session-prefix"},
    {"p0: wx1 ok | p1: rx ok", "strong-snapshot-isolation", "strong-session-serializable"},
};

TEST(RwRegister, EachTwoNeighbouringLevelsAreToldApart) {
  for (const RwLitmus& litmus : kRwLitmus) {
    const CheckResult result = CheckRw(litmus.history);
    const auto names = [&](const char* of) { return ListNames(result.data[of].get<NameSet>()); };
    EXPECT_EQ(names("not"), litmus.violated) << litmus.history << "\n" << result.reason;
    EXPECT_EQ(names("holds"), litmus.holds) << litmus.history;
    ASSERT_FALSE(result.anomalies.empty()) << litmus.history;
    EXPECT_FALSE(result.anomalies[0].detail["edges"].empty()) << litmus.history;  // the picture
  }
}

TEST(RwRegister, JudgesTheModelThatIsAskedFor) {
  const char* const skew = "p0: rxrywx1 | p1: rxrywy2 | p0: ok | p1: ok";
  EXPECT_EQ(RwModelVerdict(skew, "serializable"), "G2-item");
  EXPECT_EQ(RwModelVerdict(skew, "SI"), "valid");
  EXPECT_EQ(RwModelVerdict(skew, "causal"), "valid");
  const char* const fork =
      "p0: wx1 | p1: wy1 | p2: rx=1ry | p3: rxry=1 | p0: ok | p1: ok | p2: ok | p3: ok";
  EXPECT_EQ(RwModelVerdict(fork, "snapshot-isolation"), "G-nonadjacent");
  EXPECT_EQ(RwModelVerdict(fork, "causal"), "valid");
  const char* const fractured = "p0: wx1wy1 | p1: ryrx=1 | p0: ok | p1: ok";
  EXPECT_EQ(RwModelVerdict(fractured, "read-committed"), "valid");
  EXPECT_EQ(RwModelVerdict(fractured, "read-atomic"), "non-read-atomic");
  const char* const lost = "p0: wx1 ok | p1: rx=1wx2 | p2: rx=1wx3 | p1: ok | p2: ok";
  EXPECT_EQ(RwModelVerdict(lost, "serializable"), "lost-update");
  EXPECT_EQ(RwModelVerdict(lost, "snapshot-isolation"), "lost-update");
  const char* const twice = "p0: wx1 ok | p1: wx2 ok | p2: rx=1rx=2 ok";
  EXPECT_EQ(RwModelVerdict(twice, "read-atomic"), "fractured-read");
  EXPECT_EQ(RwModelVerdict(twice, "read-committed"), "valid");
}

TEST(RwRegister, AModelWithoutAnAlgorithmOfItsOwnHoldsWhereAStrongerOneDoes) {
  EXPECT_EQ(RwModelVerdict("p0: rxrywx1 | p1: rxrywy2 | p0: ok | p1: ok", "cursor-stability"),
            "valid");
  EXPECT_EQ(RwModelVerdict("p0: rxwx1 | p1: rxwx2 | p0: ok | p1: ok", "cursor-stability"),
            "unknown");
}

TEST(RwRegister, ATimelessHistoryHasNoStrictness) {
  const History history =
      ReadHistoryText("w 0 0\n-----\nw 0 1\n=====\nr 0 0\n-----\nr 0 1\n", "sessions",
                      {.format = FindHistoryFormat("awdit-test").value()});
  CheckOptions options;
  EXPECT_EQ(CheckRwRegister(history, options).verdict, Verdict::kUnknown);
  options.consistency_models = {"strong-session-serializable"};
  EXPECT_NE(CheckRwRegister(history, options).verdict, Verdict::kUnknown);
  EXPECT_THAT(CheckRwRegister(history, options).reason,
              testing::Not(testing::HasSubstr("asked for")));
  options.consistency_models = {"read-atomic"};
  EXPECT_THAT(CheckRwRegister(history, options).reason,
              testing::HasSubstr("not asked for, is part of strong-session-read-atomic"));
}

TEST(RwRegister, OutOfMemoryIsUnknown) {
  CheckOptions options;
  options.consistency_models = {"causal-cerone"};
  options.memory = 10;
  const CheckResult result = CheckRwRegister(ParseNotation("p0: wx1wy2 ok | p1: rx=1 ok"), options);
  EXPECT_EQ(result.verdict, Verdict::kUnknown);
  EXPECT_THAT(result.reason, testing::HasSubstr("out of memory"));
}

TEST(RwRegister, IsUnknownWhereValuesRepeatOrNothingWasRead) {
  EXPECT_EQ(RwAnomaly("p0: wx1 ok | p1: wx1 ok | p2: rx=1 ok"), "unknown");
  EXPECT_EQ(RwAnomaly("p0: wx1 ok | p1: wx2 ok"), "unknown");
}

TEST(RwRegister, ACrashedTransactionHappenedOnceItsWriteWasSeen) {
  EXPECT_EQ(RwAnomaly("p0: wx1wy1 info | p1: rx=1 ok | p2: ry ok"), "G-single-realtime");
  EXPECT_EQ(RwAnomaly("p0: wx1wy1 info | p1: rx ok | p2: ry ok"), "valid");
}

TEST(RwRegister, NothingFollowsATransactionOfUnknownOutcomeInItsProcess) {
  EXPECT_EQ(RwAnomaly("p0: wx1 info | p0: rx ok | p1: rx=1 ok"), "valid");
  EXPECT_EQ(RwAnomaly("p0: wx1 ok | p0: rx ok | p1: rx=1 ok"), "G-single-process");
}

TEST(RwRegister, ACircleThatTheLevelAllowsIsNoEvidence) {
  // T1 and T2 skew, which snapshot isolation allows; the two readers fork, which it does not.
  const History history = ParseNotation(
      "p0: rxwy1 | p1: rywx1 | p2: rx=1ry | p3: rxry=1 | p0: ok | p1: ok | p2: ok | p3: ok");
  CheckOptions options;
  options.consistency_models = {"snapshot-isolation"};
  const CheckResult result = CheckRwRegister(history, options);
  ASSERT_EQ(result.verdict, Verdict::kInvalid);
  EXPECT_EQ(result.anomalies[0].name, "G-nonadjacent");
}

TEST(RwRegister, ALostUpdateIsAllowedByPrefixConsistencyAndALongForkIsNot) {
  CheckOptions options;
  options.consistency_models = {"prefix"};
  const auto prefix = [&](std::string_view notation) {
    return CheckRwRegister(ParseNotation(notation), options).verdict;
  };
  EXPECT_EQ(prefix("p0: rxwx1 | p1: rxwx2 | p0: ok | p1: ok"), Verdict::kValid);
  EXPECT_EQ(prefix("p0: wx1 | p1: wy1 | p2: rx=1ry | p3: rxry=1 | p0: ok | p1: ok | p2: ok | "
                   "p3: ok"),
            Verdict::kInvalid);
}

TEST(RwRegister, ALongForkIsAllowedByParallelSnapshotIsolationAndALostUpdateIsNot) {
  EXPECT_EQ(RwModelVerdict("p0: wx1 | p1: wy1 | p2: rx=1ry | p3: rxry=1 | p0: ok | p1: ok | "
                           "p2: ok | p3: ok",
                           "PSI"),
            "valid");
  EXPECT_EQ(RwModelVerdict("p0: rxwx1 | p1: rxwx2 | p0: ok | p1: ok", "PSI"), "lost-update");
  EXPECT_EQ(RwModelVerdict("p0: wx1wy1 | p1: rx=1ry | p0: ok | p1: ok", "PSI"), "G-single");
  const char* const stale = "p0: wx1 ok | p0: rx ok";
  EXPECT_EQ(RwModelVerdict(stale, "PSI"), "valid");
  EXPECT_EQ(RwModelVerdict(stale, "strong-session-PSI"), "G-single-process");
}

TEST(RwRegister, WhatParallelSnapshotIsolationAllowsIsNoEvidenceAgainstIt) {
  // A long fork, which is allowed, around one that a reader of both sides makes a G-single.
  const char* const history =
      "p0: wx1 | p1: wy1 | p2: rx=1ry | p3: rxry=1wz1 | p4: rz=1rx=1ry | p0: ok | p1: ok | p2: ok "
      "| "
      "p3: ok | p4: ok";
  EXPECT_EQ(RwModelVerdict(history, "PSI"), "G-single");
}

TEST(RwRegister, TwoVersionsInOneTransactionAreAFracturedRead) {
  const CheckResult result = CheckRw("p0: wx1 | p1: rxrx=1 | p0: ok | p1: ok");
  ASSERT_FALSE(result.anomalies.empty());
  EXPECT_EQ(result.anomalies[0].name, "fractured-read");
  EXPECT_THAT(result.anomalies[0].explanation,
              testing::HasSubstr("T1 read key \"x\" as null, which was there at first. T1 read key "
                                 "\"x\" as 1, which T3 wrote."));
  EXPECT_EQ(result.anomalies[0].detail["edges"][1]["to-op"], 1);
}

TEST(RwRegister, EvidenceIsTheFewestTransactions) {
  const CheckResult result = CheckRw(
      "p0: wz1 ok | p0: rz=1wz2 ok | p0: rxwx1 | p1: rxwx2 | p0: ok | p1: ok | p2: rz=2 ok");
  ASSERT_EQ(result.anomalies.size(), 1u);
  EXPECT_EQ(result.anomalies[0].operations, (std::vector<uint32_t>{2, 3}));
}

CheckResult CheckRwWith(std::string_view notation, const std::string& model,
                        const std::vector<std::string>& anomalies) {
  CheckOptions options;
  options.consistency_models = {model};
  options.anomalies = anomalies;
  return CheckRwRegister(ParseNotation(notation), options);
}

const char* const kSkew = "p0: rxrywx1 | p1: rxrywy2 | p0: ok | p1: ok";
const char* const kFork =
    "p0: wx1 | p1: wy1 | p2: rx=1ry | p3: rxry=1 | p0: ok | p1: ok | p2: ok | p3: ok";

TEST(RwRegister, AnAnomalyThatIsAskedForIsProhibitedBesideTheModels) {
  const CheckResult skew = CheckRwWith(kSkew, "snapshot-isolation", {"G2-item"});
  EXPECT_EQ(skew.verdict, Verdict::kInvalid);
  EXPECT_EQ(skew.anomalies.at(0).name, "G2-item");
  EXPECT_TRUE(skew.reason.starts_with("found: G2-item; ")) << skew.reason;
  EXPECT_EQ(CheckRwWith(kFork, "causal", {"G-nonadjacent"}).anomalies.at(0).name, "G-nonadjacent");
  const char* const lost = "p0: rxwx1 | p1: rxwx2 | p0: ok | p1: ok";
  EXPECT_EQ(CheckRwWith(lost, "read-committed", {"lost-update"}).anomalies.at(0).name,
            "lost-update");
  EXPECT_EQ(CheckRwWith(lost, "read-committed", {"G-single"}).anomalies.at(0).name, "lost-update");
}

TEST(RwRegister, AnAnomalyThatIsNotAskedForIsAllowed) {
  EXPECT_EQ(CheckRwWith(kSkew, "snapshot-isolation", {}).verdict, Verdict::kValid);
  EXPECT_EQ(CheckRwWith(kSkew, "snapshot-isolation", {"G-single"}).verdict, Verdict::kValid);
  EXPECT_EQ(CheckRwWith(kFork, "read-committed", {"G1c", "internal"}).verdict, Verdict::kValid);
}

TEST(RwRegister, AnAnomalyThatCanBeNeitherShownNorRuledOutIsUnknown) {
  const CheckResult both = CheckRwWith(
      "p0: wx1 | p1: wx2 | p2: rx=1 | p2: ok | p2: rx=2 | p2: ok | p3: rx=2 | p3: ok | "
      "p3: rx=1 | p3: ok | p0: ok | p1: ok",
      "serializable", {"G-single-process"});
  EXPECT_EQ(both.verdict, Verdict::kUnknown);
  EXPECT_THAT(both.reason, testing::HasSubstr("G-single-process cannot be told"));
  EXPECT_TRUE(
      both.data["allowed-anomalies"].contains("non-strong-session-parallel-snapshot-isolation"));
}

TEST(RwRegister, AnUnknownAnomalyIsRefused) {
  EXPECT_THROW(CheckRwWith(kSkew, "causal", {"G-doubel"}), std::invalid_argument);
}

enum class AssumedKeys { kNothing, kWfr, kSequential, kLinearizable };

CheckResult CheckAssuming(std::string_view notation, AssumedKeys assumed,
                          const std::string& model = "serializable") {
  CheckOptions options;
  options.consistency_models = {model};
  options.wfr_keys = assumed == AssumedKeys::kWfr;
  options.sequential_keys = assumed == AssumedKeys::kSequential;
  options.linearizable_keys = assumed == AssumedKeys::kLinearizable;
  return CheckRwRegister(ParseNotation(notation), options);
}

std::string AssumingAnomaly(std::string_view notation, AssumedKeys assumed,
                            const std::string& model = "serializable") {
  const CheckResult result = CheckAssuming(notation, assumed, model);
  return result.anomalies.empty() ? VerdictName(result.verdict) : result.anomalies[0].name;
}

TEST(RwRegister, VersionsOfASequentialKeyFollowEachProcess) {
  const char* const back = "p0: wx1 ok | p0: rx ok";
  EXPECT_EQ(AssumingAnomaly(back, AssumedKeys::kNothing), "valid");
  EXPECT_EQ(AssumingAnomaly(back, AssumedKeys::kSequential), "cyclic-versions");
  const char* const crossed = "p0: wx1 ok | p0: wx2 ok | p1: rx=2wy1 ok | p2: rx=1ry=1 ok";
  EXPECT_EQ(AssumingAnomaly(crossed, AssumedKeys::kNothing), "valid");
  const CheckResult single = CheckAssuming(crossed, AssumedKeys::kSequential);
  ASSERT_EQ(single.anomalies.at(0).name, "G-single");
  EXPECT_THAT(single.anomalies[0].explanation, testing::HasSubstr("wrote 1 to key \"x\" before"));
  EXPECT_THAT(single.anomalies[0].explanation, testing::HasSubstr("in the same process"));
}

TEST(RwRegister, NothingFollowsACrashedTransactionOfASequentialKey) {
  EXPECT_EQ(AssumingAnomaly("p0: wx1 info | p0: rx ok | p1: rx=1 ok", AssumedKeys::kSequential),
            "valid");
}

TEST(RwRegister, VersionsOfALinearizableKeyFollowRealTime) {
  const char* const stale = "p0: wx1 ok | p1: wx2 ok | p2: rx=1 ok";
  EXPECT_EQ(AssumingAnomaly(stale, AssumedKeys::kNothing), "valid");
  EXPECT_EQ(AssumingAnomaly(stale, AssumedKeys::kSequential), "valid");
  const CheckResult cyclic = CheckAssuming(stale, AssumedKeys::kLinearizable);
  ASSERT_EQ(cyclic.anomalies.at(0).name, "cyclic-versions");
  EXPECT_THAT(cyclic.anomalies[0].explanation, testing::HasSubstr("so 1 came before 2"));
  EXPECT_EQ(cyclic.anomalies[0].operations, (std::vector<uint32_t>{0, 1, 2}));
  EXPECT_EQ(
      AssumingAnomaly("p0: wx1 | p1: wx2 ok | p0: ok | p2: rx=1 ok", AssumedKeys::kLinearizable),
      "valid");
}

TEST(RwRegister, WritesFollowReadsInATransaction) {
  const char* const circle = "p0: rx=2wx1 | p1: rx=1wx2 | p0: ok | p1: ok";
  EXPECT_EQ(AssumingAnomaly(circle, AssumedKeys::kNothing), "G1c");
  EXPECT_EQ(AssumingAnomaly(circle, AssumedKeys::kWfr), "cyclic-versions");
}

TEST(RwRegister, WeakLevelsKnowWhatIsAssumedOfKeysToo) {
  const char* const circle =
      "p0: wx2 ok | p1: rx=2wy1 ok | p3: ry=1wx1 ok | p2: rx=1 ok | p2: rx=2 ok";
  EXPECT_EQ(AssumingAnomaly(circle, AssumedKeys::kNothing, "read-committed"), "valid");
  const CheckResult result = CheckAssuming(circle, AssumedKeys::kSequential, "read-committed");
  ASSERT_EQ(result.anomalies.at(0).name, "G1c");
  EXPECT_THAT(result.anomalies[0].explanation, testing::HasSubstr("in the same process"));
}

TEST(RwRegister, SaysHowMuchOfTheOrderOfVersionsIsKnown) {
  const char* const blind = "p0: wx1 ok | p1: wx2 ok | p2: rx=2 ok";
  const CheckResult unknown = CheckAssuming(blind, AssumedKeys::kNothing);
  EXPECT_EQ(unknown.data["inference-coverage"], Json({{"ordered", 0}, {"pairs", 1}}));
  EXPECT_THAT(unknown.reason, testing::HasSubstr("evidence orders 0 of 1 pairs"));
  EXPECT_EQ(CheckAssuming(blind, AssumedKeys::kLinearizable).data["inference-coverage"],
            Json({{"ordered", 1}, {"pairs", 1}}));
  EXPECT_EQ(CheckAssuming("p0: rxwx1 ok | p1: rx=1wx2 ok | p2: wx3 ok", AssumedKeys::kNothing)
                .data["inference-coverage"],
            Json({{"ordered", 2}, {"pairs", 2}}));
}

TEST(RwRegister, LinearizableKeysNeedRealTime) {
  const History history =
      ReadHistoryText("w 0 0\n-----\nw 0 1\n=====\nr 0 0\n-----\nr 0 1\n", "sessions",
                      {.format = FindHistoryFormat("awdit-test").value()});
  CheckOptions options;
  options.consistency_models = {"causal"};
  options.linearizable_keys = true;
  const CheckResult result = CheckRwRegister(history, options);
  EXPECT_EQ(result.verdict, Verdict::kUnknown);
  EXPECT_THAT(result.reason, testing::HasSubstr("no real time"));
}

}  // namespace
}  // namespace cleave
