// What list-append transactions say before any graph is drawn: who appended what, who saw what,
// each key's version order, and the anomalies that are no cycles.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <string>
#include <vector>

#include "checkers/by_key.h"
#include "checkers/checker.h"
#include "checkers/deadline.h"

namespace cleave {

struct MicroOp {
  bool append;
  uint32_t key;   // dense, into AppendHistory::keys
  ValueId value;  // the element, or the list that was read; kNull is the empty list
};

struct Transaction {
  uint32_t operation;  // index into History::operations()
  Outcome outcome;
  uint32_t begin, end;  // into AppendHistory::mops
};

/// One append of one element.
struct Append {
  uint32_t transaction;
  uint32_t mop;
  uint32_t position;  // in the key's version order; UINT32_MAX: nobody saw it
};

/// Micro-operations on one name inside operations of different independent keys have nothing to do
/// with each other.
struct AppendKey {
  ValueId name;
  KeyId independent = kNoKey;
  ValueId longest = kNull;  // the longest list that was read: all others are to be prefixes of it
  uint32_t longest_reader = UINT32_MAX;
  bool ambiguous = false;  // an element was appended twice: nothing is inferred
};

class AppendHistory {
 public:
  /// Throws std::invalid_argument for what is no list-append transaction, and OutOfTime. The
  /// deadline is kept.
  AppendHistory(const History& history, Deadline* deadline);

  const History& history;
  std::vector<Transaction> transactions;
  std::vector<MicroOp> mops;
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

  /// Counts `steps` at a transaction; throws OutOfTime.
  void Step(uint64_t steps, uint32_t transaction) const;

 private:
  void Take(uint32_t operation);
  uint32_t Key(KeyId independent, ValueId name);
  void AddAppend(uint32_t transaction, uint32_t mop);

  Deadline* deadline_;
  boost::unordered_flat_map<uint64_t, uint32_t> key_of_name_;  // (independent key, name)
  boost::unordered_flat_map<uint64_t, Append> appends_;        // (key, element)
};

/// Reports the anomalies that are no cycles into `result` and fixes the version orders.
/// Returns false where they make the version orders, and so cycles, meaningless.
bool CheckObservations(AppendHistory* appends, const CheckOptions& options, CheckResult* result);

/// "process 3's transaction [[…]] (event 7)".
std::string TransactionName(const AppendHistory& appends, uint32_t transaction);

}  // namespace cleave
