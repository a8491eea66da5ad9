// A space-time diagram of a few operations: processes as rows, time to the right, in SVG. The order
// of calls and returns is exact; distances are not: they are stretched so that every label can be
// read.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "reports/facts.h"

namespace cleave {

/// `operations` are indices into the history. At most `max_operations` are drawn, which the picture
/// says. Faults active meanwhile are bands above. "" where there is nothing to draw.
std::string SpaceTimeDiagram(const History& history, std::span<const uint32_t> operations,
                             std::span<const FaultWindow> faults, size_t max_operations = 24);

}  // namespace cleave
