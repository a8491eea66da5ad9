// The few operations that show an anomaly, as a history of their own.
#pragma once

#include <string>

#include "checkers/checker.h"

namespace cleave {

/// The operations that `anomaly`, which `checker` found in `history` under `options`, cites, as
/// JSON Lines.
///
/// Of transactions (append, rw-register) as few as possible in which the same checker finds an
/// anomaly of the same name: none of them can be left out alone, unless the time of a few seconds
/// was too short. With a transaction goes what it wrote: its elements in the lists of others, and
/// reads of registers that returned its values. A history that a model explains stays one without
/// them, so what is wrong with the rest was wrong with the whole. What nobody wrote stays. Who goes
/// on behind a transaction of unknown outcome has a process of its own.
std::string MinimalHistory(const History& history, const std::string& checker,
                           const Anomaly& anomaly, const CheckOptions& options);

}  // namespace cleave
