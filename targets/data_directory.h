// A node's data directory, as a store's own program makes it: once, and copied from then on.
#pragma once

#include <filesystem>
#include <string>

#include "harness/run/cluster.h"

namespace cleave {

/// Makes `data`, on a node that runs nothing, by `install`, which must leave it complete and end
/// with 0, or as a copy of what was made before. The copy's source is
/// $XDG_CACHE_HOME/cleave/<name>, or the same below ~/.cache; `name` tells the store, its version,
/// and what else `install` depends on. It appears as a whole, so that two may make it at once, and
/// where it cannot be written there is none. Throws std::runtime_error with what `install` said.
asio::awaitable<void> MakeDataDirectory(Node& node, std::filesystem::path data, std::string name,
                                        Program install);

}  // namespace cleave
