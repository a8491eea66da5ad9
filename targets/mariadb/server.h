// How mariadbd runs on a node, of one server and of Galera: its programs, data and settings.
#pragma once

#include <filesystem>
#include <string>

#include "harness/run/target.h"
#include "targets/mariadb/connection.h"

namespace cleave {

struct MariadbPrograms {
  std::filesystem::path server;   // mariadbd
  std::filesystem::path install;  // mariadb-install-db
  std::string version;            // "10.11.19-MariaDB-0+deb12u1"
};

/// Throws std::runtime_error with the command that installs `target`.
MariadbPrograms FindMariadb(const std::string& target);

std::filesystem::path MariadbDataDirectory(const Node& node);

/// Makes the node's data directory where there is none: the system's tables, user and database
/// kMariadbUser. Throws std::runtime_error.
asio::awaitable<void> MakeMariadbData(Node& node, MariadbPrograms programs);

/// mariadbd on the node's data, address and kMariadbPort, to which more arguments may be added.
Program MariadbProgram(const Node& node, const MariadbPrograms& programs);

/// The flag --isolation, for targets' rows.
TargetFlag MariadbIsolationFlag();

/// The node's server as clients of these options use it.
MariadbServer MariadbServerOf(const Node& node, const TargetOptions& options);

}  // namespace cleave
