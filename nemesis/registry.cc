// One row a fault. Healing goes in this order: servers start again on a network that is whole.
#include "nemesis/registry.h"

#include "nemesis/choice.h"
#include "nemesis/kill.h"
#include "nemesis/partition.h"
#include "nemesis/pause.h"

namespace cleave {

std::span<const FaultInfo> Faults() {
  static const FaultInfo kFaults[] = {
      {"partition", "drops packets between nodes", PartitionShapes(), MakePartition},
      {"pause", "stops all processes of nodes (SIGSTOP), later continues them", NodeShapes(),
       MakePause},
      {"kill", "kills all processes of nodes (SIGKILL), later starts them again", NodeShapes(),
       MakeKill},
  };
  return kFaults;
}

const FaultInfo* FindFault(std::string_view name) {
  for (const FaultInfo& fault : Faults()) {
    if (fault.name == name) return &fault;
  }
  return nullptr;
}

}  // namespace cleave
