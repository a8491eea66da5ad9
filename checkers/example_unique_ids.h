// The example of checkers/README.md.
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// Invalid where two ok operations returned the same value; unknown where none returned.
/// O(operations).
CheckResult CheckUniqueIds(const History& history, const CheckOptions& options);

}  // namespace cleave
