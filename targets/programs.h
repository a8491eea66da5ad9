// Programs of installed packages: where they are, and what they say of themselves.
#pragma once

#include <filesystem>
#include <string>

namespace cleave {

/// The first program of this name that PATH has, or /usr/sbin. Throws std::runtime_error with the
/// command that installs `target`.
std::filesystem::path FindProgram(const std::string& name, const std::string& target);

/// The first line that `program --version` prints, without its end; "" when it prints none.
std::string FirstLineOfVersion(const std::filesystem::path& program);

}  // namespace cleave
