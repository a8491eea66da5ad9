// A node's data directory, as initdb makes it: once, and copied from then on.
#pragma once

#include <filesystem>
#include <string>

#include "harness/run/cluster.h"

namespace cleave {

/// Makes `data`, on a node that runs nothing, by the initdb of `programs` or as a copy of what it
/// made before. The copy's source is $XDG_CACHE_HOME/cleave/postgres-<version>, or the same below
/// ~/.cache; it appears as a whole, so that two may make it at once, and where it cannot be written
/// there is none. Throws std::runtime_error with what initdb said.
asio::awaitable<void> MakePostgresData(Node& node, std::filesystem::path data,
                                       std::filesystem::path programs, std::string version);

}  // namespace cleave
