// The versions of all keys as numbers, in one pass over the lists and one over the transactions:
// what a history mostly is, valid, costs no more. Where anything may be wrong the key is marked.
#pragma once

#include "checkers/transactions/append_history.h"

namespace cleave {

/// Sets what is known of versions, positions and what happened, but for the keys that it marks as
/// suspect. All others have nothing to report but cycles. Returns whether some are. Throws
/// OutOfTime. O(elements of the longest lists + micro-operations).
bool NumberVersions(AppendHistory* appends);

/// The same for the suspect keys, whose positions are known by now.
void NumberSuspectVersions(AppendHistory* appends);

}  // namespace cleave
