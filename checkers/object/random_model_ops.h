// Small random histories of any model, for comparing searches with brute force: a real object under
// a random schedule, with crashes and, half of the time, one answer spoilt.
#pragma once

#include <vector>

#include "checkers/object/vocabulary.h"
#include "checkers/testing/random_history.h"

namespace cleave {

/// At most `count` operations in call order, numbered by ModelOp::operation, of which at most
/// `processes` are open at once. Their values are those of words.history(), which holds no events.
std::vector<ModelOp> RandomModelOps(const Vocabulary& words, const ModelInfo& info,
                                    const Model& model, TestRandom* random, uint32_t count,
                                    uint32_t processes);

}  // namespace cleave
