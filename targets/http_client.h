// One HTTP/1.1 connection for a client of a store that speaks JSON over HTTP (Boost.Beast).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "harness/run/asio.h"

namespace cleave {

struct HttpReply {
  int status = 0;
  std::string body;
};

/// No reply came. `sent` is false when no byte of the request can have reached the server: then the
/// operation certainly did not happen.
class HttpError : public std::runtime_error {
 public:
  HttpError(const std::string& symbol, const std::string& text, bool sent)
      : std::runtime_error(text), symbol(symbol), sent(sent) {}
  /// "connection-refused", "connect-timeout", "unreachable", "connection-reset", "timeout",
  /// "connection-closed" (before the reply was whole), "nonsense" (the answer is not HTTP),
  /// "too-large".
  std::string symbol;
  bool sent;
};

/// A connection that is not established after this long is given up: nothing was sent.
inline constexpr std::chrono::milliseconds kConnectTimeout{2000};
/// Longer replies are refused ("too-large") before they fill the memory. A read of a set of
/// millions of elements is shorter.
inline constexpr uint64_t kMaxReplyBytes = 512 << 20;

/// Connects on the first request, keeps the connection alive, and connects anew after an error or
/// when the server closed an idle connection before the request was sent. One request at a time.
/// Cancelling the awaiting coroutine (terminal cancellation) closes the connection.
class HttpClient {
 public:
  /// `address` is an IP address. Nothing is sent before the first request. `reply_timeout` bounds
  /// the wait for each reply, and connecting if that is shorter than kConnectTimeout; without it
  /// the runner's deadline for the operation, which cancels, is the only bound.
  HttpClient(std::string address, uint16_t port,
             std::optional<std::chrono::milliseconds> reply_timeout = std::nullopt);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  /// The arguments must live until the request ends. Throws HttpError, or operation_aborted through
  /// boost::system::system_error when cancelled.
  asio::awaitable<HttpReply> Request(const std::string& method, const std::string& path,
                                     const std::string& body);
  asio::awaitable<HttpReply> Post(const std::string& path, const std::string& body);

 private:
  struct Connection;
  asio::awaitable<void> Connect();
  asio::awaitable<void> Send(const std::string& head, const std::string& body);
  asio::awaitable<HttpReply> Receive();
  std::string address_;
  uint16_t port_;
  std::optional<std::chrono::milliseconds> reply_timeout_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace cleave
