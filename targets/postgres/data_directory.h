// A node's data directory, as initdb makes it.
#pragma once

#include <filesystem>
#include <string>

#include "harness/run/cluster.h"

namespace cleave {

/// Makes `data`, on a node that runs nothing, by the initdb of `programs` or as a copy of what it
/// made before: see targets/data_directory.h.
asio::awaitable<void> MakePostgresData(Node& node, std::filesystem::path data,
                                       std::filesystem::path programs, std::string version);

}  // namespace cleave
