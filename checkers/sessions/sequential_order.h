// One order of all operations of all sessions in which every read sees the last write.
#pragma once

#include <optional>
#include <vector>

#include "checkers/sessions/session_graph.h"

namespace cleave {

/// Searches for an order that respects the graph's edges: reads as soon as they fit, a write only
/// when nobody still has to read what it replaces, failures remembered. Empty where there is none.
/// Throws OutOfTime.
std::optional<std::vector<uint32_t>> FindSequentialOrder(const SessionHistory& sessions,
                                                         const SessionGraph& graph,
                                                         Deadline* deadline);

}  // namespace cleave
