// The shapes of partitions, as pure functions of an order of the nodes: shuffle the order and the
// same shape falls on other nodes. Nodes are indices 0 … n-1. Invariant: a shape's cuts name each
// unordered pair at most once; which of the two comes first says which direction a one-way
// partition drops.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/run/cluster.h"

namespace cleave {

struct Shape {
  /// The sides, for people; the ring has none. A one-way cut drops what an earlier side sends to a
  /// later.
  std::vector<std::vector<int>> groups;
  std::vector<Link> cuts;
};

/// The first n/2 (rounded down) against the rest.
Shape Halves(std::span<const int> order);
/// The first node against all others.
Shape IsolateOne(std::span<const int> order);
/// The first `minority` nodes against the rest; 1 ≤ minority < n/2, so n ≥ 3.
Shape MajorityMinority(std::span<const int> order, int minority);
/// Every node sees exactly a majority, itself included (with n and ⌊n/2⌋ odd one node sees one
/// more), and no two see the same. n ≥ 3. A circulant graph, closed by antipodes or a path of
/// chords.
Shape MajoritiesRing(std::span<const int> order);
/// Two halves that see each other only through the middle node of the order. n ≥ 3.
Shape Bridge(std::span<const int> order);
/// The first and the second node lose each other; both see everyone else. n ≥ 2.
Shape SingleLink(std::span<const int> order);
/// Nodes of different groups lose each other; a node in no group keeps all its links.
Shape Groups(std::vector<std::vector<int>> groups);

/// The other direction of every cut, and the sides in the other order.
Shape Reversed(Shape shape);

/// The directed links to cut, ascending: one or both directions of every pair.
std::vector<Link> Links(const Shape& shape, bool one_way);

/// The nodes that can no longer exchange packets, in both directions, with a majority of n
/// (themselves included); where every node still can, the ends of the cut links. Ascending.
std::vector<int> TouchedNodes(std::span<const Link> cut, int n);

/// The names of the shapes that need no nodes named, and the fewest nodes each can split.
struct ShapeName {
  const char* name;
  int fewest_nodes;
};
std::span<const ShapeName> ShapeNames();

}  // namespace cleave
