// What PostgreSQL's errors say about a transaction that was about to commit.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace cleave {

/// A statement, or connecting, did not succeed. Whether the operation can have happened is for the
/// client to say, who knows whether a commit was under way: see RolledBack.
class PostgresError : public std::runtime_error {
 public:
  /// `sqlstate`: five characters, or "" where the server said nothing.
  PostgresError(const std::string& symbol, const std::string& sqlstate, const std::string& text)
      : std::runtime_error(text), symbol(symbol), sqlstate(sqlstate) {}
  /// As PostgresSymbol has it; without a SQLSTATE "connection-refused", "connection-failed",
  /// "connection-closed" or "timeout".
  std::string symbol;
  std::string sqlstate;
};

/// "serialization-failure" for 40001; "sqlstate-XXXXX" for what has no name here.
std::string PostgresSymbol(std::string_view sqlstate);

/// Whether a COMMIT, or a statement that is a transaction of its own, that ended with this error
/// certainly did not happen. False for "": the connection was lost, and the answer with it.
/// https://www.postgresql.org/docs/15/errcodes-appendix.html
bool RolledBack(std::string_view sqlstate);

}  // namespace cleave
