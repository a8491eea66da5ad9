// set: unique elements are added; reads must hold them all.
#pragma once

#include "harness/run/workload.h"

namespace cleave {

Workload MakeSet(const WorkloadOptions& options);

}  // namespace cleave
