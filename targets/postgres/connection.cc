// See connection.h. libpq reads and writes; here is only waited, so that every wait can be
// cancelled.
#include "targets/postgres/connection.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "targets/socket_wait.h"

namespace cleave {
namespace {

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPointer = std::unique_ptr<PGresult, ClearResult>;

std::string WithoutNewline(const char* text) {
  std::string line = text;
  while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back()))) line.pop_back();
  return line;
}

/// libpq gives the SQLSTATE of a connection that was refused only within a verbose message.
PostgresError ConnectError(const std::string& text) {
  constexpr std::string_view kFatal = "FATAL:  ";
  const size_t fatal = text.find(kFatal);
  if (fatal != std::string::npos && text.size() > fatal + kFatal.size() + 5 &&
      text[fatal + kFatal.size() + 5] == ':') {
    const std::string sqlstate = text.substr(fatal + kFatal.size(), 5);
    return {PostgresSymbol(sqlstate), sqlstate, text.substr(0, text.find('\n'))};
  }
  const bool refused = text.find(std::strerror(ECONNREFUSED)) != std::string::npos;
  return {refused ? "connection-refused" : "connection-failed", "", text};
}

PostgresError StatementError(const PGresult* result) {
  const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string text = WithoutNewline(PQresultErrorMessage(result));
  if (sqlstate == nullptr) return {"connection-closed", "", text};
  return {PostgresSymbol(sqlstate), sqlstate, text};
}

PostgresResult Copy(const PGresult* from) {
  PostgresResult result;
  result.tag = PQcmdStatus(const_cast<PGresult*>(from));
  for (int row = 0; row < PQntuples(from); ++row) {
    auto& columns = result.rows.emplace_back();
    for (int column = 0; column < PQnfields(from); ++column) {
      std::optional<std::string>& value = columns.emplace_back();
      if (PQgetisnull(from, row, column) != 0) continue;
      value.emplace(PQgetvalue(from, row, column), PQgetlength(from, row, column));
    }
  }
  return result;
}

pg_conn* BeginToConnect(const PostgresServer& server) {
  const std::string port = std::to_string(server.port);
  std::string options = "-c default_transaction_isolation=";
  for (const char c : server.isolation)
    options += c == ' ' ? std::string("\\ ") : std::string(1, c);
  const std::pair<const char*, const char*> parameters[] = {
      {"hostaddr", server.address.c_str()},
      {"port", port.c_str()},
      {"user", "postgres"},
      {"dbname", "postgres"},
      {"application_name", "cleave"},
      {"options", options.c_str()},
      {"sslmode", "disable"},
      {"gssencmode", "disable"},
      {"password", "none"},  // which nobody asks for, and libpq looks for no file with another
      {nullptr, nullptr}};
  std::vector<const char*> names, values;
  for (const auto& [name, value] : parameters) {
    names.push_back(name);
    values.push_back(value);
  }
  return PQconnectStartParams(names.data(), values.data(), 0);
}

}  // namespace

PostgresConnection::PostgresConnection(pg_conn* connection, std::optional<TimePoint> deadline)
    : connection_(connection), deadline_(deadline) {}

PostgresConnection::~PostgresConnection() { PQfinish(connection_); }

asio::awaitable<std::unique_ptr<PostgresConnection>> PostgresConnection::Open(
    PostgresServer server, std::optional<std::chrono::milliseconds> time) {
  std::optional<TimePoint> deadline;
  if (time) deadline = std::chrono::steady_clock::now() + *time;
  pg_conn* started = BeginToConnect(server);
  if (started == nullptr) throw std::bad_alloc();
  std::unique_ptr<PostgresConnection> connection(new PostgresConnection(started, deadline));
  co_await connection->Connect();
  co_return connection;
}

/// libpq may take another socket while it connects: asked for before each wait.
void PostgresConnection::Watch(const asio::any_io_executor& executor) {
  const int fd = fcntl(PQsocket(connection_), F_DUPFD_CLOEXEC, 0);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "duplicating a socket");
  socket_ = std::make_shared<Socket>(executor, fd);
}

asio::awaitable<void> PostgresConnection::Connect() {
  const auto executor = co_await asio::this_coro::executor;
  PQsetErrorVerbosity(connection_, PQERRORS_VERBOSE);
  PQsetNoticeProcessor(
      connection_, [](void*, const char*) {}, nullptr);  // the server has its log
  const auto failed = [this] { return ConnectError(WithoutNewline(PQerrorMessage(connection_))); };
  if (PQstatus(connection_) == CONNECTION_BAD) throw failed();
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    Watch(executor);
    co_await Wait(state == PGRES_POLLING_READING ? Socket::wait_read : Socket::wait_write);
    state = PQconnectPoll(connection_);
    if (state == PGRES_POLLING_FAILED) throw failed();
  }
  Watch(executor);
  PQsetErrorVerbosity(connection_, PQERRORS_DEFAULT);
  PQsetnonblocking(connection_, 1);
}

asio::awaitable<void> PostgresConnection::Wait(Socket::wait_type type) {
  const bool passed = co_await WaitUntil(socket_, type, deadline_);
  if (passed) throw PostgresError("timeout", "", "no answer in time");
}

PostgresError PostgresConnection::Lost() const {
  return {"connection-closed", "", WithoutNewline(PQerrorMessage(connection_))};
}

asio::awaitable<void> PostgresConnection::Flush() {
  while (true) {
    const int left = PQflush(connection_);
    if (left < 0) throw Lost();
    if (left == 0) co_return;
    co_await Wait(Socket::wait_write);
  }
}

asio::awaitable<PostgresResult> PostgresConnection::Run(std::string sql,
                                                        std::vector<std::string> parameters) {
  std::vector<const char*> values;
  for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
  if (PQsendQueryParams(connection_, sql.c_str(), static_cast<int>(values.size()), nullptr,
                        values.data(), nullptr, nullptr, 0) == 0) {
    throw Lost();
  }
  co_await Flush();
  std::optional<PostgresError> failed;
  PostgresResult result;
  while (true) {
    while (PQisBusy(connection_) != 0) {
      co_await Wait(Socket::wait_read);
      // When it is lost, the server's last words may have come before: they are the result.
      if (PQconsumeInput(connection_) == 0) break;
    }
    const ResultPointer part(PQgetResult(connection_));
    if (!part) break;
    const ExecStatusType status = PQresultStatus(part.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
      result = Copy(part.get());
    } else if (!failed) {
      failed = StatementError(part.get());
    }
  }
  if (failed) throw *failed;
  co_return result;
}

bool PostgresConnection::Idle() const {
  char byte;
  const ssize_t n = recv(PQsocket(connection_), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) && Alive() && !InTransaction();
}

bool PostgresConnection::InTransaction() const {
  return PQtransactionStatus(connection_) != PQTRANS_IDLE;
}

bool PostgresConnection::Alive() const { return PQstatus(connection_) == CONNECTION_OK; }

}  // namespace cleave
