// The environment variables of everything that a test starts: few, and the same everywhere.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace cleave {

/// PATH, HOME and LANG.
std::map<std::string, std::string> MinimalEnvironment(const std::filesystem::path& home);

}  // namespace cleave
