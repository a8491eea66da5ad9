// What transactions over registers say before any order is looked for: who wrote which value, who
// read it, and the anomalies that need no graph.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <vector>

#include "checkers/checker.h"
#include "checkers/transactions/transaction_columns.h"

namespace cleave {

/// A value of a key is written once by those that did not certainly fail; where two do, nothing is
/// inferred from the key.
class RegisterHistory : public TransactionColumns {
 public:
  struct Write {
    uint32_t transaction, mop;
  };
  /// Throws as TransactionColumns.
  RegisterHistory(const History& history, Deadline* deadline);

  /// The write of a value that did not certainly fail, else one that did; nullptr if none.
  const Write* Find(uint32_t key, ValueId value) const;
  /// Whether a transaction happened: ok, or of unknown outcome and one of its writes was read.
  bool Happened(uint32_t transaction) const { return happened_[transaction]; }
  /// By key: a value was written twice.
  const std::vector<bool>& ambiguous() const { return ambiguous_; }
  size_t writes() const { return writes_.size(); }

 private:
  void AddWrite(uint32_t transaction, uint32_t mop);
  void FindHappened();

  boost::unordered_flat_map<uint64_t, Write> writes_;  // (key, value)
  std::vector<bool> happened_, ambiguous_;
};

/// Reports the anomalies that are no cycles: G1a, G1b, internal, unwritten, lost-update. Returns
/// false where reads without one writer make orders meaningless.
bool CheckObservations(const RegisterHistory& registers, const CheckOptions& options,
                       CheckResult* result);

}  // namespace cleave
