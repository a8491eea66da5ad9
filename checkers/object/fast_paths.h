// Which exact fast path a model has.
#pragma once

#include <string_view>

#include "checkers/object/fast_path.h"

namespace cleave {

/// Asks the fast path of the model of that name, where it has one. Not applicable where it has
/// none. `permits` is a semaphore's.
FastResult CheckFastPath(std::string_view model, const ObjectHistory& object, uint32_t permits);

}  // namespace cleave
