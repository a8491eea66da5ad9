// Read committed, read atomic and causal consistency where the order of versions is unknown, or
// known in part. Exact: a level holds iff an order of commits exists that has all its forced edges
// (Biswas & Enea, OOPSLA 2019); found as in AWDIT (Møldrup & Pavlogiannis, PLDI 2025).
//
// A transaction t3 that reads key x from t1 forces t2 before t1, for each other t2 that wrote x and
// that t3 saw. What a transaction sees is what the levels differ in:
//
//   read committed  those it read from earlier in its program
//   read atomic     those before it in its session, and those it reads from
//   causal          those that happen before it, by sessions and reads
//
// Those are the levels with sessions. Without, each transaction is a session of its own.
#pragma once

#include <vector>

#include "checkers/transactions/commit_order.h"

namespace cleave {

struct WeakLevel {
  /// Each holds wherever a later one does.
  enum class Kind : uint8_t { kReadCommitted, kReadAtomic, kCausal };
  Kind kind = Kind::kReadCommitted;
  bool sessions = true;  // a session's transactions commit in their order, and see those before
};

/// An edge of a cycle, and why it is one.
struct WeakStep {
  CommitEdge edge;
  /// For kForced: how edge.reader saw edge.from. One kRead edge (read committed), or one kRead or
  /// kSession edge (read atomic), or a path of them (causal).
  std::vector<CommitEdge> seen_by;
};

struct WeakVerdict {
  bool holds = true;
  /// Each transaction must commit before the next, and the last before the first: as short as a
  /// bounded search finds. Two versions of one key read by one transaction (a fractured read) are a
  /// cycle of two forced edges under read atomic.
  std::vector<WeakStep> cycle;
};

/// With n micro-operations and k sessions (and transactions of unknown outcome that their process
/// survived): O(n^1.5) for read committed and read atomic; O(n·k) for causal, times log n at worst
/// in search of older writes, with clocks of k words for the transactions that are still to be
/// read: without sessions k is the number of chains of writers who read from each other, up to n.
/// Throws OutOfTime, and OutOfMemory where the clocks would take more than `memory` bytes.
/// `far_ahead`: see CommitOrder; only tests have a reason to choose it.
WeakVerdict CheckWeakLevel(const IsolationHistory& history, WeakLevel level, Deadline* deadline,
                           uint64_t memory, uint32_t far_ahead = CommitOrder::kFarAhead);

}  // namespace cleave
