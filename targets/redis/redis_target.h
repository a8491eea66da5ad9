// Redis from Debian: a master, replicas, and a sentinel on each node that agrees with the others on
// who is the master.
#pragma once

#include "harness/run/target.h"

namespace cleave {

/// The row for targets/registry.cc.
TargetInfo RedisSentinelTarget();

}  // namespace cleave
