// The example of checkers/README.md.
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// Invalid where an ok operation returned something else than it was asked with; unknown where none
/// returned. O(operations).
CheckResult CheckEcho(const History& history, const CheckOptions& options);

}  // namespace cleave
