// The embedded store as a target: a process `cleave-raft` on each node, and its clients over HTTP.
#pragma once

#include "harness/run/target.h"

namespace cleave {

/// The row of the registry.
TargetInfo RaftTarget();

}  // namespace cleave
