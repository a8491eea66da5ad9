// Dependencies between transactions. Nodes are transactions with a call and a return; real time is
// an edge u → v wherever u returned before v was called, and is never stored. Adya, "Weak
// consistency", 1999; Kingsbury & Alvaro, "Elle", VLDB 2020.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/history/history.h"

namespace cleave {

enum class EdgeType : uint8_t {
  kWw,       // the target's append follows the source's
  kWr,       // the target read the source's append
  kRw,       // the source read the state that the target's append ended
  kUpdate,   // the source read all of a list and appended to it, the target appended as well, and
             // nobody saw either: a kWw, unless the target came first, which is a cycle of a kWw
             // and a kRw in itself
  kThrough,  // goes on with the edge before it, from a node that is no transaction
  kProcess,  // the source is the target's predecessor in its process
  kRt,       // the source had returned when the target was called
};

struct Edge {
  uint32_t from, to;
  EdgeType type;
  ValueId key = kNoValue;
  ValueId a = kNoValue;  // kWw: the source's element; kWr, kRw, kUpdate: what was read
  ValueId b = kNoValue;  // kWw, kRw, kUpdate, kThrough: the target's element
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

  std::span<const Edge> Out(uint32_t node) const {
    return std::span(edges_).subspan(begin_[node], begin_[node + 1] - begin_[node]);
  }
  size_t size() const { return nodes_.size(); }
  const Node& node(uint32_t i) const { return nodes_[i]; }

 private:
  std::vector<Node> nodes_;
  std::vector<Edge> edges_;      // by source
  std::vector<uint32_t> begin_;  // where the edges of each source start
  std::vector<uint32_t> stuck_;
};

}  // namespace cleave
