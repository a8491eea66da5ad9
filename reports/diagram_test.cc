// The space-time diagram: order is exact and labels are text.
#include "reports/diagram.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  EXPECT_THAT(SpaceTimeDiagram(run.history, operations, {}, 2), HasSubstr("3 more operations"));
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

TEST(SpaceTimeDiagram, OfNothingIsNothing) {
  EXPECT_EQ(SpaceTimeDiagram(HistoryBuilder().Finish(), {}, {}), "");
}

}  // namespace
}  // namespace cleave
