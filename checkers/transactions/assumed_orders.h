// What a history says of the order of each key's versions if Elle's options for registers are
// assumed: wfr-keys, sequential-keys, linearizable-keys (Kingsbury & Alvaro, VLDB 2020).
//
// Between transactions these are Elle's; what one transaction reads of a key, and then writes to
// it, is in order as well where a key is sequential or linearizable: a process does nothing in
// another order than its program's.
#pragma once

#include <cstdint>
#include <vector>

#include "checkers/transactions/isolation_history.h"

namespace cleave {

/// The version of `key` that `before` wrote comes before the one that `after` wrote: for `from` met
/// that one last (read or wrote it) before `to` met this one first.
struct AssumedOrder {
  enum class Source : uint8_t { kTransaction, kProcess, kRealTime };
  uint32_t key;
  /// Numbers of the IsolationHistory. `before` is never IsolationHistory::kInitial; `after` may be,
  /// and then the assumption does not hold.
  uint32_t before, after;
  uint32_t from, to;  // the same one for kTransaction
  Source source;
};

/// All that history.assumptions say, but for what follows from others of them; each pair of
/// versions once. O(n log n + n·c) for n micro-operations, with c transactions open at once on one
/// key (after Elle's reduction of real time).
std::vector<AssumedOrder> AssumedOrders(const IsolationHistory& history);

/// For each key whose assumed orders contradict each other (Elle's cyclic-versions), a circle of
/// them, as short as a bounded search finds. One that says that something precedes the first
/// version is a circle by itself. O(orders · log orders).
std::vector<std::vector<AssumedOrder>> CyclicVersions(const std::vector<AssumedOrder>& orders);

/// How many neighbours in the order of versions are certain by themselves: because one was read by
/// whoever wrote the other, or by what is assumed. The rest is found by trying.
struct InferenceCoverage {
  uint64_t ordered = 0;
  uint64_t pairs = 0;  // one less than the versions that were written, for each key
};
/// Of an order that fits what is known, by calls where nothing is. O(n log n).
InferenceCoverage CoverageOf(const IsolationHistory& history,
                             const std::vector<AssumedOrder>& orders);

}  // namespace cleave
