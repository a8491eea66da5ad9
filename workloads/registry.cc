// One row a workload.
#include "workloads/registry.h"

#include "workloads/append.h"
#include "workloads/register.h"
#include "workloads/set.h"

namespace cleave {

std::span<const WorkloadInfo> Workloads() {
  static const WorkloadInfo kWorkloads[] = {
      {"register", "read, write and cas over independent keys", MakeRegister},
      {"set", "unique adds, reads now and then, final reads", MakeSet},
      {"append", "transactions that append to and read lists", MakeAppend},
  };
  return kWorkloads;
}

const WorkloadInfo* FindWorkload(std::string_view name) {
  for (const WorkloadInfo& workload : Workloads()) {
    if (workload.name == name) return &workload;
  }
  return nullptr;
}

}  // namespace cleave
