// A user's own store as a target: what a JSON file says is done on the nodes.
#pragma once

#include <filesystem>
#include <string_view>

#include "harness/run/target.h"

namespace cleave {

/// Whether the name of a target is that of a file which describes one: it ends in .json.
bool IsTargetFile(std::string_view target);

/// The target that the file describes; its settings are the target's flags. Throws
/// DescriptionError.
TargetInfo UserTarget(const std::filesystem::path& file);

}  // namespace cleave
