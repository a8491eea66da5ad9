// kill: everything on chosen nodes dies by SIGKILL; healing starts the server again.
#pragma once

#include "harness/run/fault.h"

namespace cleave {

std::unique_ptr<Fault> MakeKill();

}  // namespace cleave
