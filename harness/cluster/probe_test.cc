// The probes agree with what the other tests of this folder find to work.
#include "harness/cluster/probe.h"

#include <gtest/gtest.h>

#include <set>

#include "harness/cluster/cluster_test_main.h"

namespace cleave {
namespace {

TEST(Probe, WhatTheLocalClusterUsesWorksWhereTheLocalClusterDoes) {
  if (!WhyNoCluster().empty()) GTEST_SKIP() << WhyNoCluster();
  const std::vector<ProbeResult> results = Probe();
  for (const ProbeResult& result : results)
    EXPECT_TRUE(result.works || !result.used) << result.name;
  printf("%s", FormatProbes(results).c_str());
}

TEST(Probe, EveryResultSaysWhatWasSeenAndWhatToDo) {
  std::set<std::string> names;
  for (const ProbeResult& result : Probe()) {
    EXPECT_TRUE(names.insert(result.name).second) << result.name;
    EXPECT_FALSE(result.detail.empty()) << result.name;
    EXPECT_EQ(result.remedy.empty(), result.works) << result.name;
  }
}

TEST(Probe, ResultsAreFormattedInAlignedLinesWithRemediesBelow) {
  const std::string text = FormatProbes(
      {{"a", true, true, "made", ""}, {"long", false, false, "refused", "modprobe long"}});
  EXPECT_EQ(text,
            "  works    a     made\n"
            "  MISSING  long  refused  (not used yet)\n"
            "           to enable: modprobe long\n");
}

}  // namespace
}  // namespace cleave
