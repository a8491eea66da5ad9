// The workloads there are.
#pragma once

#include <span>
#include <string_view>

#include "harness/run/workload.h"

namespace cleave {

/// Every workload, in the order in which they are listed.
std::span<const WorkloadInfo> Workloads();
/// nullptr: there is none of this name.
const WorkloadInfo* FindWorkload(std::string_view name);

}  // namespace cleave
