// partition: packets on chosen links are dropped.
#pragma once

#include "harness/run/fault.h"

namespace cleave {

std::unique_ptr<Fault> MakePartition();
/// The shapes' names, each also with "-one-way".
std::vector<std::string> PartitionShapes();

}  // namespace cleave
