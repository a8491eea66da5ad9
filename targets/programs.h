// Programs of installed packages: where they are, and what they say of themselves.
#pragma once

#include <filesystem>
#include <string>

#include "harness/run/cluster.h"

namespace cleave {

/// The first program of this name that PATH has, or /usr/sbin. Throws std::runtime_error with the
/// command that installs `target`.
std::filesystem::path FindProgram(const std::string& name, const std::string& target);

/// The first line that `program --version` prints, without its end; "" when it prints none.
std::string FirstLineOfVersion(const std::filesystem::path& program);

/// Runs a program that ends by itself, within two minutes, on a node that runs nothing, and returns
/// what its log then holds. Throws std::runtime_error with that where it did not end with 0.
asio::awaitable<std::string> RunToEnd(Node& node, Program program);

}  // namespace cleave
