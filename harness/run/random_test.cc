// The stream never changes (recorded seeds must repeat), and the distributions are what they say.
#include "harness/run/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace cleave {
namespace {

TEST(Random, TheStreamOfASeedNeverChanges) {
  Random random(1);
  EXPECT_EQ(random.Next(), 14971601782005023387u);
  EXPECT_EQ(random.Next(), 13781649495232077965u);
  EXPECT_EQ(random.Next(), 1847458086238483744u);
}

TEST(Random, TheStreamOfANamedPartNeverChanges) {
  EXPECT_EQ(Random::For(1, "nemesis").Next(), Random::For(1, "nemesis").Next());
  EXPECT_NE(Random::For(1, "nemesis").Next(), Random::For(1, "workload").Next());
  EXPECT_NE(Random::For(1, "nemesis").Next(), Random::For(2, "nemesis").Next());
}

TEST(Random, ACopyContinuesTheSameStream) {
  Random a(7);
  a.Next();
  Random b = a;
  EXPECT_EQ(a.Next(), b.Next());
}

TEST(Random, BelowIsUniform) {
  Random random(2);
  std::vector<int> count(10);
  for (int i = 0; i < 100'000; ++i) ++count[random.Below(10)];
  for (int n : count) EXPECT_NEAR(n, 10'000, 500);
}

TEST(Random, BetweenIncludesBothEndsAndTheWholeRange) {
  Random random(3);
  std::map<int64_t, int> seen;
  for (int i = 0; i < 1'000; ++i) ++seen[random.Between(-1, 1)];
  EXPECT_EQ(seen.size(), 3u);
  EXPECT_EQ(random.Between(5, 5), 5);
  random.Between(INT64_MIN, INT64_MAX);
}

TEST(Random, UnitStaysBelowOneAndHasMeanOneHalf) {
  Random random(4);
  double sum = 0;
  for (int i = 0; i < 100'000; ++i) {
    double u = random.Unit();
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    sum += u;
  }
  EXPECT_NEAR(sum / 100'000, 0.5, 0.01);
}

TEST(Random, ExponentialHasItsMeanAndItsMedian) {
  Random random(5);
  double sum = 0;
  int below_median = 0;
  for (int i = 0; i < 100'000; ++i) {
    double x = random.Exponential(10);
    sum += x;
    below_median += x < 10 * std::log(2) ? 1 : 0;
  }
  EXPECT_NEAR(sum / 100'000, 10, 0.2);
  EXPECT_NEAR(below_median, 50'000, 1'000);
}

TEST(Random, GeometricCountsFailuresBeforeASuccess) {
  Random random(6);
  double sum = 0;
  int zero = 0;
  for (int i = 0; i < 100'000; ++i) {
    uint64_t x = random.Geometric(0.25);
    sum += static_cast<double>(x);
    zero += x == 0 ? 1 : 0;
  }
  EXPECT_NEAR(sum / 100'000, 3, 0.1);  // (1 - p) / p
  EXPECT_NEAR(zero, 25'000, 700);
  EXPECT_EQ(random.Geometric(1), 0u);
}

class ZipfTest : public testing::TestWithParam<double> {};

TEST_P(ZipfTest, RanksHaveTheirShare) {
  const double skew = GetParam();
  constexpr int kRanks = 20, kDraws = 200'000;
  Random random(8);
  std::vector<int> count(kRanks);
  for (int i = 0; i < kDraws; ++i) {
    uint64_t rank = random.Zipf(kRanks, skew);
    ASSERT_LT(rank, static_cast<uint64_t>(kRanks));
    ++count[rank];
  }
  double total = 0;
  for (int k = 1; k <= kRanks; ++k) total += std::pow(k, -skew);
  for (int k = 1; k <= kRanks; ++k) {
    double expected = kDraws * std::pow(k, -skew) / total;
    EXPECT_NEAR(count[k - 1], expected, 5 * std::sqrt(expected) + 1) << "rank " << k;
  }
}

INSTANTIATE_TEST_SUITE_P(Skews, ZipfTest, testing::Values(0.0, 0.5, 1.0, 1.5, 3.0));

TEST(Random, ZipfOverOneThingIsThatThing) {
  Random random(9);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(random.Zipf(1, 1.1), 0u);
}

TEST(Random, ShuffleKeepsEverythingAndMovesThings) {
  Random random(10);
  std::vector<int> items{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, before = items;
  random.Shuffle(items);
  EXPECT_NE(items, before);
  std::sort(items.begin(), items.end());
  EXPECT_EQ(items, before);
}

}  // namespace
}  // namespace cleave
