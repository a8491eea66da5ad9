// What is wrong with a register's history, in sentences that a person can check against the
// operations.
#pragma once

#include "checkers/register/register_shrink.h"
#include "checkers/register/register_zones.h"
#include "harness/history/verdict.h"

namespace cleave {

/// The anomaly of a zone violation of `key`. Its operations are impossible by themselves: the
/// writer of every value they mention is among them.
Anomaly ExplainZones(const History& history, const RegisterKey& key,
                     const ZoneViolation& violation);

/// The anomaly of a shrunk frontier violation: a zone's words where the evidence has unique values.
Anomaly ExplainEvidence(const History& history, const RegisterKey& key,
                        const RegisterEvidence& evidence);

}  // namespace cleave
