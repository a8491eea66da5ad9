// The model that a history from elsewhere is most likely meant to be checked against.
#pragma once

#include <string>

#include "harness/history/history.h"

namespace cleave {

/// The name of a checker that there is, or "" where functions and values suggest none.
/// O(operations, and micro-operations until one appends).
std::string GuessModel(const History& history);

}  // namespace cleave
