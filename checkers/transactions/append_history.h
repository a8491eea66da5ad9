// What list-append transactions say before any graph is drawn: who appended what, who saw what,
// each key's version order, and the anomalies that are no cycles.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <string>
#include <vector>

#include "checkers/checker.h"
#include "checkers/transactions/model_verdict.h"
#include "checkers/transactions/transaction_columns.h"

namespace cleave {

/// One append of one element.
struct Append {
  uint32_t transaction;
  uint32_t mop;
  uint32_t position;  // in the key's version order; UINT32_MAX: nobody saw it
};

/// What is known of a key's versions.
struct AppendKey {
  ValueId longest = kNull;  // the longest list that was read: all others are to be prefixes of it
  uint32_t longest_reader = UINT32_MAX;
  bool ambiguous = false;   // nothing is inferred: an element was appended twice, or…
  bool disordered = false;  // …no order of versions explains what was read
};

class AppendHistory : public TransactionColumns {
 public:
  /// Throws as TransactionColumns.
  AppendHistory(const History& history, Deadline* deadline);

  std::vector<AppendKey> keys;

  /// The append of an element that did not certainly fail, else one that did; nullptr if none.
  Append* Find(uint32_t key, ValueId element);
  const Append* Find(uint32_t key, ValueId element) const;
  std::span<const ValueId> Elements(ValueId list) const {
    if (list == kNull) return {};
    return history.values().Elements(list);
  }
  size_t appends() const { return appends_.size(); }
  /// Whether a transaction happened: ok, or info and seen.
  bool Happened(uint32_t transaction) const { return happened[transaction]; }
  std::vector<bool> happened;

 private:
  void AddAppend(uint32_t transaction, uint32_t mop);

  boost::unordered_flat_map<uint64_t, Append> appends_;  // (key, element)
};

/// Reports the anomalies that are no cycles and fixes the version orders. Keys whose lists
/// contradict each other become ambiguous. Throws OutOfTime.
void CheckObservations(AppendHistory* appends, ModelVerdict* verdict);

/// Reports updates that were lost: transactions that read a list and appended to it behind an
/// append that they had not seen. Each is a cycle of ww and rw on one key. O(micro-operations).
void CheckUpdates(const AppendHistory& appends, ModelVerdict* verdict);

}  // namespace cleave
