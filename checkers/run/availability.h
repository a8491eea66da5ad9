// How long the store did not answer: per node, and for each fault what it did to each node.
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// Always valid: figures for the report, in milliseconds. For each fault and node: the time from
/// the fault to the first operation on the node that was not ok, from the heal to the first ok
/// operation called after it, and the longest time without an ok between fault and heal; for each
/// node and in all: the longest time without an ok. A failure that tells what the state was
/// (mismatch, observed) is an answer and counts as ok. O(operations + answers in each fault) beside
/// a sort by time.
CheckResult CheckAvailability(const History& history, const CheckOptions& options);

}  // namespace cleave
