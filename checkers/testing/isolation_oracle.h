// Brute force for isolation levels: the axioms as Biswas & Enea write them ("On the complexity of
// checking transactional consistency", OOPSLA 2019), tried on every total order of the
// transactions; and parallel snapshot isolation by those of Cerone, Bernardi & Gotsman ("A
// framework for transactional consistency models with atomic visibility", CONCUR 2015). Only for
// tests, on histories of five or six transactions.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "checkers/transactions/isolation_history.h"

namespace cleave {

enum class IsolationAxiom : uint8_t {
  kReadCommitted,
  kReadAtomic,
  kCausal,
  kPrefix,
  kParallelSnapshotIsolation,
  kSnapshotIsolation,
  kSerializable,
};

/// Whether an order of commits exists that extends session order (without `sessions` each
/// transaction has one of its own), reads, and the known and assumed orders of versions, and
/// satisfies the level. O(n! · n^4).
bool OracleIsolation(const IsolationHistory& history, IsolationAxiom level, bool sessions);

/// Whether `allowed` says so of some order of each key's versions, by key the transactions that
/// wrote it, which extends the known and assumed ones. O(n!^keys).
using VersionOrders = std::vector<std::vector<uint32_t>>;
bool OracleSomeVersions(const IsolationHistory& history,
                        const std::function<bool(const VersionOrders&)>& allowed);
/// The same of parallel snapshot isolation, by its cycles (Cerone & Gotsman, JACM 2018): none of
/// wr, ww and sessions, and none of these and one rw.
bool OracleParallelSnapshot(const IsolationHistory& history, bool sessions);

/// What history.assumptions say of a key's versions: that of one writer precedes that of the other.
struct AssumedPair {
  uint32_t key, before, after;
};
/// From all pairs of what is read and written, those that need no other ones included.
std::vector<AssumedPair> OracleAssumptions(const IsolationHistory& history);
/// Whether versions have such an order where their writers commit as `place` tells by transaction.
bool InAssumedOrder(const std::vector<AssumedPair>& pairs, const std::vector<uint32_t>& place);

/// What was read and written, and what is known of the order of versions, a transaction a line.
std::string IsolationText(const IsolationHistory& history);

}  // namespace cleave
