// What a violation of an isolation level looks like in words.
#pragma once

#include "checkers/transactions/isolation_core.h"
#include "checkers/transactions/register_history.h"
#include "harness/history/verdict.h"

namespace cleave {

/// `core` violates the level by itself, which is called `level_name`. Its class is that of a
/// shortest circle of what is certain, by Elle's names; without a circle, "non-" and the level.
Anomaly ExplainCore(const RegisterHistory& registers, const IsolationHistory& history,
                    const std::vector<uint32_t>& core, const IsolationLevel& level,
                    const std::string& level_name);

}  // namespace cleave
