// Durations as people type them.
#include "harness/cli/duration.h"

#include <gtest/gtest.h>

#include "harness/cli/suggest.h"

namespace cleave {
namespace {

TEST(Duration, TakesNumbersWithTheUsualUnits) {
  EXPECT_EQ(ParseDuration("60"), 60'000'000'000);
  EXPECT_EQ(ParseDuration("1.5m"), 90'000'000'000);
  EXPECT_EQ(ParseDuration("500ms"), 500'000'000);
  EXPECT_EQ(ParseDuration("2h"), 7'200'000'000'000);
}

TEST(Duration, IsPrintedWithoutLoss) {
  EXPECT_EQ(FormatDuration(1'500'000'000), "1500ms");
  EXPECT_EQ(FormatDuration(500'000), "500us");
  for (const int64_t ns : {0L, 1L, 999L, 1'001'000L, 90'000'000'000L, 86'399'999'999'999L}) {
    EXPECT_EQ(ParseDuration(FormatDuration(ns)), ns);
  }
}

TEST(Duration, RefusesWhatIsNotADuration) {
  for (const char* text : {"", "s", "-1s", "10x", "1 0", "nan", "inf", "1e300h", "ten"}) {
    EXPECT_THROW(ParseDuration(text), UsageError) << text;
  }
}

}  // namespace
}  // namespace cleave
