// Serving HTTP/1.1 with Boost.Beast.
#include "targets/raft/server/http.h"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "harness/run/asio.h"

namespace cleave::raft {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using namespace std::chrono_literals;

/// What is still read of a refused request, and for how long.
constexpr size_t kMaxDiscardedBytes = 8 << 20;
constexpr auto kDiscardTime = 1s;

http::response<http::string_body> MakeResponse(Answer answer, bool keep_alive) {
  http::response<http::string_body> response;
  response.version(11);
  response.result(static_cast<unsigned>(answer.status));
  response.set(http::field::content_type, "application/json");
  response.keep_alive(keep_alive);
  response.body() = std::move(answer.body);
  response.body() += '\n';
  response.prepare_payload();
  return response;
}

/// What to say to bytes that are no request; nothing when the peer has just gone.
std::optional<Answer> Complaint(const beast::error_code& error) {
  if (error == http::error::body_limit) {
    return ErrorAnswer(413, "too-large", "the body is larger than 4 MiB", true);
  }
  const bool nonsense =
      error.category() == http::make_error_code(http::error::bad_method).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message;
  if (nonsense) return ErrorAnswer(400, "bad-request", "not HTTP: " + error.message(), true);
  return std::nullopt;
}

asio::awaitable<void> Discard(tcp::socket& socket) {
  std::string space(64 << 10, '\0');
  for (size_t left = kMaxDiscardedBytes; left > 0;) {
    const auto [error, n] = co_await socket.async_read_some(asio::buffer(space), kAwaitTuple);
    if (error) co_return;
    left -= std::min(left, n);
  }
}

/// Answers a request that was not read to its end. Closing a socket with input unread sends a
/// reset, which throws away the answer at the other end: so what still comes is read first.
asio::awaitable<void> Refuse(tcp::socket& socket, Answer answer) {
  using namespace asio::experimental::awaitable_operators;
  const auto response = MakeResponse(std::move(answer), false);
  co_await http::async_write(socket, response, kAwaitTuple);
  beast::error_code ignored;
  socket.shutdown(tcp::socket::shutdown_send, ignored);
  asio::steady_timer patience(socket.get_executor(), kDiscardTime);
  auto discarding = Discard(socket);
  auto giving_up = patience.async_wait(kAwaitTuple);
  co_await (std::move(discarding) || std::move(giving_up));
}

}  // namespace

HttpServer::HttpServer(asio::io_context& io, const Endpoint& endpoint, Handler handle)
    : io_(io), handle_(std::move(handle)), acceptor_(Listen(io, endpoint)) {
  const auto serve = [this](tcp::socket socket) {
    asio::co_spawn(io_, Serve(std::move(socket)), asio::detached);
  };
  asio::co_spawn(io_, AcceptAll(acceptor_, serve), asio::detached);
}

asio::awaitable<void> HttpServer::Serve(tcp::socket socket) {
  beast::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  beast::flat_buffer buffer;
  for (;;) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(kMaxBodyBytes);
    const auto [error, n] = co_await http::async_read(socket, buffer, parser, kAwaitTuple);
    if (error) {
      const auto complaint = Complaint(error);
      if (complaint) co_await Refuse(socket, *complaint);
      co_return;
    }
    const auto& request = parser.get();
    const bool keep_alive = request.keep_alive();
    std::string method(request.method_string());
    std::string target(request.target());
    Answer answer = co_await Ask(std::move(method), std::move(target), request.body());
    const auto response = MakeResponse(std::move(answer), keep_alive);
    const auto [failed, written] = co_await http::async_write(socket, response, kAwaitTuple);
    if (failed || !keep_alive) co_return;
  }
}

asio::awaitable<Answer> HttpServer::Ask(std::string method, std::string target, std::string body) {
  struct Slot {
    explicit Slot(asio::io_context& io) : wake(io, asio::steady_timer::time_point::max()) {}
    asio::steady_timer wake;
    std::optional<Answer> answer;
  };
  const auto slot = std::make_shared<Slot>(io_);
  handle_(method, target, body, [slot](Answer answer) {
    slot->answer = std::move(answer);
    slot->wake.cancel();
  });
  while (!slot->answer) co_await slot->wake.async_wait(kAwaitTuple);
  co_return std::move(*slot->answer);
}

}  // namespace cleave::raft
