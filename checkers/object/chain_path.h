// Linearizability of an append-only list, and of a set that only grows, whose elements are added
// once each and whose reads show everything: exact, with crashed adds. The reads form one chain, so
// the operations fall into layers: the adds that a read was the first to show, the reads that show
// the same, the next adds, …, and last the adds that nobody saw. Nothing may be called after an
// operation of a later layer has returned.
#pragma once

#include "checkers/object/fast_path.h"

namespace cleave {

/// Functions append(v) or add(v), and read → list, where null is an empty one; empty at first.
/// Adds have no order among them where all reads show them together, but in lists. Not applicable
/// where two operations add one element, and to other functions, answers and failures.
/// O(operations + elements of distinct reads). Anomalies: unexpected, duplicated,
/// incomparable-reads (of sets), incompatible-order (of lists), future-read, stale-read, lost,
/// reordered. Thread-safe.
FastResult CheckListPath(const ObjectHistory& object, std::vector<uint32_t>* order = nullptr);
/// The same for sets: the order of elements in a read says nothing. One read with an element twice
/// is an anomaly all the same.
FastResult CheckGrowSetPath(const ObjectHistory& object, std::vector<uint32_t>* order = nullptr);

}  // namespace cleave
