// append: transactions that append unique elements to lists and read them.
#pragma once

#include "harness/run/workload.h"

namespace cleave {

Workload MakeAppend(const WorkloadOptions& options);

}  // namespace cleave
