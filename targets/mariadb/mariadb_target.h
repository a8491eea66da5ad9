// MariaDB from Debian: one server, with the isolation level that the run asks for.
#pragma once

#include "harness/run/target.h"

namespace cleave {

/// The row for targets/registry.cc.
TargetInfo MariadbTarget();

}  // namespace cleave
