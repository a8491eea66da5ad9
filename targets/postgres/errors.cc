// The table of SQLSTATEs. Once the commit record is being written, the server has no errors but the
// end of the process: an ERROR in answer to COMMIT means that it was not. What remains unknown are
// the codes of a process that ends, and of a machine that fails.
#include "targets/postgres/errors.h"

namespace cleave {
namespace {

struct Code {
  std::string_view prefix;  // a code of five characters, or a class of two
  std::string_view symbol;  // "" for a class
  bool rolled_back;
};

/// Codes before their classes.
constexpr Code kCodes[] = {
    {"40001", "serialization-failure", true},
    {"40003", "completion-unknown", false},  // it says so itself
    {"40P01", "deadlock", true},
    {"23505", "duplicate-key", true},
    {"25006", "read-only", true},
    {"53100", "disk-full", true},
    {"53300", "too-many-connections", true},
    {"55P03", "lock-not-available", true},
    {"57014", "canceled", true},
    {"57P01", "terminated",
     false},                      // the process was told to end: perhaps behind the commit record
    {"57P02", "crashed", false},  // another process crashed, and all are restarted
    {"57P03", "starting-up", true},
    {"22", "", true},  // data
    {"23", "", true},  // constraints, also deferred to the commit
    {"25", "", true},  // the transaction's state
    {"40", "", true},  // rollback
    {"42", "", true},  // syntax, names, rights
    {"53", "", true},  // resources
    {"54", "", true},  // limits
    {"55", "", true},  // an object's state
};

const Code* Find(std::string_view sqlstate) {
  for (const Code& code : kCodes) {
    if (sqlstate.starts_with(code.prefix)) return &code;
  }
  return nullptr;
}

}  // namespace

std::string PostgresSymbol(std::string_view sqlstate) {
  const Code* code = Find(sqlstate);
  if (code != nullptr && !code->symbol.empty()) return std::string(code->symbol);
  return "sqlstate-" + std::string(sqlstate);
}

bool RolledBack(std::string_view sqlstate) {
  const Code* code = Find(sqlstate);
  return code != nullptr && code->rolled_back;
}

}  // namespace cleave
