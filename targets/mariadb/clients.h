// MariaDB's clients, one for each data type that workloads speak; of one server and of Galera.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/run/target.h"
#include "targets/mariadb/connection.h"

namespace cleave {

/// Makes the tables where they are not yet. Throws MariadbError.
asio::awaitable<void> MakeMariadbTables(MariadbConnection& connection);

/// What MakeMariadbClient makes: a server's clients speak all of it, alone and in a cluster.
std::vector<Offer> MariadbOffers();

/// `interface` is that of one of MariadbOffers; throws std::invalid_argument for another. Connects
/// with the first operation, and after a loss with the next one.
std::unique_ptr<Client> MakeMariadbClient(const std::string& interface,
                                          const MariadbServer& server);

}  // namespace cleave
