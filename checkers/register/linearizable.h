// Linearizability of registers with read, write and cas, key by key (a history is linearizable
// exactly if each object's part is: Herlihy & Wing 1990; Horn & Kroening, "Faster linearizability
// checking via P-compositionality", 2015).
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// Exact. O(n log n) on a key whose written values are unique, otherwise the frontier, within the
/// bounds of `options`. Two threads share the keys; the result does not depend on their timing
/// unless a bound was reached.
CheckResult CheckLinearizable(const History& history, const CheckOptions& options);

}  // namespace cleave
