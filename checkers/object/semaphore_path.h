// Linearizability of a mutex, or a semaphore of several permits, whose processes release only what
// they hold: exact. An acquire may as well take effect when it returns, and a release when it is
// called: no order has less held at any moment. So it is enough to count.
#pragma once

#include "checkers/object/fast_path.h"

namespace cleave {

/// Functions acquire and release, one permit each; all are free at first. permits = 1 is a mutex
/// that is not reentrant. Crashed operations are exact where they are their process's last. Not
/// applicable where a process releases what it does not hold or acquires twice, and to other
/// functions, answers and failures, amounts included. O(n). Anomaly: held-by-too-many. Thread-safe.
FastResult CheckSemaphorePath(const ObjectHistory& object, uint32_t permits,
                              std::vector<uint32_t>* order = nullptr);

}  // namespace cleave
