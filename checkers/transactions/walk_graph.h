// Closed walks over chosen kinds of edges in one explicit graph: whether there are any, and short
// ones as evidence.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "checkers/transactions/transaction_graph.h"

namespace cleave {

/// Edges by source.
struct WalkGraph {
  WalkGraph(size_t nodes, const std::vector<Edge>& unsorted);
  size_t size() const { return begin.size() - 1; }
  std::span<const Edge> Out(uint32_t node) const {
    return std::span(edges).subspan(begin[node], begin[node + 1] - begin[node]);
  }
  std::vector<Edge> edges;
  std::vector<uint32_t> begin;
};

/// Which steps a walk may take. kThrough may always follow.
struct Walk {
  uint32_t types;            // a bit for each EdgeType
  bool nonadjacent = false;  // no two kRw in a row

  static constexpr uint32_t Bit(EdgeType type) { return 1u << static_cast<uint32_t>(type); }
  bool Takes(EdgeType type) const { return type == EdgeType::kThrough || (types & Bit(type)) != 0; }
  /// A walk is at a node and in a layer: 1 after a kRw where another one may not follow, else 0.
  uint32_t layers() const { return nonadjacent ? 2 : 1; }
  /// The layer behind a step, or nothing where it may not be taken.
  std::optional<uint32_t> Next(uint32_t layer, EdgeType type) const {
    if (!Takes(type) || (layer == 1 && type == EdgeType::kRw)) return std::nullopt;
    if (type == EdgeType::kThrough) return layer;
    return nonadjacent && type == EdgeType::kRw ? 1 : 0;
  }
};

/// Strongly connected components of the states (node + layer · size), numbered so that no step
/// leads to a larger number. Tarjan 1972, without recursion. O(V + E).
struct WalkComponents {
  WalkComponents(const WalkGraph& graph, Walk walk);
  bool Closed() const { return count < component.size(); }  // some closed walk exists
  std::vector<uint32_t> component;                          // by state
  uint32_t count = 0;
};

/// Called with the steps that are to be taken; may throw to give up.
using CountSteps = std::function<void(uint64_t)>;

/// Those of the edges of one type from which a walk leads back: steps of `walk`, of which the edge
/// itself need be none, and not through `type` where `walk` does not take it. Bit-parallel
/// reachability on the condensation, 64 edges a sweep: O(V + E) where the ways back are short,
/// O(edges of the type · E / 64) at worst. Stops after the first sweep that finds any.
std::vector<Edge> ReturningEdges(const WalkGraph& graph, Walk walk, EdgeType type,
                                 const CountSteps& step);

/// A closed walk with the fewest edges (kThrough counts none) among those that begin with one of
/// `seeds`, each of which must lie on one; the first seeds only, where the graph is large.
/// Breadth first.
std::vector<Edge> ShortestClosedWalk(const WalkGraph& graph, Walk walk,
                                     const std::vector<Edge>& seeds, const CountSteps& step);

}  // namespace cleave
