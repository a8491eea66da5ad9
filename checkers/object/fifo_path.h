// Linearizability of a first-in-first-out queue whose values are unique: exact, with crashed
// enqueues and dequeues and with answers "empty". Sweeps in order of time, after Henzinger, Sezgin
// & Vafeiadis, "Aspect-oriented linearizability proofs", CONCUR 2013: no value comes from nowhere,
// twice or too early, no value overtakes another, and no answer "empty" lies within the certain
// stays of values.
#pragma once

#include "checkers/object/fast_path.h"

namespace cleave {

/// Functions enqueue(v) and dequeue() → v, or null where the queue was empty; it is empty at first.
/// Not applicable where values repeat or are null, and to other functions and failures. O(n).
/// Anomalies: unexpected, duplicated, future, reordered, lost, not-empty. Thread-safe.
FastResult CheckFifoPath(const ObjectHistory& object, std::vector<uint32_t>* order = nullptr);

}  // namespace cleave
