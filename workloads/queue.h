// queue: unique elements go in and come out.
#pragma once

#include "harness/run/workload.h"

namespace cleave {

Workload MakeQueue(const WorkloadOptions& options);

}  // namespace cleave
