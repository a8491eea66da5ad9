// One connection to a PostgreSQL server: libpq's non-blocking interface on Asio's loop.
// https://www.postgresql.org/docs/15/libpq-async.html
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/asio.h"
#include "targets/postgres/errors.h"

struct pg_conn;

namespace cleave {

inline constexpr uint16_t kPostgresPort = 5432;

/// Where, and as whom: user and database "postgres", without a password.
struct PostgresServer {
  std::string address;  // an IP address
  uint16_t port = kPostgresPort;
  /// "read committed", "repeatable read" or "serializable": of every transaction that says nothing.
  std::string isolation = "serializable";
};

/// A standby has no serializable transactions.
inline constexpr const char* kIsolationOfStandbys = "repeatable read";

struct PostgresResult {
  std::vector<std::vector<std::optional<std::string>>> rows;  // as text; nothing: NULL
  std::string tag;                                            // "COMMIT", "INSERT 0 1"
};

/// Lives until it fails: nothing is repeated, and nothing connects again by itself. Statements one
/// at a time. Cancelling the awaiting coroutine throws operation_aborted through
/// boost::system::system_error; the connection must then be destroyed.
class PostgresConnection {
 public:
  /// Throws PostgresError: nothing but the greeting was sent. `time` bounds connecting and all
  /// statements together; without it the canceller is the only bound.
  static asio::awaitable<std::unique_ptr<PostgresConnection>> Open(
      PostgresServer server, std::optional<std::chrono::milliseconds> time = std::nullopt);
  ~PostgresConnection();

  /// One statement with its parameters $1, $2, … as text. Throws PostgresError.
  asio::awaitable<PostgresResult> Run(std::string sql, std::vector<std::string> parameters = {});
  /// Whether it can carry a statement: not closed by the server, nothing unread.
  bool Idle() const;
  /// Whether a transaction is open, or was and failed.
  bool InTransaction() const;
  /// False once it was lost.
  bool Alive() const;

 private:
  using Socket = asio::posix::stream_descriptor;
  using TimePoint = std::chrono::steady_clock::time_point;

  PostgresConnection(pg_conn* connection, std::optional<TimePoint> deadline);
  void Watch(const asio::any_io_executor& executor);
  asio::awaitable<void> Connect();
  asio::awaitable<void> Wait(Socket::wait_type type);
  asio::awaitable<void> Flush();
  PostgresError Lost() const;

  pg_conn* connection_;
  std::optional<TimePoint> deadline_;
  std::shared_ptr<Socket> socket_;  // a duplicate of libpq's, which closes its own
};

}  // namespace cleave
