// Whether a fault can be done with so many nodes, found out before anything starts: its Choose is
// asked on a cluster of names, on which nothing runs and nothing leads.
#pragma once

#include <optional>
#include <string>

#include "harness/run/fault.h"

namespace cleave {

/// Why Choose refuses these parameters on nodes n1 … n<nodes>, or nothing.
std::optional<std::string> Rehearse(const FaultInfo& fault, const Json& parameters, int nodes);

}  // namespace cleave
