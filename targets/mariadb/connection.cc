// See connection.h. The library reads and writes on a stack of its own, which it leaves where it
// would block; here is only waited, so that every wait can be cancelled.
#include "targets/mariadb/connection.h"

#include <errmsg.h>
#include <fcntl.h>
#include <mysql.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

#include "targets/socket_wait.h"

namespace cleave {
namespace {

struct FreeMariadbResult {
  void operator()(MYSQL_RES* result) const { mysql_free_result(result); }
};
using MariadbResultPointer = std::unique_ptr<MYSQL_RES, FreeMariadbResult>;

MariadbResult CopyRows(MYSQL_RES* from) {
  MariadbResult result;
  const unsigned columns = mysql_num_fields(from);
  while (MYSQL_ROW row = mysql_fetch_row(from)) {
    const unsigned long* lengths = mysql_fetch_lengths(from);
    auto& values = result.rows.emplace_back(columns);
    for (unsigned i = 0; i < columns; ++i) {
      if (row[i] != nullptr) values[i].emplace(row[i], lengths[i]);
    }
  }
  return result;
}

}  // namespace

MariadbConnection::MariadbConnection(std::optional<TimePoint> deadline)
    : connection_(mysql_init(nullptr)), deadline_(deadline) {
  if (connection_ == nullptr) throw std::bad_alloc();
  mysql_optionsv(connection_, MYSQL_OPT_NONBLOCK, nullptr);
  mysql_optionsv(connection_, MYSQL_SET_CHARSET_NAME, "utf8mb4");
}

MariadbConnection::~MariadbConnection() {
  // The library says goodbye, and would wait for room where an unfinished request fills the socket.
  if (socket_ && unfinished_) shutdown(socket_->native_handle(), SHUT_RDWR);
  mysql_close(connection_);
}

asio::awaitable<std::unique_ptr<MariadbConnection>> MariadbConnection::Open(
    MariadbServer server, std::optional<std::chrono::milliseconds> time) {
  std::optional<TimePoint> deadline;
  if (time) deadline = std::chrono::steady_clock::now() + *time;
  std::unique_ptr<MariadbConnection> connection(new MariadbConnection(deadline));
  co_await connection->Connect(server);
  co_await connection->Run("SET SESSION TRANSACTION ISOLATION LEVEL " + server.isolation);
  if (server.sync_wait) {
    co_await connection->Run("SET SESSION wsrep_sync_wait = " + std::to_string(*server.sync_wait));
  }
  co_return connection;
}

asio::awaitable<void> MariadbConnection::Connect(const MariadbServer& server) {
  MYSQL* connected = nullptr;
  const int wanted =
      mysql_real_connect_start(&connected, connection_, server.address.c_str(), kMariadbUser, "",
                               kMariadbUser, server.port, nullptr, 0);
  const std::function<int(int)> proceed = [this, &connected](int came) {
    return mysql_real_connect_cont(&connected, connection_, came);
  };
  co_await Finish(wanted, proceed);
  if (connected == nullptr) throw Error();
}

asio::awaitable<void> MariadbConnection::Finish(int wanted, std::function<int(int)> proceed) {
  unfinished_ = true;
  while (wanted != 0) {
    const int came = co_await Wait(wanted);
    wanted = proceed(came);
  }
  unfinished_ = false;
}

asio::awaitable<int> MariadbConnection::Wait(int wanted) {
  if (!socket_) {
    const int fd = fcntl(mysql_get_socket(connection_), F_DUPFD_CLOEXEC, 0);
    if (fd < 0) throw std::system_error(errno, std::generic_category(), "duplicating a socket");
    socket_ = std::make_shared<Socket>(co_await asio::this_coro::executor, fd);
  }
  const bool reads = (wanted & MYSQL_WAIT_READ) != 0;
  const Socket::wait_type type = reads ? Socket::wait_read : Socket::wait_write;
  const bool passed = co_await WaitUntil(socket_, type, deadline_);
  if (passed) {
    alive_ = false;
    throw MariadbError("timeout", 0, "no answer in time");
  }
  co_return reads ? MYSQL_WAIT_READ : MYSQL_WAIT_WRITE;
}

asio::awaitable<MariadbResult> MariadbConnection::Run(std::string sql) {
  int failed = 0;
  int wanted = mysql_real_query_start(&failed, connection_, sql.data(), sql.size());
  const std::function<int(int)> ask = [this, &failed](int came) {
    return mysql_real_query_cont(&failed, connection_, came);
  };
  co_await Finish(wanted, ask);
  if (failed != 0) throw Error();
  MYSQL_RES* stored = nullptr;
  wanted = mysql_store_result_start(&stored, connection_);
  const std::function<int(int)> store = [this, &stored](int came) {
    return mysql_store_result_cont(&stored, connection_, came);
  };
  co_await Finish(wanted, store);
  const MariadbResultPointer result(stored);
  if (result) co_return CopyRows(result.get());
  if (mysql_errno(connection_) != 0) throw Error();  // otherwise the statement has no rows
  co_return MariadbResult();
}

MariadbError MariadbConnection::Error() {
  const int number = static_cast<int>(mysql_errno(connection_));
  const std::string text = mysql_error(connection_);
  alive_ = alive_ && !MariadbDisconnects(number);
  const bool refused = text.find("(" + std::to_string(ECONNREFUSED) + ")") != std::string::npos;
  if (number >= CR_MIN_ERROR && refused) return {"connection-refused", number, text};
  return {MariadbSymbol(number), number, text};
}

std::string MariadbConnection::Quoted(const std::string& text) const {
  std::string quoted(2 * text.size() + 3, '\'');
  const size_t size =
      mysql_real_escape_string(connection_, quoted.data() + 1, text.data(), text.size());
  quoted.resize(size + 1);
  return quoted + '\'';
}

bool MariadbConnection::InTransaction() const {
  unsigned status = 0;
  mariadb_get_infov(connection_, MARIADB_CONNECTION_SERVER_STATUS, &status);
  return (status & SERVER_STATUS_IN_TRANS) != 0;
}

bool MariadbConnection::Idle() const {
  char byte;
  const ssize_t n = recv(mysql_get_socket(connection_), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) && alive_ && !InTransaction();
}

}  // namespace cleave
