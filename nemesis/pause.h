// pause: every process on chosen nodes is stopped; healing continues them.
#pragma once

#include "harness/run/fault.h"

namespace cleave {

std::unique_ptr<Fault> MakePause();

}  // namespace cleave
