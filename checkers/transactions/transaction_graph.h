// Dependencies between transactions, and cycles among them. Nodes are transactions with a call and
// a return; real time is an edge u → v wherever u returned before v was called, and is never
// stored. Adya, "Weak consistency", 1999; Kingsbury & Alvaro, "Elle", VLDB 2020.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "harness/history/history.h"

namespace cleave {

enum class EdgeType : uint8_t {
  kWw,  // the target's append follows the source's
  kWr,  // the target read the source's append
  kRw,  // the source read the state that the target's append ended
  kRt,  // the source had returned when the target was called
};

struct Edge {
  uint32_t from, to;
  EdgeType type;
  ValueId key = kNoValue;
  ValueId a = kNoValue;  // kWw: the source's element; kWr, kRw: what was read
  ValueId b = kNoValue;  // kWw, kRw: the target's element
};

struct Node {
  Position call, ret;  // a node without real time has call 0 and ret kNever
};

class TransactionGraph {
 public:
  /// Takes edges in any order, with duplicates; edges from a node to itself are left out. O(V + E).
  TransactionGraph(std::vector<Node> nodes, std::vector<Edge> edges);

  /// Whether dependencies and real time together have no cycle (Kahn 1962, with real time by two
  /// pointers). O(V log V + E). If not, Stuck tells which nodes could not be put in order.
  bool Acyclic();
  const std::vector<uint32_t>& Stuck() const { return stuck_; }

  /// The strongly connected components of more than one node, by dependencies alone, among Stuck.
  std::vector<std::vector<uint32_t>> Components() const;

  /// A shortest cycle through any of `starts` that uses the given kinds of edges; at most `rw` kRw
  /// edges (rw < 0: any number). Searches only inside `inside` (indexed by node), at most `budget`
  /// steps.
  std::optional<std::vector<Edge>> ShortestCycle(std::span<const uint32_t> starts,
                                                 const std::vector<bool>& inside, bool wr, int rw,
                                                 bool real_time, uint64_t* budget) const;

  /// Cycles of a dependency and the real-time edge that contradicts it; `count` is how many there
  /// are.
  std::vector<std::vector<Edge>> RealTimePairs(size_t most, uint64_t* count) const;

  std::span<const Edge> Out(uint32_t node) const {
    return std::span(edges_).subspan(begin_[node], begin_[node + 1] - begin_[node]);
  }
  const Node& node(uint32_t i) const { return nodes_[i]; }

 private:
  std::vector<Node> nodes_;
  std::vector<Edge> edges_;      // by source
  std::vector<uint32_t> begin_;  // where the edges of each source start
  std::vector<uint32_t> stuck_;
};

}  // namespace cleave
