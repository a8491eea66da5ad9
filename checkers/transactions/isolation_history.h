// Transactions as isolation levels see them: who read whose version of a key, who wrote one, and
// what is known of the order of versions. The same for registers and lists, so that each level is
// decided in one place.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checkers/transactions/append_history.h"
#include "checkers/transactions/register_history.h"

namespace cleave {

/// A read of what another transaction wrote: none of the reader's own writes to the key come before
/// it.
struct ExternalRead {
  uint32_t key;
  uint32_t writer;  // IsolationHistory::kInitial: the key as it was at first
};

struct IsolationTransaction {
  uint32_t transaction = UINT32_MAX;  // index into TransactionColumns::transactions
  /// Dense; a process is a session, whose transactions follow each other. One of unknown outcome
  /// is its last, since it may take effect later: what goes on under that process's number is
  /// another client.
  uint32_t session = 0;
  Position call = 0, ret = 0;  // kNever: of unknown outcome, and seen
  uint32_t reads_begin = 0, reads_end = 0, writes_begin = 0, writes_end = 0;
};

/// What is assumed of the order of a key's versions, by Elle's options for registers. A transaction
/// meets the versions that it reads from others, in the order of the program, and behind them the
/// one that it writes.
struct KeyAssumptions {
  bool wfr = false;           // whoever reads a version and writes the key writes a later one
  bool sequential = false;    // no process, in its order, meets an older version than before
  bool linearizable = false;  // nobody meets an older version than who returned before his call
};

struct IsolationHistory {
  /// The transaction that wrote the first version of every key, and precedes all others.
  static constexpr uint32_t kInitial = 0;

  /// Of those that happened, in call order behind kInitial.
  std::vector<IsolationTransaction> transactions;
  std::vector<ExternalRead> reads;  // in the order of the program, grouped by transaction
  std::vector<uint32_t> writes;     // keys, each once and in order, grouped by transaction
  size_t keys = 0, sessions = 0;
  /// False: calls and returns say nothing between sessions (see History::real_time).
  bool real_time = true;
  KeyAssumptions assumptions;
  /// By key: writers whose versions follow each other in this order. Lists show it, registers do
  /// not. All other writers of the key come after the last of them.
  std::vector<std::vector<uint32_t>> known_order;

  std::span<const ExternalRead> ReadsOf(uint32_t t) const {
    const IsolationTransaction& txn = transactions[t];
    return std::span(reads).subspan(txn.reads_begin, txn.reads_end - txn.reads_begin);
  }
  std::span<const uint32_t> WritesOf(uint32_t t) const {
    const IsolationTransaction& txn = transactions[t];
    return std::span(writes).subspan(txn.writes_begin, txn.writes_end - txn.writes_begin);
  }
};

/// From histories whose observations were checked and found without an anomaly that makes them
/// meaningless (see CheckObservations): every read has one writer. O(micro-operations).
IsolationHistory MakeIsolationHistory(const AppendHistory& appends);
IsolationHistory MakeIsolationHistory(const RegisterHistory& registers);

}  // namespace cleave
