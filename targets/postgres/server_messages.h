// What a PostgreSQL server sends, for tests that write its answers.
// https://www.postgresql.org/docs/15/protocol-message-formats.html
#pragma once

#include <cstdint>
#include <string>

#include "targets/bad_server.h"
#include "targets/postgres/connection.h"

namespace cleave::postgres_messages {

using namespace std::string_literals;

/// `type` and length before the body.
inline std::string Message(char type, const std::string& body) {
  const auto size = static_cast<uint32_t>(body.size() + 4);
  std::string message(1, type);
  for (const int shift : {24, 16, 8, 0}) message += static_cast<char>(size >> shift & 0xFF);
  return message + body;
}

/// 'I' idle, 'T' in a transaction, 'E' in one that failed.
inline std::string ReadyForQuery(char status) { return Message('Z', std::string(1, status)); }

inline std::string Greeting() { return Message('R', "\0\0\0\0"s) + ReadyForQuery('I'); }

/// The answer to a statement that returns nothing.
inline std::string Done(const std::string& tag, char status) {
  return Message('1', "") + Message('2', "") + Message('n', "") + Message('C', tag + "\0"s) +
         ReadyForQuery(status);
}

/// The answer to a statement that returns one row of one column.
inline std::string Row(const std::string& value) {
  const std::string column = "c\0"s + std::string(18, '\0');
  const std::string size = "\0\0\0"s + static_cast<char>(value.size());
  return Message('1', "") + Message('2', "") + Message('T', "\0\1"s + column) +
         Message('D', "\0\1"s + size + value) + Message('C', "SELECT 1\0"s) + ReadyForQuery('I');
}

inline std::string Error(const std::string& severity, const std::string& sqlstate) {
  const std::string fields = "S" + severity + "\0V"s + severity + "\0C"s + sqlstate + "\0Mno\0\0"s;
  return Message('E', fields);
}
inline std::string Failed(const std::string& sqlstate, char status) {
  return Error("ERROR", sqlstate) + ReadyForQuery(status);
}
/// After which the server closes.
inline std::string Fatal(const std::string& sqlstate) { return Error("FATAL", sqlstate); }

inline PostgresServer AddressOf(const BadServer& server) {
  PostgresServer address;
  address.address = "127.0.0.1";
  address.port = server.port();
  return address;
}

}  // namespace cleave::postgres_messages
