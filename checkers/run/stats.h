// How many operations of each function ended how, and how long they took.
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// Valid unless nothing at all was ok, or a function was called and never once ok: then unknown, as
/// nothing was tested. A cas is excepted: it may never meet the value that it expects. O(n).
CheckResult CheckStats(const History& history, const CheckOptions& options);

}  // namespace cleave
