// Dependencies of transactions as pictures, laid out by Graphviz.
#pragma once

#include <string>

#include "harness/history/json.h"

namespace cleave {

/// The SVG of an anomaly's detail with "transactions" and "edges" (see DependencyPicture), and the
/// edges' sentences; "" where there are none. Each transaction is a record of its micro-operations,
/// and an edge leads from one to another. Where Graphviz cannot draw (no layout plugin installed)
/// the sentences remain. Labels are plain text however they look.
std::string DependencyGraph(const Json& detail);

}  // namespace cleave
