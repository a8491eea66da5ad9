// PostgreSQL's clients, one for each data type that workloads speak.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "harness/run/client.h"
#include "targets/postgres/connection.h"

namespace cleave {

/// Makes the tables where they are not yet. Throws PostgresError.
asio::awaitable<void> MakePostgresTables(PostgresConnection& connection);

struct PostgresClientOptions {
  std::string interface;  // "register", "set", "append", "wr", "bank" or "g2"
  PostgresServer server;  // the one of the client's node
  /// Where the primary is while `server` is a standby; nothing: there is no other.
  std::optional<PostgresServer> other;
  /// What was read, too, is acknowledged only when the synchronous standby has it.
  bool confirm_reads = false;
};

/// Throws std::invalid_argument for another interface. Connects with the first operation, and after
/// a loss with the next one.
std::unique_ptr<Client> MakePostgresClient(const PostgresClientOptions& options);

}  // namespace cleave
