// wr: transactions that write unique values to registers and read them.
#pragma once

#include "harness/run/workload.h"

namespace cleave {

Workload MakeWr(const WorkloadOptions& options);

}  // namespace cleave
