// The deepest partial linearizations of a few operations that no order explains: how far each order
// comes, and why nothing that is left can follow. Who asks "and the other way round?" finds the
// answer here. Porcupine's visualisation shows the same.
#pragma once

#include <span>
#include <vector>

#include "checkers/no_index.h"
#include "checkers/object/model.h"
#include "harness/history/verdict.h"

namespace cleave {

/// An order that is possible as far as it goes, and that neither a completed operation nor crashed
/// ones and then a completed one can follow. Operations are indices.
struct PartialOrder {
  struct Step {
    uint32_t op;
    ModelState state;  // after it
  };
  struct Stuck {
    uint32_t op;
    /// The operation that is left out too and had returned before this one was called; kNone: the
    /// state forbids it.
    uint32_t must_follow = kNone;
  };
  std::vector<Step> order;
  std::vector<Stuck> stuck;  // every other completed one: first those that the state forbids
};

/// The orders with the most completed operations, at most `most`, the deepest first. They differ in
/// those or in the state, observations come as soon as they can, and no crashed operation comes
/// that changes nothing of how far they get. Empty where the operations are linearizable or too
/// many: more than 64, or more than 20,000 configurations, which are exponential in the operations
/// that are open at once. Equal input gives equal orders.
std::vector<PartialOrder> DeepestPartialOrders(const Model& model, std::span<const ModelOp> ops,
                                               size_t most = 3);

/// The same in words, for operations of one key, in call order, that convict an anomaly:
/// {"partial": [{"order": [{"event": call, "state": "5"}, …],
///               "stuck": [{"event": call, "why": "read = 3 cannot follow: …"}, …]}, …]}.
/// Null where there are none.
Json DescribePartialOrders(const History& history, KeyId key, std::span<const uint32_t> operations,
                           const ModelInfo& info, const Model& model);

}  // namespace cleave
