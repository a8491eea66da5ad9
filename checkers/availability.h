// How long the store did not answer: per node, and for each fault what it did to each node.
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// Always valid: figures for the report. For each fault and node: the time from the fault to the
/// first operation on the node that was not ok, and from the heal to the first ok operation called
/// after it; for each node and in all: the longest time without an ok. Milliseconds. O(operations +
/// faults × nodes) beside a sort of the completions by time.
CheckResult CheckAvailability(const History& history, const CheckOptions& options);

}  // namespace cleave
