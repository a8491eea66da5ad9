// An object's operations as a history of their own, for the verifier. Only for tests.
#pragma once

#include <string>
#include <vector>

#include "checkers/object/model.h"

namespace cleave {

/// What the verifier says of an order, by indices into ops, of all that there is: nothing, or why
/// it proves nothing. The operations are recorded anew, those with `owners` by their processes and
/// others by one each. O(operations + their values).
std::string RefusedOrder(std::string_view model, const ObjectHistory& object, bool owners,
                         const std::vector<uint32_t>& order, uint32_t permits = 1);

}  // namespace cleave
