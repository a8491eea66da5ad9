// The faults there are.
#pragma once

#include <span>
#include <string_view>

#include "harness/run/fault.h"

namespace cleave {

/// Every fault, in the order in which they are listed and healed.
std::span<const FaultInfo> Faults();
/// nullptr: there is none of this name.
const FaultInfo* FindFault(std::string_view name);

}  // namespace cleave
