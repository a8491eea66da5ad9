// What breaks a consistency level, in sentences.
#pragma once

#include <string_view>
#include <vector>

#include "checkers/sessions/session_graph.h"
#include "checkers/sessions/session_guarantees.h"

namespace cleave {

Anomaly ThinAirAnomaly(const History& history, uint32_t operation);
/// A cycle of things that must come before each other.
Anomaly CycleAnomaly(const History& history, const SessionHistory& sessions,
                     const std::vector<SessionEdge>& cycle);
/// A cycle of versions.
Anomaly VersionAnomaly(const History& history, const SessionHistory& sessions,
                       const std::vector<VersionEdge>& cycle, std::string_view guarantee);
/// Nothing smaller is known than that all orders were tried.
Anomaly NoOrderAnomaly(const SessionHistory& sessions);

}  // namespace cleave
