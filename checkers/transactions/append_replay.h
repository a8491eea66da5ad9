// Whether list-append transactions can be done one after the other, each as soon as its keys are as
// it saw them: what a history mostly is, valid, needs neither edges nor lists of readers.
#pragma once

#include "checkers/transactions/append_history.h"

namespace cleave {

/// By transaction: whether it was done, after all that dependencies and real time put before it.
/// The others, if any, are on cycles or behind them, but for those that contradict themselves, and
/// where this would have taken too long. Of a history whose observations were checked. Throws
/// OutOfTime. O(micro-operations), and for each that must wait the logarithm of how many do.
std::vector<bool> Replay(const AppendHistory& appends);

}  // namespace cleave
