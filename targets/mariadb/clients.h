// MariaDB's clients, one for each data type that workloads speak; of one server and of Galera.
#pragma once

#include <memory>
#include <string>

#include "harness/run/client.h"
#include "targets/mariadb/connection.h"

namespace cleave {

/// Makes the tables where they are not yet. Throws MariadbError.
asio::awaitable<void> MakeMariadbTables(MariadbConnection& connection);

/// `interface` is "register", "set", "append", "wr", "bank" or "g2"; throws std::invalid_argument
/// for another. Connects with the first operation, and after a loss with the next one.
std::unique_ptr<Client> MakeMariadbClient(const std::string& interface,
                                          const MariadbServer& server);

}  // namespace cleave
