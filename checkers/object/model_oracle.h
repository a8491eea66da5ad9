// Brute force for any object that has a model: the definition of linearizability, without shortcuts
// but to remember what failed. Only for tests, on histories of a dozen operations.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checkers/object/model.h"

namespace cleave {

/// Whether some of the crashed operations and all others have an order that respects real time and
/// in which every step is possible.
bool OracleOfModel(const Model& model, std::span<const ModelOp> ops);

/// Whether this order, of indices into `ops`, is such a one.
bool IsLinearization(const Model& model, std::span<const ModelOp> ops,
                     const std::vector<uint32_t>& order);

}  // namespace cleave
