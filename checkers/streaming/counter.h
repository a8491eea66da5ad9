// A counter: numbers are added, negative ones too, and reads return the sum so far.
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// Each ok read of a key lies between the least and the greatest sum that real time allows: adds
/// acknowledged before its call count, adds called before its return may count, crashed ones
/// forever. Jepsen's counter, with decrements. Exact for a single read where amounts are 1 and -1;
/// otherwise a necessary condition. Unknown without a read. O(events).
CheckResult CheckCounter(const History& history, const CheckOptions& options);

}  // namespace cleave
