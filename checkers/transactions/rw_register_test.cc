// Register transactions: one history an anomaly, in the one-line notation.
#include "checkers/transactions/rw_register.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(RwRegister, NothingFollowsATransactionOfUnknownOutcomeInItsProcess) {
  EXPECT_EQ(RwAnomaly("p0: wx1 info | p0: rx ok | p1: rx=1 ok"), "valid");
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
  EXPECT_EQ(RwModelVerdict(skew, "cursor-stability"), "unknown");
}

TEST(RwRegister, ATimelessHistoryHasNoStrictness) {
  const History history =
      ReadHistoryText("w 0 0\n-----\nw 0 1\n=====\nr 0 0\n-----\nr 0 1\n", "sessions",
                      {.format = FindHistoryFormat("awdit-test").value()});
  CheckOptions options;
  EXPECT_EQ(CheckRwRegister(history, options).verdict, Verdict::kUnknown);
  options.consistency_models = {"strong-session-serializable"};
  EXPECT_NE(CheckRwRegister(history, options).verdict, Verdict::kUnknown);
}

TEST(RwRegister, IsUnknownWhereValuesRepeatOrNothingWasRead) {
  EXPECT_EQ(RwAnomaly("p0: wx1 ok | p1: wx1 ok | p2: rx=1 ok"), "unknown");
  EXPECT_EQ(RwAnomaly("p0: wx1 ok | p1: wx2 ok"), "unknown");
}

TEST(RwRegister, ACrashedTransactionHappenedOnceItsWriteWasSeen) {
  EXPECT_EQ(RwAnomaly("p0: wx1wy1 info | p1: rx=1 ok | p2: ry ok"), "G-single-realtime");
  EXPECT_EQ(RwAnomaly("p0: wx1wy1 info | p1: rx ok | p2: ry ok"), "valid");
}

TEST(RwRegister, EvidenceIsTheFewestTransactions) {
  const CheckResult result = CheckRw(
      "p0: wz1 ok | p0: rz=1wz2 ok | p0: rxwx1 | p1: rxwx2 | p0: ok | p1: ok | p2: rz=2 ok");
  ASSERT_EQ(result.anomalies.size(), 1u);
  EXPECT_EQ(result.anomalies[0].operations, (std::vector<uint32_t>{2, 3}));
}

}  // namespace
}  // namespace cleave
