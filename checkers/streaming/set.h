// A grow-only set: add one element, read them all. What Jepsen's set-full asks, its duplicates
// counted, and then linearizability itself: the reads must form a chain of growing sets that real
// time respects.
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// An element is known from its acknowledgement or from the first read that showed it.
/// Invalid on: lost (known, missing in a later read and in all after it), stale (known, missing in
/// a later read, there again), unexpected (read, though no add of it can have happened), duplicated
/// (twice in one read), incomparable reads and reordered adds. Unknown when no read completed or
/// a bound of `options` was reached. O(elements of all reads), beside a sort of the reads.
CheckResult CheckSet(const History& history, const CheckOptions& options);

}  // namespace cleave
