// lock, lock-fenced: clients that take a lock in turn and hold it for a while.
#pragma once

#include "harness/run/workload.h"

namespace cleave {

Workload MakeLock(const WorkloadOptions& options);
/// What was done under the lock is committed when it is given back, or refused.
Workload MakeFencedLock(const WorkloadOptions& options);

}  // namespace cleave
