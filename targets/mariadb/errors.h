// What MariaDB's errors say about a transaction that was about to commit.
#pragma once

#include <stdexcept>
#include <string>

namespace cleave {

/// A statement, or connecting, did not succeed. Whether the operation can have happened is for the
/// client to say, who knows whether a commit was under way: see MariadbRolledBack.
class MariadbError : public std::runtime_error {
 public:
  /// `number`: of the server or, from 2000 to 2999, of the client library; 0 for "timeout".
  MariadbError(const std::string& symbol, int number, const std::string& text)
      : std::runtime_error(text), symbol(symbol), number(number) {}
  std::string symbol;  // as MariadbSymbol has it
  int number;
};

/// "deadlock" for 1213; "error-N" for what has no name here.
std::string MariadbSymbol(int number);

/// Whether a COMMIT, or a statement that is a transaction of its own, that ended with this error
/// certainly did not happen: the server says that it rolled back, or never began, or nothing was
/// sent. https://mariadb.com/kb/en/mariadb-error-code-reference/
bool MariadbRolledBack(int number);

/// Whether the connection is of no use after it.
bool MariadbDisconnects(int number);

}  // namespace cleave
