// Whether list-append transactions can be put in one order, and which of them are in the way. No
// edge is stored: dependencies lead from versions to the next ones and to their readers.
#pragma once

#include <vector>

#include "checkers/transactions/append_history.h"
#include "checkers/transactions/order_graph.h"

namespace cleave {

/// Nodes are the transactions, and behind them one for each key with appends that nobody saw: its
/// readers of the whole list come before it, and it before them.
class AppendOrder {
 public:
  /// From a history whose observations were checked, and which must outlive it. Throws OutOfTime.
  /// O(micro-operations + events).
  explicit AppendOrder(const AppendHistory& appends);

  /// The nodes that remain where dependencies and real time together have a cycle, in order: those
  /// on cycles and what follows them.
  const std::vector<uint32_t>& stuck() const { return stuck_; }
  /// Those of them that lie on cycles, in order. O(what lies between the ends of a cycle).
  std::vector<uint32_t> OnCycles() const;

  bool IsTransaction(uint32_t node) const { return node < a_.transactions.size(); }
  /// The key of a node that is no transaction, and whether the whole list was read by one that is
  /// not among those behind it.
  uint32_t KeyOf(uint32_t node) const { return ends_[node - a_.transactions.size()].key; }
  bool IsRead(uint32_t node) const;

  /// The most that an AppendOrder takes, in bytes.
  static uint64_t Memory(const AppendHistory& appends);

 private:
  struct Unseen {
    uint32_t transaction = UINT32_MAX, mop = UINT32_MAX;
  };
  /// Appends to a key that nobody saw. Two transactions of them, where there are such, come before
  /// the others: one that read the whole list, and the one that made the last element.
  struct End {
    uint32_t key;
    uint32_t begin, end;  // into unseen_
    Unseen reader, writer;
    bool Leads(uint32_t t) const { return t == reader.transaction || t == writer.transaction; }
    bool Leads(Unseen u) const { return u.mop == reader.mop || u.mop == writer.mop; }
  };

  /// An event: a transaction is called, or returns.
  struct Moment {
    uint32_t ret : 1;
    uint32_t transaction : 31;  // kNoTransaction: something else
  };
  static constexpr uint32_t kNoTransaction = INT32_MAX;

  class Sorting;

  void FindReaders();
  void FindEnds();
  void AddEnd(uint32_t key, size_t begin);
  void CountEdges(const End& end);
  void Sort();
  std::span<const Unseen> UnseenOf(const End& end) const {
    return std::span(unseen_).subspan(end.begin, end.end - end.begin);
  }
  BigVector<Moment> Moments() const;
  /// Whether a dependency of one transaction on another, if there is any, is still to be counted.
  bool Precedes(uint32_t from, uint32_t to) const {
    return from != UINT32_MAX && from != to && !done_[from];
  }
  /// Calls `visit` with each node that a dependency leads to, as often as there is one.
  template <class Visit>
  void ForEachOut(uint32_t node, const Visit& visit) const;
  template <class Visit>
  void ForEachOutOfEnd(const End& end, const Visit& visit) const;
  template <class Visit>
  void VisitNext(uint32_t t, uint32_t version, const Visit& visit) const;
  size_t nodes() const { return a_.transactions.size() + ends_.size(); }
  std::span<const uint32_t> ReadersOf(uint32_t version) const {
    return std::span(readers_).subspan(readers_begin_[version],
                                       readers_begin_[version + 1] - readers_begin_[version]);
  }

  const AppendHistory& a_;
  const std::vector<bool> done_;  // transactions before the first that could not be replayed
  size_t left_ = 0;               // all others; if none, nothing below is known
  /// By version: as the history's; behind the last one of a key its end, as a node.
  BigVector<uint32_t> writer_;
  BigVector<uint32_t> readers_begin_, readers_;  // transactions, by version
  BigVector<uint32_t> indegree_;                 // by node, until they are sorted
  std::vector<Unseen> unseen_;                   // one for each transaction and key
  std::vector<End> ends_;
  std::vector<uint32_t> end_of_key_;
  std::vector<uint32_t> stuck_, circular_;  // circular: all that lies on cycles, and some more
};

}  // namespace cleave
