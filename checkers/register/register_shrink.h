// From a history that the frontier found impossible to the few operations that show it. Only steps
// are taken that cannot make an impossible history out of a possible one, so the evidence convicts
// the whole: what merely observed may go; what changed the register may go where nothing that is
// left can have seen it (Zeller & Hildebrandt's ddmin, "Simplifying and isolating failure-inducing
// input", 2002, over such steps).
#pragma once

#include <vector>

#include "checkers/register/register_frontier.h"
#include "checkers/register/register_ops.h"

namespace cleave {

struct RegisterEvidence {
  std::vector<RegisterOp> ops;  // in call order; not linearizable by themselves
  FrontierResult result;        // of checking them; `failed` indexes `ops`
};

/// `failed` is the operation at whose return the frontier of key.ops died: the prefix that ends
/// there is the shortest impossible one. Takes at most until bounds.deadline, then returns what it
/// has.
RegisterEvidence ShrinkViolation(const RegisterKey& key, const FrontierResult& violation,
                                 const FrontierBounds& bounds);

/// The steps, for their test. The operations (in call order) without observations called before
/// `since`, and without the changes that were overwritten before any of the others were called.
/// O(n).
std::vector<RegisterOp> WindowSince(const std::vector<RegisterOp>& ops, Position since);

/// Whether the change ops[w] may be left out: none of the others can see it. O(n²).
bool Unseen(const std::vector<RegisterOp>& ops, size_t w);

}  // namespace cleave
