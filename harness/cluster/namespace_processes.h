// The processes of a pid namespace, as /proc shows them to the controller.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <vector>

#include "harness/run/cluster.h"

namespace cleave {

/// Every process in the pid namespace whose first process is `init`, without `init` itself,
/// ascending. A process is T only when all its threads are. Empty when the namespace is gone.
std::vector<ProcessState> NamespaceProcesses(pid_t init);

/// SIGSTOPs all of them, and those that they start meanwhile, until all are T.
/// Throws std::runtime_error when `deadline` passes first.
void StopNamespace(pid_t init, std::chrono::milliseconds deadline);

/// SIGCONTs all of them.
void ContinueNamespace(pid_t init);

}  // namespace cleave
