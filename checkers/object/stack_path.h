// Linearizability of a stack whose values are unique: exact. Decrease and conquer, after Lee &
// Mathur, "Efficient Decrease-and-Conquer Linearizability Monitoring", OOPSLA 2025. Where no value
// is certainly inside, the history falls apart into two. Where it does not, some value lies at the
// bottom all the time: its push may come first and its pop last. Any such value may be taken away
// without changing the answer; where there is none, there is no linearization.
#pragma once

#include "checkers/object/fast_path.h"

namespace cleave {

/// Functions push(v) and pop() → v, or null where the stack was empty; it is empty at first. Not
/// applicable where values repeat or are null, to other functions and failures, and where a crashed
/// pop may have taken a completed value, unless there is a linearization without it.
/// O(n (log n + c²)) for concurrency c, O(n log n) in practice. Anomalies: unexpected, duplicated,
/// future, reordered, not-empty. Thread-safe.
FastResult CheckStackPath(const ObjectHistory& object, std::vector<uint32_t>* order = nullptr);

}  // namespace cleave
