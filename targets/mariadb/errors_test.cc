// What each error number means for an operation that was about to commit.
#include "targets/mariadb/errors.h"

#include <gtest/gtest.h>

namespace cleave {
namespace {

TEST(MariadbErrors, SaysForEachNumberItsNameAndWhetherACommitThatEndedWithItWasRolledBack) {
  const struct {
    int number;
    const char* symbol;
    bool rolled_back;
    bool disconnects;
  } cases[] = {
      {1020, "record-changed", true, false},
      {1021, "disk-full", true, false},
      {1040, "too-many-connections", true, false},
      {1045, "access-denied", true, false},
      {1047, "not-prepared", true, false},
      {1049, "no-such-database", true, false},
      {1053, "shutdown", false, true},
      {1062, "duplicate-key", true, false},
      {1064, "syntax-error", true, false},
      {1105, "error-1105", false, false},  // "unknown error"
      {1114, "table-full", true, false},
      {1146, "no-such-table", true, false},
      {1158, "network-error", false, true},
      {1159, "network-error", false, true},
      {1160, "network-error", false, true},
      {1161, "network-error", false, true},
      {1180, "error-during-commit", false, false},
      {1205, "lock-wait-timeout", true, false},
      {1213, "deadlock", true, false},
      {1290, "read-only", true, false},
      {1317, "interrupted", false, false},
      {1406, "data-too-long", true, false},
      {1792, "read-only", true, false},
      {1836, "read-only", true, false},
      {1927, "connection-killed", false, true},
      {2002, "connection-failed", true, false},
      {2003, "connection-failed", true, false},
      {2006, "connection-closed", false, true},
      {2013, "connection-closed", false, true},
      {2014, "nonsense", false, true},
      {2026, "error-2026", false, true},  // TLS
      {2027, "nonsense", false, true},
      {2055, "connection-closed", false, true},
      {4000, "error-4000", false, false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(MariadbSymbol(c.number), c.symbol);
    EXPECT_EQ(MariadbRolledBack(c.number), c.rolled_back) << c.number;
    EXPECT_EQ(MariadbDisconnects(c.number), c.disconnects) << c.number;
  }
}

TEST(MariadbErrors, OfADeadlineNothingIsKnown) { EXPECT_FALSE(MariadbRolledBack(0)); }

}  // namespace
}  // namespace cleave
