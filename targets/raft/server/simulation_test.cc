// Thousands of seeded schedules of crashes, partitions and pauses: the store is right without a
// bug, and every seeded bug is caught. A failing seed can be repeated alone with --gtest_filter and
// its number.
#include "targets/raft/server/simulation.h"

#include <gtest/gtest.h>

namespace cleave::raft {
namespace {

constexpr uint64_t kSeedsPerTest = 100;

class SimulationSeeds : public testing::TestWithParam<uint64_t> {};

TEST_P(SimulationSeeds, StoreWithoutBugKeepsEveryPromise) {
  int ok = 0, faults = 0, snapshots = 0;
  size_t terms = 0;
  for (uint64_t i = 0; i < kSeedsPerTest; ++i) {
    SimulationOptions options;
    options.seed = GetParam() * kSeedsPerTest + i;
    Simulation simulation(options);
    ASSERT_EQ(simulation.Run(), "") << "seed " << options.seed;
    ok += simulation.ok();
    faults += simulation.faults();
    snapshots += simulation.snapshots();
    terms += simulation.terms();
  }
  // The schedules must have been hard ones, and clients must have been served in spite of them.
  EXPECT_GT(ok, static_cast<int>(100 * kSeedsPerTest));
  EXPECT_GT(faults, static_cast<int>(5 * kSeedsPerTest));
  EXPECT_GT(snapshots, static_cast<int>(kSeedsPerTest));
  EXPECT_GT(terms, 2 * kSeedsPerTest);
}

INSTANTIATE_TEST_SUITE_P(Simulation, SimulationSeeds, testing::Range<uint64_t>(0, 12));

class SimulationBugs : public testing::TestWithParam<BugInfo> {};

TEST_P(SimulationBugs, IsCaught) {
  std::string violation;
  for (uint64_t seed = 1; seed <= 2000 && violation.empty(); ++seed) {
    SimulationOptions options;
    options.seed = seed;
    options.bug = GetParam().bug;
    violation = Simulation(options).Run();
    if (!violation.empty()) std::printf("seed %d, %s\n", static_cast<int>(seed), violation.c_str());
  }
  EXPECT_NE(violation, "") << GetParam().name;
}

std::string TestName(const testing::TestParamInfo<BugInfo>& info) {
  std::string name = info.param.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Simulation, SimulationBugs,
                         testing::ValuesIn(Bugs().begin(), Bugs().end()), TestName);

}  // namespace
}  // namespace cleave::raft
