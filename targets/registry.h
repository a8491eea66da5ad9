// The targets that cleave knows. A new target is a file and a row.
#pragma once

#include <span>
#include <string_view>

#include "harness/run/target.h"

namespace cleave {

/// All of them, in the order in which people should meet them.
std::span<const TargetInfo> Targets();
/// nullptr when there is none of that name.
const TargetInfo* FindTarget(std::string_view name);

}  // namespace cleave
