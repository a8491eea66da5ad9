// The table of error numbers. InnoDB's part of a COMMIT cannot fail once it was begun, and Galera
// certifies before it: a deadlock in answer to COMMIT is a transaction that the cluster refused.
// What remains unknown are answers that were lost, servers that end, and a node that lost the
// cluster while it waited for the order of its transaction (1180).
#include "targets/mariadb/errors.h"

#include <algorithm>
#include <iterator>

namespace cleave {
namespace {

enum class Effect : uint8_t {
  kNone,     // rolled back, or never begun
  kUnknown,  // of a commit under way
  kLost,     // unknown, and the connection with it
};

struct ErrorNumber {
  int number;
  const char* symbol;
  Effect effect;
};

/// Ascending. Names of theirs: mysqld_error.h and errmsg.h of libmariadb.
constexpr ErrorNumber kNumbers[] = {
    {1020, "record-changed", Effect::kNone},        // ER_CHECKREAD: innodb_snapshot_isolation
    {1021, "disk-full", Effect::kNone},             // ER_DISK_FULL
    {1040, "too-many-connections", Effect::kNone},  // ER_CON_COUNT_ERROR
    {1045, "access-denied", Effect::kNone},         // ER_ACCESS_DENIED_ERROR
    {1047, "not-prepared", Effect::kNone},      // ER_UNKNOWN_COM_ERROR: a node without its cluster
    {1049, "no-such-database", Effect::kNone},  // ER_BAD_DB_ERROR
    {1053, "shutdown", Effect::kLost},          // ER_SERVER_SHUTDOWN
    {1062, "duplicate-key", Effect::kNone},     // ER_DUP_ENTRY
    {1064, "syntax-error", Effect::kNone},      // ER_PARSE_ERROR
    {1114, "table-full", Effect::kNone},        // ER_RECORD_FILE_FULL
    {1146, "no-such-table", Effect::kNone},     // ER_NO_SUCH_TABLE
    {1158, "network-error", Effect::kLost},     // ER_NET_READ_ERROR
    {1159, "network-error", Effect::kLost},     // ER_NET_READ_INTERRUPTED
    {1160, "network-error", Effect::kLost},     // ER_NET_ERROR_ON_WRITE
    {1161, "network-error", Effect::kLost},     // ER_NET_WRITE_INTERRUPTED
    {1180, "error-during-commit", Effect::kUnknown},  // ER_ERROR_DURING_COMMIT
    {1205, "lock-wait-timeout", Effect::kNone},       // ER_LOCK_WAIT_TIMEOUT: also of a causal wait
    {1213, "deadlock", Effect::kNone},                // ER_LOCK_DEADLOCK: also of certification
    {1290, "read-only", Effect::kNone},               // ER_OPTION_PREVENTS_STATEMENT
    {1317, "interrupted", Effect::kUnknown},          // ER_QUERY_INTERRUPTED
    {1406, "data-too-long", Effect::kNone},           // ER_DATA_TOO_LONG
    {1792, "read-only", Effect::kNone},               // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
    {1836, "read-only", Effect::kNone},               // ER_READ_ONLY_MODE
    {1927, "connection-killed", Effect::kLost},       // ER_CONNECTION_KILLED
    {2002, "connection-failed", Effect::kNone},       // CR_CONNECTION_ERROR
    {2003, "connection-failed", Effect::kNone},       // CR_CONN_HOST_ERROR
    {2006, "connection-closed", Effect::kLost},       // CR_SERVER_GONE_ERROR
    {2013, "connection-closed", Effect::kLost},       // CR_SERVER_LOST
    {2014, "nonsense", Effect::kLost},                // CR_COMMANDS_OUT_OF_SYNC
    {2027, "nonsense", Effect::kLost},                // CR_MALFORMED_PACKET
    {2055, "connection-closed", Effect::kLost},       // CR_SERVER_LOST_EXTENDED
};

const ErrorNumber* Find(int number) {
  const auto* found =
      std::lower_bound(std::begin(kNumbers), std::end(kNumbers), number,
                       [](const ErrorNumber& row, int wanted) { return row.number < wanted; });
  return found != std::end(kNumbers) && found->number == number ? found : nullptr;
}

}  // namespace

std::string MariadbSymbol(int number) {
  const ErrorNumber* row = Find(number);
  return row != nullptr ? row->symbol : "error-" + std::to_string(number);
}

bool MariadbRolledBack(int number) {
  const ErrorNumber* row = Find(number);
  return row != nullptr && row->effect == Effect::kNone;
}

bool MariadbDisconnects(int number) {
  const ErrorNumber* row = Find(number);
  if (row == nullptr) return number >= 2000 && number < 3000;
  return row->effect == Effect::kLost;
}

}  // namespace cleave
