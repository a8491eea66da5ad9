// A directed graph for looking for cycles again and again while some of its edges change: certain
// edges are laid down once, chosen ones anew each time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace cleave {

struct OrderEdge {
  uint32_t from = 0, to = 0;
  /// What the edge stands for: 0, a certain one; otherwise the number of a choice, negative where
  /// the choice is decided the other way.
  int32_t choice = 0;
};

class OrderGraph {
 public:
  explicit OrderGraph(uint32_t nodes) : nodes_(nodes) {}

  /// Edges from a node to itself are cycles, and not to be given. O(V + E).
  void SetCertain(std::vector<OrderEdge> edges) { certain_ = Rows(std::move(edges), nodes_); }
  void SetChosen(std::vector<OrderEdge> edges) { chosen_ = Rows(std::move(edges), nodes_); }

  uint32_t nodes() const { return nodes_; }
  /// All nodes in an order that respects every edge, the earliest by `priority` first where there
  /// is a choice; fewer than all where there is a cycle. O(V log V + E).
  std::vector<uint32_t> Sorted(std::span<const uint32_t> priority) const;
  /// By node: the number of its strongly connected component. Components of one node have number
  /// UINT32_MAX. O(V + E).
  std::vector<uint32_t> Components() const;
  /// A cycle through `edge`, which lies inside one component, that rests on the fewest choices.
  /// O(edges of the component). Not thread-safe.
  std::vector<OrderEdge> CycleThrough(const OrderEdge& edge,
                                      std::span<const uint32_t> components) const;

  template <class Visit>
  void ForEachOut(uint32_t node, const Visit& visit) const {
    for (const OrderEdge& e : certain_.Of(node)) visit(e);
    for (const OrderEdge& e : chosen_.Of(node)) visit(e);
  }
  std::span<const OrderEdge> chosen() const { return chosen_.edges; }
  std::span<const OrderEdge> certain() const { return certain_.edges; }

 private:
  struct Rows {
    Rows() = default;
    Rows(std::vector<OrderEdge> edges, uint32_t nodes);
    std::span<const OrderEdge> Of(uint32_t node) const {
      if (begin.empty()) return {};
      return std::span(edges).subspan(begin[node], begin[node + 1] - begin[node]);
    }
    std::vector<OrderEdge> edges;  // by source
    std::vector<uint32_t> begin;
  };

  const OrderEdge& Out(uint32_t node, uint32_t i) const {
    const auto certain = certain_.Of(node);
    return i < certain.size() ? certain[i] : chosen_.Of(node)[i - certain.size()];
  }
  uint32_t OutDegree(uint32_t node) const {
    return static_cast<uint32_t>(certain_.Of(node).size() + chosen_.Of(node).size());
  }

  const uint32_t nodes_;
  Rows certain_, chosen_;
  // Of CycleThrough, kept so that a search costs no more than what it looks at.
  struct Reached {
    uint32_t round = 0, choices = 0;
    OrderEdge via;
  };
  mutable std::vector<Reached> reached_;
  mutable uint32_t round_ = 0;
};

}  // namespace cleave
