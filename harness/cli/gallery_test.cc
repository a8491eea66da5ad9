// Every row of the gallery is two runs that can be.
#include <gtest/gtest.h>

#include <set>

#include "harness/cli/plan.h"
#include "harness/cli/program_test.h"
#include "harness/cli/run_gallery.h"
#include "harness/gallery/finding.h"

namespace cleave {
namespace {

constexpr int64_t kLongest = 90'000'000'000;

TEST(Gallery, EveryFindingAndEveryControlIsARunThatCanBe) {
  std::set<std::string> names;
  for (const Finding& finding : Findings()) {
    EXPECT_TRUE(names.insert(finding.name).second) << finding.name;
    EXPECT_EQ(FindFinding(finding.name), &finding);
    EXPECT_NE(finding.breaks, finding.holds) << finding.name;
    EXPECT_FALSE(finding.why.empty() || finding.source.empty()) << finding.name;
    for (const std::string& arguments : {finding.breaks, finding.holds}) {
      const Plan plan = MakePlan(GalleryTestOptions(finding.target, arguments));
      EXPECT_GT(plan.options.time_limit, 0) << finding.name;
      EXPECT_LE(plan.options.time_limit, kLongest) << finding.name;
    }
  }
}

TEST(Gallery, IsListedWithItsCommands) {
  const ProgramResult result = RunCleave("gallery");
  EXPECT_EQ(result.exit_code, 0);
  for (const Finding& finding : Findings()) {
    EXPECT_NE(result.output.find("cleave test " + finding.target + " " + finding.breaks + "\n"),
              std::string::npos)
        << finding.name;
  }
}

TEST(Gallery, AnUnknownFindingOrOptionIsRefusedWithTheNearestWord) {
  ProgramResult result = RunCleave("gallery run etcd-stale-raeds");
  EXPECT_EQ(result.exit_code, 254);
  EXPECT_NE(result.output.find("did you mean 'etcd-stale-reads'?"), std::string::npos)
      << result.output;
  result = RunCleave("gallery run all --sedes 5");
  EXPECT_EQ(result.exit_code, 254);
  EXPECT_NE(result.output.find("did you mean '--seeds'?"), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("see: cleave gallery run --help"), std::string::npos)
      << result.output;
}

}  // namespace
}  // namespace cleave
