// bank: transfers between accounts, and reads of all of them.
#pragma once

#include "harness/run/workload.h"

namespace cleave {

Workload MakeBank(const WorkloadOptions& options);

}  // namespace cleave
