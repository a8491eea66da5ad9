// The evidence of every anomaly is an impossible history of its own.
#include "harness/history/excerpt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "checkers/checker.h"
#include "checkers/testing/random_history.h"
#include "harness/history/notation.h"
#include "harness/history/reader.h"

namespace cleave {
namespace {

TEST(Excerpt, HoldsTheOperationsAndNothingElse) {
  const History history =
      ParseNotation("p0: x.w1 ok | p1: x.w2 info timeout | p2: x.r=1 | p0: x.c1>3 saw=2");
  const History part = ReadHistoryText(Excerpt(history, std::vector<uint32_t>{1, 3}), "excerpt");
  ASSERT_EQ(part.operations().size(), 2u);
  EXPECT_EQ(part.Describe(0), history.Describe(1));
  EXPECT_EQ(part.Describe(1), history.Describe(3));
  EXPECT_EQ(part.operations()[0].outcome, Outcome::kInfo);
  EXPECT_TRUE(part.operations()[1].has_observed);
}

/// Judges random histories, and the excerpts of what is wrong with them.
void EvidenceConvicts(const char* checker, const std::function<History(TestRandom* random)>& make) {
  TestRandom random(11);
  int invalid = 0;
  for (int i = 0; i < 3'000; ++i) {
    const History history = make(&random);
    const CheckResult result = RunChecker(*FindChecker(checker), history, {});
    for (const Anomaly& anomaly : result.anomalies) {
      ++invalid;
      const std::string text = Excerpt(history, anomaly.operations);
      const CheckResult again =
          RunChecker(*FindChecker(checker), ReadHistoryText(text, "excerpt"), {});
      ASSERT_EQ(again.verdict, Verdict::kInvalid)
          << checker << " " << i << " " << anomaly.explanation << "\n"
          << text << again.reason;
    }
  }
  EXPECT_GT(invalid, 100) << checker;
}

TEST(Excerpt, OfARegistersAnomalyIsInvalid) {
  EvidenceConvicts("linearizable", [](TestRandom* random) {
    RandomRegisterOptions shape;
    shape.unique = random->Below(2) == 0;
    return RandomRegisterHistory(random, shape);
  });
}

TEST(Excerpt, OfATransactionsAnomalyIsInvalid) {
  EvidenceConvicts("append", [](TestRandom* random) { return RandomAppendHistory(random, {}); });
}

TEST(Excerpt, OfASetsAnomalyIsInvalid) {
  EvidenceConvicts("set", [](TestRandom* random) { return RandomSetHistory(random, {}); });
}

}  // namespace
}  // namespace cleave
