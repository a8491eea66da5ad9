// What a violation of an isolation level looks like in words.
#pragma once

#include "checkers/transactions/isolation_core.h"
#include "checkers/transactions/register_history.h"
#include "checkers/transactions/weak_levels.h"
#include "harness/history/verdict.h"

namespace cleave {

/// `core` violates the level by itself, which is called `level_name`. Its class is that of a
/// shortest circle of what is certain, by Elle's names; without a circle, "non-" and the level.
Anomaly ExplainCore(const RegisterHistory& registers, const IsolationHistory& history,
                    const std::vector<uint32_t>& core, const IsolationLevel& level,
                    const std::string& level_name);

/// The same of a cycle that a weak level forbids: "G1c" where it is one of reads alone,
/// "G1c-process" with sessions, "fractured-read" where one transaction read two versions of a key,
/// otherwise "non-" and the level.
Anomaly ExplainWeakCycle(const RegisterHistory& registers, const IsolationHistory& history,
                         const std::vector<WeakStep>& cycle, const std::string& level_name);

/// "cyclic-versions": what is assumed of a key's versions contradicts itself (see CyclicVersions).
Anomaly ExplainCyclicVersions(const RegisterHistory& registers, const IsolationHistory& history,
                              const std::vector<AssumedOrder>& circle);

}  // namespace cleave
