// Cycles of transactions as pictures: a list of edges in an anomaly's detail, laid out by Graphviz.
#pragma once

#include <string>

#include "harness/history/history.h"
#include "harness/history/json.h"

namespace cleave {

/// The SVG of detail["cycle"], a list of {"from", "to", "type", "text"}, or of detail["steps"], a
/// sentence for each edge of a cycle T1, T2, …; "" where there is neither. Where Graphviz cannot
/// draw (no layout plugin installed) the sentences remain. A number in from or to is the event that
/// invoked the transaction. Labels are plain text however they look.
std::string CycleGraph(const Json& detail, const History& history);

}  // namespace cleave
