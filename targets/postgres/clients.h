// PostgreSQL's clients, one for each data type that workloads speak.
#pragma once

#include <memory>
#include <string>

#include "harness/run/client.h"
#include "targets/postgres/connection.h"

namespace cleave {

/// Makes the tables where they are not yet. Throws PostgresError.
asio::awaitable<void> MakePostgresTables(PostgresConnection& connection);

/// `interface` is "register", "set", "append", "wr", "bank" or "g2"; throws std::invalid_argument
/// for another. Connects with the first operation, and after a loss with the next one.
std::unique_ptr<Client> MakePostgresClient(const std::string& interface,
                                           const PostgresServer& server);

}  // namespace cleave
