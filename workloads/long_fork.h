// long-fork: single writes, and reads of the group that they are in.
#pragma once

#include "harness/run/workload.h"

namespace cleave {

Workload MakeLongFork(const WorkloadOptions& options);

}  // namespace cleave
