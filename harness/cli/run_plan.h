// One test from a plan to a verdict: what `test` and `demo` share.
#pragma once

#include <filesystem>

#include "harness/cli/plan.h"
#include "harness/history/verdict.h"

namespace cleave {

/// Runs the plan in private namespaces: cluster, target, workload and nemesis, then the checkers
/// and the report. Prints the verdict, the evidence and the paths. Returns the exit code: the
/// verdict's, or 255 with words on standard error when the environment failed. Call it before any
/// thread starts.
int RunPlan(const Plan& plan);

}  // namespace cleave
