// What causal consistency forces of the order of commits: t2 before t1, where t3 reads a key from
// t1 that t2 wrote as well, and t2 happens before t3. See weak_levels.h.
#pragma once

#include "checkers/transactions/commit_order.h"

namespace cleave {

/// Forces them on `order`, which has been arranged: it tells in which order what happens before is
/// found, and whether with `sessions`, as `order` has them or not. Those that happen before t1
/// anyway are left out, and of a session only the latest is needed. Complexity as CheckWeakLevel.
/// Throws OutOfTime, and OutOfMemory where the clocks would take more than `memory` bytes.
void ForceCausalEdges(const IsolationHistory& history, bool sessions, Deadline* deadline,
                      uint64_t memory, CommitOrder* order);

}  // namespace cleave
