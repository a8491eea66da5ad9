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

/// An order in which some of the drawn operations can have taken effect, and those that cannot
/// follow: indices into the history. The first are numbered, each at a moment inside its bar; the
/// others stand out.
struct DrawnOrder {
  std::vector<uint32_t> order, stuck;
};

/// `operations` are indices into the history. At most `max_operations` are drawn, which the picture
/// says. Faults active meanwhile are bands above. "" where there is nothing to draw.
std::string SpaceTimeDiagram(const History& history, std::span<const uint32_t> operations,
                             std::span<const FaultWindow> faults, const DrawnOrder& order = {},
                             size_t max_operations = 24);

}  // namespace cleave
