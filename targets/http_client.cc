// The HTTP connection of clients. Bytes are moved by Asio alone and Beast only parses, so that it
// is known exactly whether a byte of a request has left, and every wait can be cancelled.
#include "targets/http_client.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <utility>

#include "harness/run/asio.h"

namespace cleave {
namespace {

namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using ResponseParser = http::response_parser<http::string_body>;

constexpr size_t kReadSize = 64 << 10;

/// Never returns. Cancellation stays what it is, so that the runner recognises its own deadline.
[[noreturn]] void ThrowNetworkError(const error_code& error, const std::string& doing, bool sent) {
  namespace e = asio::error;
  if (error == e::operation_aborted) throw boost::system::system_error(error);
  const std::string text = doing + ": " + error.message();
  if (error == e::connection_refused) throw HttpError("connection-refused", text, sent);
  if (error == e::timed_out) throw HttpError("connect-timeout", text, sent);
  if (error == e::eof) throw HttpError("connection-closed", text, sent);
  if (error == e::host_unreachable || error == e::network_unreachable || error == e::network_down) {
    throw HttpError("unreachable", text, sent);
  }
  throw HttpError("connection-reset", text, sent);
}

[[noreturn]] void ThrowParseError(const error_code& error) {
  if (error == http::error::body_limit || error == http::error::header_limit ||
      error == http::error::buffer_overflow) {
    throw HttpError("too-large", "the reply is too large: " + error.message(), true);
  }
  throw HttpError("nonsense", "the answer is not HTTP: " + error.message(), true);
}

/// Closes a socket when its time is over, which ends what waits for it.
class Deadline {
 public:
  Deadline(const std::shared_ptr<tcp::socket>& socket, std::chrono::milliseconds time)
      : timer_(socket->get_executor(), time) {
    // The handler may run when the waiting coroutine is gone: it owns what it touches.
    timer_.async_wait([passed = passed_, weak = std::weak_ptr(socket)](const error_code& error) {
      const auto socket = weak.lock();
      if (error || !socket) return;
      *passed = true;
      error_code ignored;
      socket->close(ignored);
    });
  }
  /// Ends the deadline: nothing is closed any more. Says whether it had passed.
  bool Passed() {
    timer_.cancel();
    return *passed_;
  }

 private:
  asio::steady_timer timer_;
  std::shared_ptr<bool> passed_ = std::make_shared<bool>(false);
};

}  // namespace

struct HttpClient::Connection {
  explicit Connection(const asio::any_io_executor& executor)
      : socket(std::make_shared<tcp::socket>(executor)) {}

  /// Whether the connection can carry a request: open, not closed by the server, nothing unread.
  bool Idle() {
    char byte;
    const ssize_t n = recv(socket->native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }

  std::shared_ptr<tcp::socket> socket;  // Deadline holds it weakly
  boost::beast::flat_buffer buffer;
};

HttpClient::HttpClient(std::string address, uint16_t port,
                       std::optional<std::chrono::milliseconds> reply_timeout)
    : address_(std::move(address)), port_(port), reply_timeout_(reply_timeout) {}

HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;

asio::awaitable<void> HttpClient::Connect() {
  const auto executor = co_await asio::this_coro::executor;
  const std::string doing = "connecting to " + address_ + ":" + std::to_string(port_);
  error_code bad_address;
  const tcp::endpoint endpoint(asio::ip::make_address(address_, bad_address), port_);
  if (bad_address) throw HttpError("unreachable", doing + ": not an IP address", false);

  auto connection = std::make_unique<Connection>(executor);
  Deadline deadline(connection->socket,
                    std::min(kConnectTimeout, reply_timeout_.value_or(kConnectTimeout)));
  auto [error] = co_await connection->socket->async_connect(endpoint, kAwaitTuple);
  if (deadline.Passed()) error = asio::error::timed_out;
  if (error) ThrowNetworkError(error, doing, false);
  error_code ignored;
  connection->socket->set_option(tcp::no_delay(true), ignored);
  connection_ = std::move(connection);
}

asio::awaitable<void> HttpClient::Send(const std::string& head, const std::string& body) {
  std::array<asio::const_buffer, 2> buffers = {asio::buffer(head), asio::buffer(body)};
  auto [error, sent] = co_await asio::async_write(*connection_->socket, buffers, kAwaitTuple);
  if (error) ThrowNetworkError(error, "sending the request", sent > 0);
}

asio::awaitable<HttpReply> HttpClient::Receive() {
  Connection& connection = *connection_;
  ResponseParser parser;
  parser.body_limit(kMaxReplyBytes);
  parser.eager(true);
  bool read_more = true;
  while (!parser.is_done()) {
    error_code parse_error;
    if (read_more) {
      auto space = connection.buffer.prepare(kReadSize);
      auto [error, size] = co_await connection.socket->async_read_some(space, kAwaitTuple);
      if (error == asio::error::eof && parser.got_some()) {
        parser.put_eof(parse_error);
        if (parse_error == http::error::partial_message) {
          ThrowNetworkError(error, "in the middle of the reply", true);
        }
        if (parse_error) ThrowParseError(parse_error);
        break;
      }
      if (error) ThrowNetworkError(error, "waiting for the reply", true);
      connection.buffer.commit(size);
    }
    const size_t used = parser.put(connection.buffer.data(), parse_error);
    connection.buffer.consume(used);
    if (parse_error && parse_error != http::error::need_more) ThrowParseError(parse_error);
    read_more = parse_error == http::error::need_more || used == 0 || connection.buffer.size() == 0;
  }
  // What follows a whole reply, unasked, must not be taken for the next one.
  const bool keep = parser.keep_alive() && connection.buffer.size() == 0;
  HttpReply reply;
  reply.status = static_cast<int>(parser.get().result_int());
  reply.body = std::move(parser.get().body());
  if (!keep) connection_.reset();
  co_return reply;
}

asio::awaitable<HttpReply> HttpClient::Post(const std::string& path, const std::string& body) {
  static const std::string kPost = "POST";  // a coroutine starts late: a temporary would be gone
  return Request(kPost, path, body);
}

asio::awaitable<HttpReply> HttpClient::Request(const std::string& method, const std::string& path,
                                               const std::string& body) {
  if (connection_ && !connection_->Idle()) connection_.reset();
  if (!connection_) co_await Connect();
  const std::string head =
      method + " " + path + " HTTP/1.1\r\nHost: " + address_ + ":" + std::to_string(port_) +
      "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
      "\r\n\r\n";
  std::optional<Deadline> deadline;
  if (reply_timeout_) deadline.emplace(connection_->socket, *reply_timeout_);
  try {
    co_await Send(head, body);
    co_return co_await Receive();
  } catch (...) {
    connection_.reset();  // a late reply to this request must never be taken for another's
    if (deadline && deadline->Passed()) throw HttpError("timeout", "no reply in time", true);
    throw;
  }
}

}  // namespace cleave
