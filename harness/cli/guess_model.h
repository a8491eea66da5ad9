// The model that a history from elsewhere is most likely meant to be checked against.
#pragma once

#include <string>

#include "harness/history/history.h"

namespace cleave {

/// The name of a checker that there is, or "" where the functions suggest none. O(operations) at
/// most; it stops at the first operation that tells.
std::string GuessModel(const History& history);

}  // namespace cleave
