// What each SQLSTATE means for an operation that was about to commit.
#include "targets/postgres/errors.h"

#include <gtest/gtest.h>

namespace cleave {
namespace {

TEST(PostgresErrors, SaysForEachCodeItsNameAndWhetherACommitThatEndedWithItWasRolledBack) {
  const struct {
    const char* sqlstate;
    const char* symbol;
    bool rolled_back;
  } cases[] = {
      {"40001", "serialization-failure", true},
      {"40P01", "deadlock", true},
      {"40002", "sqlstate-40002", true},
      {"40003", "completion-unknown", false},
      {"23505", "duplicate-key", true},
      {"23503", "sqlstate-23503", true},  // a constraint that is deferred to the commit
      {"25006", "read-only", true},
      {"25P02", "sqlstate-25P02", true},
      {"22P02", "sqlstate-22P02", true},
      {"42P01", "sqlstate-42P01", true},
      {"53100", "disk-full", true},
      {"53300", "too-many-connections", true},
      {"54000", "sqlstate-54000", true},
      {"55P03", "lock-not-available", true},
      {"57014", "canceled", true},
      {"57P01", "terminated", false},
      {"57P02", "crashed", false},
      {"57P03", "starting-up", true},
      {"57P04", "sqlstate-57P04", false},
      {"58030", "sqlstate-58030", false},  // an I/O error
      {"XX000", "sqlstate-XX000", false},
      {"08006", "sqlstate-08006", false},
      {"99999", "sqlstate-99999", false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(PostgresSymbol(c.sqlstate), c.symbol);
    EXPECT_EQ(RolledBack(c.sqlstate), c.rolled_back) << c.sqlstate;
  }
}

TEST(PostgresErrors, WithoutACodeNothingIsKnown) { EXPECT_FALSE(RolledBack("")); }

}  // namespace
}  // namespace cleave
