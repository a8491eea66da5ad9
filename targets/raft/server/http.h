// The HTTP side of a node: connections of clients, each with one request at a time.
#pragma once

#include <functional>

#include "targets/raft/server/listen.h"

namespace cleave::raft {

/// Bodies beyond this are answered with 413.
inline constexpr uint64_t kMaxBodyBytes = 4 << 20;

/// Everything runs on `io`'s one thread.
class HttpServer {
 public:
  using Done = std::function<void(Answer)>;
  /// `handle` must call Done once, at once or later.
  using Handler = std::function<void(const std::string& method, const std::string& target,
                                     const std::string& body, Done done)>;
  /// Begins to listen; throws as Listen does.
  HttpServer(asio::io_context& io, const Endpoint& endpoint, Handler handle);
  uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  asio::awaitable<void> Serve(asio::ip::tcp::socket socket);
  asio::awaitable<Answer> Ask(std::string method, std::string target, std::string body);

  asio::io_context& io_;
  Handler handle_;
  asio::ip::tcp::acceptor acceptor_;
};

}  // namespace cleave::raft
