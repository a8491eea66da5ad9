// Whether list-append transactions can be done one after the other, each as soon as its keys are as
// it saw them: what a history mostly is, valid, needs neither edges nor lists of readers.
#pragma once

#include "checkers/transactions/append_history.h"

namespace cleave {

/// Of a history whose observations were checked. True: they can, so dependencies and real time have
/// no cycle. False: they have one, or some transaction contradicts itself, or this was about to
/// take too long. Throws OutOfTime. O(micro-operations + events), and the logarithm of how many
/// wait at a time for each that does.
bool CanReplay(const AppendHistory& appends);

}  // namespace cleave
