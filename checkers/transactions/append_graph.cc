// See append_graph.h.
#include "checkers/transactions/append_graph.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>

#include "checkers/no_index.h"

namespace cleave {
namespace {

class AppendGraphBuilder {
 public:
  AppendGraphBuilder(const AppendHistory& appends, const AppendOrder& order,
                     const std::vector<uint32_t>& nodes)
      : a_(appends),
        number_(appends.transactions.size(), kNone),
        end_(appends.keys.size(), kNone),
        touched_(appends.keys.size(), false) {
    for (uint32_t i = 0; i < nodes.size(); ++i) {
      transactions_.push_back(nodes[i]);
      if (order.IsTransaction(nodes[i])) {
        number_[nodes[i]] = i;
        first_ = std::min(first_, nodes[i]);
        behind_ = std::max(behind_, nodes[i] + 1);
        const Operation& op = a_.OperationOf(nodes[i]);
        nodes_.push_back({op.call, op.ret});
        for (const MicroOp& m : a_.MopsOf(nodes[i])) touched_[m.key] = !a_.keys[m.key].ambiguous;
      } else {
        end_[order.KeyOf(nodes[i])] = i;
        nodes_.push_back({0, kNever});
      }
    }
  }

  AppendGraph Build() {
    VersionEdges();
    Unseen();
    ReadEdges();
    std::vector<std::vector<uint32_t>> unordered;
    for (uint32_t k = 0; k < a_.keys.size(); ++k) {
      std::vector<uint32_t> rest = EndEdges(k);
      if (rest.size() > 1) unordered.push_back(std::move(rest));
    }
    return {TransactionGraph(std::move(nodes_), std::move(edges_)), std::move(transactions_),
            ProcessEdges(), std::move(unordered)};
  }

 private:
  /// Between transactions, where both are nodes.
  void Add(Edge e) {
    e.from = number_[e.from];
    e.to = number_[e.to];
    AddNumbered(e);
  }
  void AddNumbered(const Edge& e) {
    if (e.from != kNone && e.to != kNone) edges_.push_back(e);
  }

  /// The transaction of an element in a version order; kNone where there is no committed one.
  uint32_t Writer(uint32_t key, ValueId element) const {
    const Append* append = a_.Find(key, element);
    if (append == nullptr || !a_.Happened(append->transaction)) return kNone;
    return append->transaction;
  }

  struct Version {
    uint32_t writer = kNone;
    ValueId element = kNoValue;
  };
  /// The nearest committed version at `place` or before it, or behind it. Elements of others are in
  /// a list only where something is wrong with it already.
  Version Before(uint32_t key, std::span<const ValueId> list, size_t place) const {
    for (size_t p = std::min(place + 1, list.size()); p-- > 0;) {
      const uint32_t writer = Writer(key, list[p]);
      if (writer != kNone) return {writer, list[p]};
      a_.Step(1, a_.keys[key].longest_reader);
    }
    return {};
  }
  Version Behind(uint32_t key, std::span<const ValueId> list, size_t place) const {
    for (size_t p = place; p < list.size(); ++p) {
      const uint32_t writer = Writer(key, list[p]);
      if (writer != kNone) return {writer, list[p]};
      a_.Step(1, a_.keys[key].longest_reader);
    }
    return {};
  }

  void VersionEdges() {
    for (uint32_t k = 0; k < a_.keys.size(); ++k) {
      if (!touched_[k]) continue;
      a_.Step(a_.keys[k].versions, a_.keys[k].longest_reader);
      Version last;
      for (const ValueId element : a_.Elements(a_.keys[k].longest)) {
        const uint32_t writer = Writer(k, element);
        if (writer == kNone) continue;
        if (last.writer != kNone) {
          Add({last.writer, writer, EdgeType::kWw, a_.names[k].name, last.element, element});
        }
        last = {writer, element};
      }
    }
  }

  /// Appends that happened and that nobody saw come after every one that was seen.
  void Unseen() {
    unseen_.resize(a_.keys.size());
    for (uint32_t t = 0; t < a_.transactions.size(); ++t) {
      if (!a_.Happened(t)) continue;
      for (const MicroOp& m : a_.MopsOf(t)) {
        if (!m.write || !touched_[m.key]) continue;
        if (a_.Find(m.key, m.value)->position != kNone) continue;
        a_.Step(1, t);
        auto& unseen = unseen_[m.key];
        if (!unseen.empty() && unseen.back().writer == t) continue;
        unseen.push_back({t, m.value});
        const auto order = a_.Elements(a_.keys[m.key].longest);
        const Version last = Before(m.key, order, order.size());
        if (last.writer == kNone) continue;
        Add({last.writer, t, EdgeType::kWw, a_.names[m.key].name, last.element, m.value});
      }
    }
  }

  void ReadEdges() {
    readers_.resize(a_.keys.size());
    for (uint32_t t = 0; t < a_.transactions.size(); ++t) {
      if (a_.transactions[t].outcome != Outcome::kOk) continue;
      for (const MicroOp& m : a_.MopsOf(t)) {
        if (!m.write && touched_[m.key]) Read(t, m);
      }
    }
  }

  void Read(uint32_t t, const MicroOp& m) {
    a_.Step(1, t);
    const auto seen = a_.Elements(m.value);
    const auto order = a_.Elements(a_.keys[m.key].longest);
    const ValueId name = a_.names[m.key].name;
    const Version from = Before(m.key, seen, seen.size());
    if (from.writer != kNone) Add({from.writer, t, EdgeType::kWr, name, from.element, kNoValue});
    const Version next = Behind(m.key, order, seen.size());
    if (next.writer != kNone) {
      Add({t, next.writer, EdgeType::kRw, name, m.value, next.element});
    } else if (readers_[m.key].empty() || readers_[m.key].back() != t) {
      readers_[m.key].push_back(t);
    }
  }

  /// Each reader of a whole list precedes each unseen append. Where one transaction is both, its
  /// own append is the first of them, or there is a cycle of the two anyway: the readers precede
  /// it, and it the others. Of two such each precedes the other; more of them add nothing.
  /// Otherwise the edges go through the key's end: readers + appends, not their product.
  /// Returns whose appends are in no known order.
  std::vector<uint32_t> EndEdges(uint32_t k) {
    const auto& unseen = unseen_[k];
    std::vector<uint32_t> rest;
    std::vector<Version> both;
    size_t r = 0;  // both lists are in call order
    for (const Version& u : unseen) {
      while (r < readers_[k].size() && readers_[k][r] < u.writer) ++r;
      if (r < readers_[k].size() && readers_[k][r] == u.writer) {
        both.push_back(u);
      } else {
        if (number_[u.writer] != kNone) rest.push_back(number_[u.writer]);
      }
    }
    if (unseen.empty()) return rest;
    const ValueId name = a_.names[k].name, list = a_.keys[k].longest;
    both.resize(std::min<size_t>(both.size(), 2));
    for (const Version& b : both) {
      for (const uint32_t reader : readers_[k])
        Add({reader, b.writer, EdgeType::kRw, name, list, b.element});
      for (const Version& u : unseen)
        Add({b.writer, u.writer, EdgeType::kUpdate, name, list, u.element});
    }
    if (!both.empty() || readers_[k].empty()) return rest;
    for (const uint32_t reader : readers_[k])
      AddNumbered({number_[reader], end_[k], EdgeType::kRw, name, list, kNoValue});
    for (const Version& u : unseen)
      AddNumbered({end_[k], number_[u.writer], EdgeType::kThrough, name, list, u.element});
    return rest;
  }

  std::vector<Edge> ProcessEdges() {
    edges_.clear();
    boost::unordered_flat_map<int32_t, uint32_t> last;
    for (uint32_t t = first_; t < behind_; ++t) {
      const Outcome outcome = a_.transactions[t].outcome;
      if (outcome == Outcome::kFail) continue;
      const Operation& op = a_.OperationOf(t);
      const auto [it, fresh] = last.try_emplace(op.process, t);
      if (!fresh && a_.Happened(t) && a_.OperationOf(it->second).ret < op.call)
        Add({it->second, t, EdgeType::kProcess});
      it->second = t;
      if (outcome == Outcome::kInfo) last.erase(it);
    }
    return std::move(edges_);
  }

  const AppendHistory& a_;
  std::vector<uint32_t> number_, end_;   // nodes, by transaction and by key
  uint32_t first_ = kNone, behind_ = 0;  // between them all transactions that are nodes
  std::vector<bool> touched_;            // by key: a node says something of it
  std::vector<Node> nodes_;
  std::vector<uint32_t> transactions_;
  std::vector<Edge> edges_;
  std::vector<std::vector<Version>> unseen_;
  std::vector<std::vector<uint32_t>> readers_;  // of the whole list
};

}  // namespace

AppendGraph BuildAppendGraph(const AppendHistory& appends, const AppendOrder& order,
                             const std::vector<uint32_t>& nodes) {
  return AppendGraphBuilder(appends, order, nodes).Build();
}

}  // namespace cleave
