// The configuration files of a node. Redis and the sentinel write them anew when they learn more
// (who is the master), so that each is written once, and then is theirs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/run/cluster.h"

namespace cleave {

struct RedisNodeOptions {
  std::string first_master;           // address of the node that is the master in the beginning
  std::vector<std::string> replicas;  // addresses of all others
  int quorum = 1;                     // sentinels that must agree that a master is down
  int min_replicas_to_write = 0;      // 0: Redis's default, none
};

/// Where they are on a node, all absolute.
std::filesystem::path RedisConfiguration(const Node& node);
std::filesystem::path SentinelConfiguration(const Node& node);

/// Writes those that are missing. Throws std::runtime_error with the path.
void WriteConfigurations(const Node& node, const RedisNodeOptions& options);

}  // namespace cleave
