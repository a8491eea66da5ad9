// g2: pairs of inserts that exclude each other.
#pragma once

#include "harness/run/workload.h"

namespace cleave {

Workload MakeG2(const WorkloadOptions& options);

}  // namespace cleave
