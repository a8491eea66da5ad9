// What a test will do, checked before anything starts: every name exists, the target offers what
// the workload needs, the faults and the schedule make sense.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/run/target.h"
#include "harness/run/test_options.h"
#include "harness/run/workload.h"

namespace cleave {

struct Plan {
  TestOptions options;
  std::shared_ptr<const TargetInfo> target;
  const WorkloadInfo* workload = nullptr;
  /// Whoever asked reads the results from the run directory: only what went wrong is printed.
  bool brief = false;
};

/// Whether the target's clients speak the data type that the workload needs, with all functions.
bool Offers(const TargetInfo& target, const Workload& workload);

/// A row of the registry, or what a file that is named in its place describes: see IsTargetFile.
/// Throws UsageError.
std::shared_ptr<const TargetInfo> RequireTarget(const std::string& name);

/// Throws UsageError, with the nearest right word and the list, for an unknown target, workload,
/// fault, bug or flag, and for a combination that cannot be: nothing is started then.
Plan MakePlan(const TestOptions& options);

/// The options of a target that `options` chose.
TargetOptions TargetOptionsOf(const Plan& plan);
WorkloadOptions WorkloadOptionsOf(const TestOptions& options);

}  // namespace cleave
