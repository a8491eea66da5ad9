// Every shape, for every number of nodes from 1 to 9 that it can split, and the ring far beyond.
#include "nemesis/shapes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace cleave {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

std::vector<int> Order(int n) {
  std::vector<int> order(n);
  std::iota(order.begin(), order.end(), 0);
  return order;
}

/// Whom each node still exchanges packets with, itself included.
std::vector<std::set<int>> Views(const std::vector<Link>& cut, int n) {
  std::vector<std::set<int>> views(n);
  for (auto& view : views) {
    const auto all = Order(n);
    view.insert(all.begin(), all.end());
  }
  for (const auto& [a, b] : cut) {
    views[a].erase(b);
    views[b].erase(a);
  }
  return views;
}

/// Every shape that n nodes allow.
std::vector<std::pair<std::string, Shape>> All(int n) {
  const auto order = Order(n);
  std::vector<std::pair<std::string, Shape>> shapes;
  if (n >= 2) {
    shapes.emplace_back("halves", Halves(order));
    shapes.emplace_back("one", IsolateOne(order));
    shapes.emplace_back("single-link", SingleLink(order));
  }
  for (int minority = 1; 2 * minority < n; ++minority) {
    shapes.emplace_back("majority-minority", MajorityMinority(order, minority));
  }
  if (n >= 3) {
    shapes.emplace_back("majorities-ring", MajoritiesRing(order));
    shapes.emplace_back("bridge", Bridge(order));
  }
  return shapes;
}

class ShapesOfN : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Nodes, ShapesOfN, ::testing::Range(1, 10));

TEST_P(ShapesOfN, NoLinkIsCutTwiceOrToItself) {
  for (const auto& [name, shape] : All(GetParam())) {
    for (bool one_way : {false, true}) {
      const auto links = Links(shape, one_way);
      EXPECT_EQ(std::set<Link>(links.begin(), links.end()).size(), links.size()) << name;
      for (const auto& [a, b] : links) EXPECT_NE(a, b) << name;
    }
  }
}

TEST_P(ShapesOfN, OneWayDropsExactlyOneDirectionOfEachCutPair) {
  for (const auto& [name, shape] : All(GetParam())) {
    const auto both = Links(shape, false);
    const auto one = Links(shape, true);
    EXPECT_EQ(one.size() * 2, both.size()) << name;
    for (const auto& [a, b] : one) {
      EXPECT_FALSE(std::binary_search(one.begin(), one.end(), Link{b, a})) << name;
      EXPECT_TRUE(std::binary_search(both.begin(), both.end(), Link{b, a})) << name;
    }
  }
}

TEST_P(ShapesOfN, ReversedDropsTheOtherDirections) {
  for (const auto& [name, shape] : All(GetParam())) {
    auto links = Links(Reversed(shape), true);
    for (Link& link : links) std::swap(link.first, link.second);
    std::sort(links.begin(), links.end());
    EXPECT_EQ(links, Links(shape, true)) << name;
  }
}

TEST_P(ShapesOfN, EveryShapeCutsSomething) {
  for (const auto& [name, shape] : All(GetParam())) EXPECT_FALSE(shape.cuts.empty()) << name;
}

TEST_P(ShapesOfN, HalvesAreTwoSidesThatSeeOnlyThemselves) {
  const int n = GetParam();
  if (n < 2) return;  // one node has no halves
  const auto views = Views(Links(Halves(Order(n)), false), n);
  for (int i = 0; i < n; ++i) EXPECT_EQ(views[i].size(), size_t(i < n / 2 ? n / 2 : n - n / 2));
}

TEST_P(ShapesOfN, MajorityMinorityLeavesAMajorityThatSeesItself) {
  const int n = GetParam();
  for (int minority = 1; 2 * minority < n; ++minority) {
    const auto views = Views(Links(MajorityMinority(Order(n), minority), false), n);
    int with_majority = 0;
    for (const auto& view : views) with_majority += 2 * view.size() > size_t(n);
    EXPECT_EQ(with_majority, n - minority);
  }
}

TEST_P(ShapesOfN, BridgeLeavesOneNodeThatSeesAll) {
  const int n = GetParam();
  if (n < 3) return;  // a bridge needs two sides and a middle
  const auto views = Views(Links(Bridge(Order(n)), false), n);
  for (int i = 0; i < n; ++i) EXPECT_EQ(views[i].size() == size_t(n), i == n / 2);
}

TEST_P(ShapesOfN, SingleLinkTouchesTwoNodes) {
  const int n = GetParam();
  if (n < 2) return;  // one node has no link
  EXPECT_THAT(Links(SingleLink(Order(n)), false), ElementsAre(Pair(0, 1), Pair(1, 0)));
}

TEST(MajoritiesRing, EveryNodeSeesAMajorityAndNoTwoTheSame) {
  for (int n = 3; n <= 60; ++n) {
    const auto views = Views(Links(MajoritiesRing(Order(n)), false), n);
    const size_t majority = n / 2 + 1;
    size_t more = 0;
    for (const auto& view : views) {
      EXPECT_GE(view.size(), majority) << n;
      more += view.size() - majority;
    }
    EXPECT_EQ(more, n % 2 == 1 && n / 2 % 2 == 1 ? 1u : 0u) << n;
    EXPECT_EQ(std::set<std::set<int>>(views.begin(), views.end()).size(), size_t(n)) << n;
  }
}

TEST(Groups, NodesInNoGroupKeepTheirLinks) {
  EXPECT_THAT(Links(Groups({{0}, {2}}), false), ElementsAre(Pair(0, 2), Pair(2, 0)));
}

TEST(Groups, OneWayDropsWhatEarlierGroupsSendToLaterOnes) {
  EXPECT_THAT(Links(Groups({{2}, {0, 1}}), true), ElementsAre(Pair(2, 0), Pair(2, 1)));
}

TEST(TouchedNodes, AreTheMinoritySide) {
  EXPECT_THAT(TouchedNodes(Links(Halves(Order(5)), false), 5), ElementsAre(0, 1));
}

TEST(TouchedNodes, AreBothSidesOfEvenHalves) {
  EXPECT_THAT(TouchedNodes(Links(Halves(Order(4)), false), 4), ElementsAre(0, 1, 2, 3));
}

TEST(TouchedNodes, AreTheEndsWhereEveryNodeKeepsAMajority) {
  EXPECT_THAT(TouchedNodes(Links(SingleLink(Order(5)), false), 5), ElementsAre(0, 1));
  EXPECT_THAT(TouchedNodes(Links(MajoritiesRing(Order(5)), false), 5), ElementsAre(0, 1, 2, 3, 4));
}

TEST(TouchedNodes, OfNoCutAreNone) { EXPECT_THAT(TouchedNodes({}, 3), IsEmpty()); }

}  // namespace
}  // namespace cleave
