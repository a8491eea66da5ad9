// One connection to a MariaDB server: libmariadb's non-blocking interface on Asio's loop.
// https://mariadb.com/kb/en/using-the-non-blocking-library/
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/asio.h"
#include "targets/mariadb/errors.h"

struct st_mysql;

namespace cleave {

inline constexpr uint16_t kMariadbPort = 3306;
/// Whom clients are and which database they use; made with the data directory, without a password.
inline constexpr const char* kMariadbUser = "cleave";

struct MariadbServer {
  std::string address;  // an IP address
  uint16_t port = kMariadbPort;
  /// "READ COMMITTED", "REPEATABLE READ" or "SERIALIZABLE": of every transaction.
  std::string isolation = "SERIALIZABLE";
  /// Of Galera: before which statements (bits: 1 reads, 2 UPDATE and DELETE, 4 INSERT) the node
  /// waits for what the cluster had committed. Nothing: not asked for.
  std::optional<int> sync_wait;
};

struct MariadbResult {
  std::vector<std::vector<std::optional<std::string>>> rows;  // as text; nothing: NULL
};

/// Lives until it fails: nothing is repeated, and nothing connects again by itself. Statements one
/// at a time. Cancelling the awaiting coroutine throws operation_aborted through
/// boost::system::system_error; the connection must then be destroyed, which does not block.
class MariadbConnection {
 public:
  /// Throws MariadbError: no statement but those that set the isolation and the wait was sent.
  /// `time` bounds connecting and all statements together; without it the canceller is the only
  /// bound.
  static asio::awaitable<std::unique_ptr<MariadbConnection>> Open(
      MariadbServer server, std::optional<std::chrono::milliseconds> time = std::nullopt);
  ~MariadbConnection();
  MariadbConnection(const MariadbConnection&) = delete;
  MariadbConnection& operator=(const MariadbConnection&) = delete;

  /// One statement. Throws MariadbError.
  asio::awaitable<MariadbResult> Run(std::string sql);
  /// A text as a literal of SQL, with its quotes.
  std::string Quoted(const std::string& text) const;
  /// Whether it can carry a statement: not closed by the server, nothing unread, no transaction.
  bool Idle() const;
  /// Whether the server's last word of success was that a transaction is open.
  bool InTransaction() const;
  /// False once it was lost.
  bool Alive() const { return alive_; }

 private:
  using Socket = asio::posix::stream_descriptor;
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit MariadbConnection(std::optional<TimePoint> deadline);
  asio::awaitable<void> Connect(const MariadbServer& server);
  /// Until the library's call needs nothing more: `wanted` is what its start waits for, and
  /// `proceed` its continuation, which is told what came.
  asio::awaitable<void> Finish(int wanted, std::function<int(int)> proceed);
  asio::awaitable<int> Wait(int wanted);
  MariadbError Error();

  st_mysql* connection_;
  std::optional<TimePoint> deadline_;
  std::shared_ptr<Socket> socket_;  // a duplicate of the library's, which closes its own
  bool alive_ = true;
  bool unfinished_ = false;  // a call of the library has not come to its end
};

}  // namespace cleave
