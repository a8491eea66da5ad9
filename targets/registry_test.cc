// The table of targets keeps its promises to the command line.
#include "targets/registry.h"

#include <gtest/gtest.h>

#include <set>

namespace cleave {
namespace {

TEST(TargetRegistry, EveryTargetIsFoundByItsName) {
  ASSERT_FALSE(Targets().empty());
  for (const TargetInfo& target : Targets()) EXPECT_EQ(FindTarget(target.name), &target);
  EXPECT_EQ(FindTarget("no such target"), nullptr);
}

TEST(TargetRegistry, EveryTargetSaysWhatItIsAndOpensEveryDataTypeThatItOffers) {
  for (const TargetInfo& target : Targets()) {
    EXPECT_FALSE(target.summary.empty()) << target.name;
    EXPECT_FALSE(target.offers.empty()) << target.name;
    for (const Offer& offer : target.offers) {
      TargetOptions options;
      options.interface = offer.interface;
      EXPECT_NE(target.make(options), nullptr) << target.name << " " << offer.interface;
      EXPECT_FALSE(offer.functions.empty()) << target.name << " " << offer.interface;
    }
  }
}

TEST(TargetRegistry, AFlagThatDecidesHowManyNodesDoesSoForEachOfItsValues) {
  for (const TargetInfo& target : Targets()) {
    for (const TargetFlag& flag : target.flags) {
      if (flag.nodes.empty()) continue;
      ASSERT_EQ(flag.nodes.size(), flag.values.size()) << target.name << " " << flag.name;
      EXPECT_EQ(OnlyNodes(target, {}), flag.nodes[0]) << target.name;
      for (size_t i = 0; i < flag.nodes.size(); ++i) {
        EXPECT_EQ(OnlyNodes(target, {{flag.name, flag.values[i]}}), flag.nodes[i]) << target.name;
      }
    }
  }
  EXPECT_EQ(OnlyNodes(*FindTarget("raft"), {{"no-retry", "true"}}), 0);
}

TEST(TargetRegistry, NamesAreUnique) {
  std::set<std::string> names;
  for (const TargetInfo& target : Targets()) {
    EXPECT_TRUE(names.insert(target.name).second) << target.name;
    std::set<std::string> bugs;
    for (const TargetBug& bug : target.bugs) EXPECT_TRUE(bugs.insert(bug.name).second) << bug.name;
  }
}

}  // namespace
}  // namespace cleave
