// A Galera cluster of MariaDB from Debian: every node takes reads and writes.
#pragma once

#include "harness/run/target.h"

namespace cleave {

/// The row for targets/registry.cc.
TargetInfo GaleraTarget();

}  // namespace cleave
