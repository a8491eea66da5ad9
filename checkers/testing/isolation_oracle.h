// Brute force for isolation levels: the axioms as Biswas & Enea write them ("On the complexity of
// checking transactional consistency", OOPSLA 2019), tried on every total order of the
// transactions. Only for tests, on histories of five or six transactions.
#pragma once

#include <string>

#include "checkers/transactions/isolation_history.h"

namespace cleave {

enum class IsolationAxiom : uint8_t {
  kReadCommitted,
  kReadAtomic,
  kCausal,
  kPrefix,
  kSnapshotIsolation,
  kSerializable,
};

/// Whether an order of commits exists that extends session order, reads and the known orders of
/// versions, and satisfies the level. O(n! · n^4).
bool OracleIsolation(const IsolationHistory& history, IsolationAxiom level);

/// What was read and written, and what is known of the order of versions, a transaction a line.
std::string IsolationText(const IsolationHistory& history);

}  // namespace cleave
