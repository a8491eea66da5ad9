// Cycles between list-append transactions in words, with the operations that prove them.
#pragma once

#include <vector>

#include "checkers/checker.h"
#include "checkers/transactions/append_history.h"
#include "checkers/transactions/transaction_graph.h"

namespace cleave {

/// Each edge in a sentence; where the shape has a name of its own, so does the text. The operations
/// are impossible by themselves: those of the cycle, and the readers without whom it would be no
/// more than a claim.
Anomaly ExplainCycle(const AppendHistory& appends, const std::string& name,
                     const std::vector<Edge>& cycle);

}  // namespace cleave
