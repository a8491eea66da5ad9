// Which exact fast path a model has.
#pragma once

#include <string_view>

#include "checkers/object/fast_path.h"

namespace cleave {

/// Asks the fast path of the model of that name, where it has one. Not applicable where it has
/// none. `permits` is a semaphore's. `order` as for every path, see fast_path.h.
FastResult CheckFastPath(std::string_view model, const ObjectHistory& object, uint32_t permits,
                         std::vector<uint32_t>* order);

}  // namespace cleave
