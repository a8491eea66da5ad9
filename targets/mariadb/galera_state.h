// What a Galera node keeps of its cluster beside the database: where it is in the cluster's order
// of transactions, and with whom it was last.
#pragma once

#include <filesystem>
#include <string>

namespace cleave {

/// Makes a data directory that has never been in a cluster that of a member, `index` from 0, of a
/// cluster of `members` that was killed before its first transaction. When all are there they are
/// the cluster again: nobody begins it, and nobody needs a copy of another's data.
/// Files: https://galeracluster.com/library/documentation/restarting-cluster.html
void WriteGaleraState(const std::filesystem::path& data, int index, int members);

/// The position of that cluster's beginning, "UUID:0".
std::string FirstGaleraPosition();

/// The last position that a log of `mariadbd --wsrep-recover` names. Throws std::runtime_error
/// where there is none.
std::string RecoveredGaleraPosition(const std::string& log);

}  // namespace cleave
