// etcd 3.4 from Debian: a replicated key-value store on Raft.
#pragma once

#include "harness/run/target.h"

namespace cleave {

/// The row for targets/registry.cc.
TargetInfo EtcdTarget();

}  // namespace cleave
