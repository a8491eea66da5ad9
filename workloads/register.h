// register: read, write and cas over independent keys.
#pragma once

#include "harness/run/workload.h"

namespace cleave {

Workload MakeRegister(const WorkloadOptions& options);

}  // namespace cleave
