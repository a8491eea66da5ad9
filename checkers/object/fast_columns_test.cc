// The fast paths' columns against plain loops: values and times close together and far apart, and
// covers of many blocks, which histories small enough for brute force never have.
#include "checkers/object/fast_columns.h"

#include <gtest/gtest.h>

#include "checkers/object/cover_tree.h"
#include "checkers/testing/random_history.h"

namespace cleave {
namespace {

TEST(FastColumns, ValuesAreFoundInTheirFirstRow) {
  for (const uint32_t spread : {1u, 1'000'000u}) {
    std::vector<uint32_t> ids;
    for (const uint32_t id : {7u, 3u, 9u, 3u, 7u}) ids.push_back(id * spread);
    const ValueRows rows(ids);
    EXPECT_EQ(rows.distinct(), 3u);
    EXPECT_EQ(rows.Find(7 * spread), 0u);
    EXPECT_EQ(rows.Find(3 * spread), 1u);
    EXPECT_EQ(rows.Find(9 * spread), 2u);
    for (const uint32_t other : {0u, 5u, 100u}) EXPECT_EQ(rows.Find(other * spread), kNone);
  }
  EXPECT_EQ(ValueRows({}).Find(0), kNone);
}

TEST(FastColumns, TimesAreOrderedAndNeverIsLeftOut) {
  for (const uint32_t spread : {1u, 1'000'000u}) {
    const std::vector<uint32_t> times = {5, kNever, 2, 9, kNever, 4};
    const auto time = [&](uint32_t i) { return times[i] == kNever ? kNever : times[i] * spread; };
    EXPECT_EQ(InOrderOfTime(6, time), (BigVector<uint32_t>{2, 5, 0, 3}));
  }
  EXPECT_TRUE(InOrderOfTime(0, [](uint32_t) { return 0u; }).empty());
}

TEST(CoverTree, GapsAreFoundBareWhenTheirLastIntervalGoes) {
  TestRandom random(5);
  for (int round = 0; round < 300; ++round) {
    const uint32_t gaps = 1 + random.Below(round % 2 ? 1500 : 60);
    std::vector<std::pair<uint32_t, uint32_t>> intervals;
    std::vector<uint32_t> counts(gaps, 0);
    for (uint32_t n = 1 + random.Below(80); n > 0; --n) {
      const uint32_t from = random.Below(gaps);
      const uint32_t to = from + 1 + random.Below(random.Below(3) ? gaps - from : 1);
      intervals.emplace_back(from, to);
      for (uint32_t g = from; g < to; ++g) ++counts[g];
    }
    CoverTree tree(counts);
    BigVector<uint32_t> bare, expected;
    while (!intervals.empty()) {
      const size_t i = random.Below(static_cast<uint32_t>(intervals.size()));
      const auto [from, to] = intervals[i];
      intervals.erase(intervals.begin() + static_cast<std::ptrdiff_t>(i));
      bare.clear();
      expected.clear();
      for (uint32_t g = from; g < to; ++g) {
        if (--counts[g] == 0) expected.push_back(g);
      }
      tree.Remove(from, to, &bare);
      ASSERT_EQ(bare, expected) << "round " << round;
    }
  }
}

}  // namespace
}  // namespace cleave
