// Which links each shape cuts. Every function is a few loops over an order of the nodes.
#include "nemesis/shapes.h"

#include <algorithm>
#include <set>

namespace cleave {
namespace {

/// Every pair across two sides.
void CutBetween(const std::vector<int>& from, const std::vector<int>& to, std::vector<Link>* cuts) {
  for (int a : from) {
    for (int b : to) cuts->emplace_back(a, b);
  }
}

Shape TwoSides(std::span<const int> order, size_t first) {
  return Groups({{order.begin(), order.begin() + first}, {order.begin() + first, order.end()}});
}

/// The pairs of positions on the ring that keep seeing each other, each once, smaller step first.
std::set<std::pair<int, int>> RingEdges(int n) {
  std::set<std::pair<int, int>> edges;
  const auto add = [&](int a, int b) { edges.emplace(std::min(a, b), std::max(a, b)); };
  const int others = n / 2;  // a majority without oneself
  for (int i = 0; i < n; ++i) {
    for (int step = 1; step <= others / 2; ++step) add(i, (i + step) % n);
  }
  if (others % 2 == 0) return edges;
  // An odd number of others: one chord each. With n odd, chords cannot pair all nodes: one has two.
  const int chord = n / 2;
  for (int i = 0; i + chord < n; ++i) add(i, i + chord);
  return edges;
}

}  // namespace

Shape Halves(std::span<const int> order) { return TwoSides(order, order.size() / 2); }

Shape IsolateOne(std::span<const int> order) { return TwoSides(order, 1); }

Shape MajorityMinority(std::span<const int> order, int minority) {
  return TwoSides(order, minority);
}

Shape MajoritiesRing(std::span<const int> order) {
  const int n = static_cast<int>(order.size());
  const auto edges = RingEdges(n);
  Shape shape;
  for (int i = 0; i < n; ++i) {
    for (int step = 1; step <= n / 2; ++step) {
      const int j = (i + step) % n;
      if (2 * step == n && i > j) continue;  // antipodes meet twice
      if (!edges.contains({std::min(i, j), std::max(i, j)}))
        shape.cuts.emplace_back(order[i], order[j]);
    }
  }
  return shape;
}

Shape Bridge(std::span<const int> order) {
  const size_t middle = order.size() / 2;
  Shape shape =
      Groups({{order.begin(), order.begin() + middle}, {order.begin() + middle + 1, order.end()}});
  shape.groups.insert(shape.groups.begin() + 1, {order[middle]});
  return shape;
}

Shape SingleLink(std::span<const int> order) { return Groups({{order[0]}, {order[1]}}); }

Shape Groups(std::vector<std::vector<int>> groups) {
  Shape shape;
  shape.groups = std::move(groups);
  for (size_t i = 0; i < shape.groups.size(); ++i) {
    for (size_t j = i + 1; j < shape.groups.size(); ++j) {
      CutBetween(shape.groups[i], shape.groups[j], &shape.cuts);
    }
  }
  return shape;
}

Shape Reversed(Shape shape) {
  std::reverse(shape.groups.begin(), shape.groups.end());
  for (Link& cut : shape.cuts) std::swap(cut.first, cut.second);
  return shape;
}

std::vector<Link> Links(const Shape& shape, bool one_way) {
  std::vector<Link> links = shape.cuts;
  if (!one_way) {
    for (const auto& [a, b] : shape.cuts) links.emplace_back(b, a);
  }
  std::sort(links.begin(), links.end());
  return links;
}

std::vector<int> TouchedNodes(std::span<const Link> cut, int n) {
  std::vector<std::set<int>> lost(n);
  std::set<int> ends;
  for (const auto& [a, b] : cut) {
    lost[a].insert(b);
    lost[b].insert(a);
    ends.insert({a, b});
  }
  std::vector<int> touched;
  for (int i = 0; i < n; ++i) {
    if (2 * (n - static_cast<int>(lost[i].size())) <= n) touched.push_back(i);
  }
  if (touched.empty()) touched.assign(ends.begin(), ends.end());
  return touched;
}

std::span<const ShapeName> ShapeNames() {
  static constexpr ShapeName kShapes[] = {
      {"halves", 2}, {"one", 2},    {"majority-minority", 3}, {"majorities-ring", 3},
      {"bridge", 3}, {"leader", 2}, {"single-link", 2},
  };
  return kShapes;
}

}  // namespace cleave
