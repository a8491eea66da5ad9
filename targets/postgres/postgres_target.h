// PostgreSQL from Debian: one server, or a primary and its standby, with the isolation level that
// the run asks for.
#pragma once

#include "harness/run/target.h"

namespace cleave {

/// The row for targets/registry.cc.
TargetInfo PostgresTarget();

}  // namespace cleave
