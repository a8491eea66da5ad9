// One test from a plan to a verdict: what `test` and `demo` share.
#pragma once

#include <filesystem>

#include "harness/cli/plan.h"
#include "harness/history/verdict.h"

namespace cleave {

/// The exit code that says that the environment failed, and nothing of the store.
inline constexpr int kEnvironment = 255;

struct PlanOutcome {
  /// The verdict's, or kEnvironment.
  int exit_code = 0;
  /// By Ctrl-C or SIGTERM: nothing else should be started.
  bool interrupted = false;
};

/// Runs the plan in private namespaces: cluster, target, workload and nemesis, then the checkers
/// and the report. Prints the verdict, the evidence and the paths; what failed goes to standard
/// error. Where the environment failed, what was recorded until then is judged and reported too.
/// Call it before any thread starts.
PlanOutcome RunPlan(const Plan& plan);

}  // namespace cleave
