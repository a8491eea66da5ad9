// A service that hands out identifiers, which must never come twice.
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// Invalid where two ok `generate` of a key returned the same value; unknown where none returned
/// one. Exact. O(operations + values).
CheckResult CheckUniqueIds(const History& history, const CheckOptions& options);

}  // namespace cleave
