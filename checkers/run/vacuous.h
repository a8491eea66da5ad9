// The guard against runs that pass although nothing happened.
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// kVacuous where fewer than ten operations were ok, where a function that was called was never ok,
/// where nothing was read (by a read, a get or in a transaction), or where a requested fault was
/// never proven: no window of it that took effect, without an error, while operations were called
/// and answered. O(operations).
CheckResult CheckVacuous(const History& history, const CheckOptions& options);

}  // namespace cleave
