// Cycles of dependencies that have a name of their own beside their class.
#pragma once

#include <string>

namespace cleave {

/// A sentence that names a cycle, with a blank before it; "" where its shape has no name. `types`
/// has "rw " or "wr " for each edge, and something else for each other; `one_key`: the first two
/// edges are of one key.
inline std::string ShapeRemark(const std::string& types, bool one_key) {
  if (types == "rw rw " && !one_key)
    return " This is a write skew: each read what the other was about to change.";
  if (types == "rw wr rw wr " || types == "wr rw wr rw ")
    return " This is a long fork: two readers saw two independent writes in opposite orders.";
  return "";
}

}  // namespace cleave
