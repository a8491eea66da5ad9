// What runs on a node: a server on the data that are there, or on a copy of another server's.
#pragma once

#include <filesystem>
#include <string>

#include "harness/run/cluster.h"

namespace cleave {

/// How the servers of a run are told to serve.
struct PostgresSetup {
  std::filesystem::path programs;  // the folder of postgres, pg_basebackup, …
  /// A commit is acknowledged when the other server has it on disk too.
  bool synchronous = false;
};

/// The node's data directory of PostgreSQL.
std::filesystem::path PostgresData(const Node& node);
/// Whether the data on the node are a standby's: promoted, they are no longer.
bool HasStandbyData(const Node& node);
/// Makes them a standby's. The server does not run.
void MakeStandbyData(const Node& node);

/// How a server reaches the one on `node`: gives up when that machine is silent for 2 s.
std::string ConnectionString(const Node& node);

/// The server, on its data. `other`: the node whose server it follows or is followed by; nullptr
/// where there is one only.
Program PostgresProgram(const PostgresSetup& setup, const Node& node, const Node* other);
/// Makes the data anew, as a copy of the other server's (tried until that one gives it), and then
/// follows it. What was there is lost.
Program FollowAnewProgram(const PostgresSetup& setup, const Node& node, const Node& other);

}  // namespace cleave
