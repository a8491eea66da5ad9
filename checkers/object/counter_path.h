// Linearizability of a counter that always moves by the same amount: exact, with crashed adds.
// Slots: the k-th add lies at or after the latest call of a read of less than k, and at or before
// the earliest return of a read of k or more. Both bounds grow with k, so the history is
// linearizable exactly if the adds can be put into slots whose windows they meet, all completed
// ones and without a hole below the greatest read.
#pragma once

#include "checkers/object/fast_path.h"

namespace cleave {

/// Functions add(n), inc and increment (1), dec and decrement (-1), and read → integer; 0 at first.
/// Not applicable where adds differ in amount (0 aside), and to other functions, answers and
/// failures. O(n) but for the inverse of Ackermann's function.
/// Anomalies: unexpected (never the count), stale-read. Thread-safe.
FastResult CheckCounterPath(const ObjectHistory& object, std::vector<uint32_t>* order = nullptr);

}  // namespace cleave
