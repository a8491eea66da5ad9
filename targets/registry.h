// The targets that cleave knows. A new target is a file and a row.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "harness/run/target.h"

namespace cleave {

/// All of them, in the order in which people should meet them.
std::span<const TargetInfo> Targets();
/// nullptr when there is none of that name.
const TargetInfo* FindTarget(std::string_view name);
/// The only number of nodes that the target runs on with these flags; 0: any. A flag that is absent
/// or "" has its default value.
int OnlyNodes(const TargetInfo& target, const std::map<std::string, std::string>& flags);

}  // namespace cleave
