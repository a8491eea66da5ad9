// Sequential order: one process writes subkeys in order, others read them in reverse.
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// `write` k inserts k's subkeys one after the other; `read` k asks for them from the last to the
/// first, each on its own, and returns [k, [subkey or null…]]. Once a later subkey is seen, the
/// earlier ones were there already. After CockroachDB's sequential test. Exact for that question.
/// Unknown where no read saw anything. O(elements of all reads).
CheckResult CheckSequential(const History& history, const CheckOptions& options);

}  // namespace cleave
