// The space-time diagram: order is exact and labels are text.
#include "reports/diagram.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/history/notation.h"
#include "reports/testing/sample_run.h"

namespace cleave {
namespace {

using ::testing::HasSubstr;

size_t Count(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++count;
  return count;
}

TEST(SpaceTimeDiagram, HasARowAProcessAndABarAnOperation) {
  const SampleRun run = MakeSampleRun({.operations = 50});
  const std::vector<uint32_t> operations = {0, 1, 2, 10, 20};
  std::set<int32_t> processes;
  for (const uint32_t i : operations) processes.insert(run.history.operations()[i].process);
  const std::string svg = SpaceTimeDiagram(run.history, operations, {});
  EXPECT_EQ(Count(svg, "class=\"op "), operations.size());
  EXPECT_EQ(Count(svg, "class=\"life\""), processes.size());
}

TEST(SpaceTimeDiagram, SaysWhatItLeavesOut) {
  const SampleRun run = MakeSampleRun({.operations = 50});
  const std::vector<uint32_t> operations = {0, 1, 2, 3, 4};
  EXPECT_THAT(SpaceTimeDiagram(run.history, operations, {}, {}, 2), HasSubstr("3 more operations"));
}

TEST(SpaceTimeDiagram, ShowsFaultsActiveMeanwhile) {
  const SampleRun run = MakeSampleRun({.operations = 2000});
  const auto windows = FaultWindows(run.history);
  std::vector<uint32_t> operations;
  for (uint32_t i = 0; i < run.history.operations().size() && operations.size() < 3; ++i) {
    if (run.history.operations()[i].call > windows[0].first) operations.push_back(i);
  }
  EXPECT_THAT(SpaceTimeDiagram(run.history, operations, windows),
              HasSubstr("fault kind-partition"));
}

/// The numbers in `svg` that follow `before`.
std::vector<int> NumbersAfter(const std::string& svg, const std::string& before) {
  std::vector<int> numbers;
  for (size_t at = 0; (at = svg.find(before, at)) != std::string::npos;) {
    numbers.push_back(std::stoi(svg.substr(at += before.size())));
  }
  return numbers;
}

// Three writes at once, taking effect against the order of their calls.
TEST(SpaceTimeDiagram, NumbersAnOrderAtMomentsInsideTheBars) {
  const History history =
      ParseNotation("p0: w1 | p1: w2 | p2: w3 | p0: ok | p1: ok | p2: ok | p3: r=7");
  const std::vector<uint32_t> operations = {0, 1, 2, 3};
  const std::string svg = SpaceTimeDiagram(history, operations, {}, {{2, 1, 0}, {3}});
  const std::vector<int> left = NumbersAfter(svg, "<rect x=\""),
                         tick = NumbersAfter(svg, "<circle cx=\"");
  ASSERT_EQ(left.size(), 4);
  ASSERT_EQ(Count(svg, "class=\"tick\""), 3);
  EXPECT_EQ(Count(svg, "class=\"op ok stuck\""), 1);
  ASSERT_EQ(tick.size(), 3);  // they are drawn in the order of bars: the last of the order first
  EXPECT_GT(tick[0], tick[1]);
  EXPECT_GT(tick[1], tick[2]);
  EXPECT_GT(tick[2], left[2]) << "no write takes effect before the last of them was called";
}

TEST(SpaceTimeDiagram, OfNothingIsNothing) {
  EXPECT_EQ(SpaceTimeDiagram(HistoryBuilder().Finish(), {}, {}), "");
}

}  // namespace
}  // namespace cleave
