// counter: adds, and reads of the sum.
#pragma once

#include "harness/run/workload.h"

namespace cleave {

Workload MakeCounter(const WorkloadOptions& options);

}  // namespace cleave
