// The certain part of the graph in which isolation_order.h looks for cycles.
//
// A transaction is one node, or, under snapshot isolation and prefix consistency, two: its begin
// and its commit. Behind them the helpers: moments in real time, and each key's first chain's end,
// so that "all of these before all of those" takes a sum of edges and not a product.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <utility>
#include <vector>

#include "checkers/no_index.h"
#include "checkers/transactions/isolation_order.h"
#include "checkers/transactions/order_graph.h"
#include "checkers/transactions/version_chains.h"

namespace cleave {

class CertainEdges {
 public:
  /// All three outlive it.
  CertainEdges(const IsolationHistory& history, const VersionChains& chains,
               const IsolationLevel& level);

  /// All that is certain: sessions, real time, assumptions, reads, and what replaces what inside
  /// chains and behind a key's first. Once. O(transactions log transactions + micro-operations +
  /// assumed orders).
  std::vector<OrderEdge> Build();
  /// Version `v` is replaced by one of `writer`'s: its owner and its readers come before.
  void Replaces(uint32_t v, uint32_t writer, int32_t choice);
  /// The edges since Build.
  std::vector<OrderEdge> Take() { return std::exchange(edges_, {}); }
  /// The rw since they were last taken: only under parallel snapshot isolation are they apart from
  /// the others.
  std::vector<OrderEdge> TakeRw() { return std::exchange(rw_, {}); }

  uint32_t nodes() const { return helpers_; }
  /// An assumed order that cannot be: something before the first version. nullptr: there is none.
  const AssumedOrder* Impossible() const {
    return impossible_ == kNone ? nullptr : &assumed_[impossible_];
  }
  /// What an edge may rest on; nullptr: nothing but what was seen.
  const AssumedOrder* AssumedOf(const OrderEdge& e) const {
    const auto place = assumed_of_.find(uint64_t{e.from} << 32 | e.to);
    return place == assumed_of_.end() ? nullptr : &assumed_[place->second];
  }

  uint32_t Begin(uint32_t t) const { return t * width_; }
  uint32_t Commit(uint32_t t) const { return t * width_ + width_ - 1; }
  /// Whose first chain a helper ends; kNone for other nodes.
  uint32_t FirstChainOf(uint32_t node) const {
    return node < first_end_ ? kNone : keys_of_ends_[node - first_end_];
  }
  /// kNone for a helper.
  uint32_t TransactionOf(uint32_t node) const {
    return node < transactions_ * width_ ? node / width_ : kNone;
  }

 private:
  /// What the commit of a version comes before, if `writer` replaces it: under snapshot isolation
  /// two that write one key do not overlap.
  uint32_t ReplacedAt(uint32_t writer) const {
    return level_.kind == IsolationLevel::Kind::kPrefix ? Commit(writer) : Begin(writer);
  }
  void Add(uint32_t from, uint32_t to, int32_t choice = 0) { edges_.push_back({from, to, choice}); }
  void AddRw(uint32_t reader, uint32_t to, int32_t choice = 0) {
    auto& edges = level_.kind == IsolationLevel::Kind::kParallelSnapshot ? rw_ : edges_;
    edges.push_back({Begin(reader), to, choice});
  }
  void Follows(uint32_t before, uint32_t after) {
    if (before != IsolationHistory::kInitial && before != after) Add(Commit(before), Begin(after));
  }
  void Sessions();
  void RealTime();
  void Assume();
  void FirstChain(uint32_t k);

  const IsolationHistory& h_;
  const VersionChains& chains_;
  const IsolationLevel& level_;
  uint32_t transactions_, width_, helpers_, first_end_ = UINT32_MAX;
  std::vector<uint32_t> keys_of_ends_;
  std::vector<AssumedOrder> assumed_;
  boost::unordered_flat_map<uint64_t, uint32_t> assumed_of_;  // (node, node) → into assumed_
  uint32_t impossible_ = kNone;                               // into assumed_
  std::vector<OrderEdge> edges_, rw_;
};

}  // namespace cleave
