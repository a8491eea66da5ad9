// The linearization of a register whose written values are unique, from its blocks.
#pragma once

#include <vector>

#include "checkers/register/register_ops.h"

namespace cleave {

/// An order that explains everything, where CheckZones found no violation and ignored nothing:
/// indices into key.ops. Blocks come in order of the smaller of F and S: forward zones are
/// disjoint, backward ones can be put at S, and whoever must come first has the smaller number. In
/// a block come the write, its reads, the cas from its value, the reads of that, and so on. O(n log
/// n).
std::vector<uint32_t> OrderByZones(const RegisterKey& key);

}  // namespace cleave
