// Brute force for cycles between transactions: every closed walk of a small explicit graph.
#pragma once

#include "checkers/transactions/append_history.h"
#include "checkers/transactions/cycle_search.h"

namespace cleave {

/// The names (of items) of the classes of all closed walks over at most thirty nodes or so, with
/// real time between each two of them, and all that these imply.
NameSet OracleCycles(const std::vector<Node>& nodes, std::vector<Edge> edges);

/// The class of one closed walk.
std::string OracleCycleName(const std::vector<Edge>& walk);

/// The models that hold for some order of the appends that nobody saw, as far as cycles and the
/// `observed` anomalies tell. No key may be ambiguous. Exponential in the unseen appends.
NameSet OracleModels(const AppendHistory& appends, const NameSet& observed);

}  // namespace cleave
