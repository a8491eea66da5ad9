// A small server for tests of clients, of any protocol in which requests are answered: it answers
// by script, and misbehaves as the script says.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/run/asio.h"

namespace cleave {

/// Accepts connections and serves each by the next of its scripts: what to answer to each request;
/// "" closes the connection in place of an answer, "never" keeps silent until the client closes.
/// `greeting` is what it says to each connection before it is asked, where that is not empty.
class BadServer {
 public:
  using Script = std::vector<std::string>;

  BadServer(asio::io_context& io, std::vector<Script> scripts, std::string greeting = "")
      : state_(std::make_shared<State>(io, std::move(scripts), std::move(greeting))) {
    asio::co_spawn(io, Accept(state_), asio::detached);
  }
  uint16_t port() const { return state_->port; }
  const std::vector<std::string>& requests() const { return state_->requests; }
  int accepted() const { return state_->accepted; }
  bool client_closed() const { return state_->client_closed; }

 private:
  struct State {
    State(asio::io_context& io, std::vector<Script> scripts, std::string greeting)
        : acceptor(io, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
          port(acceptor.local_endpoint().port()),
          scripts(std::move(scripts)),
          greeting(std::move(greeting)) {}
    asio::ip::tcp::acceptor acceptor;
    const uint16_t port;
    std::vector<Script> scripts;
    const std::string greeting;
    std::vector<std::string> requests;
    int accepted = 0;
    bool client_closed = false;
  };
  using StatePtr = std::shared_ptr<State>;

  static asio::awaitable<void> Accept(StatePtr state) {
    for (const Script& script : state->scripts) {
      asio::ip::tcp::socket socket = co_await state->acceptor.async_accept(asio::use_awaitable);
      ++state->accepted;
      asio::co_spawn(state->acceptor.get_executor(), Serve(state, std::move(socket), &script),
                     asio::detached);
    }
    state->acceptor.close();  // a connection too many is refused, and no test waits for it
  }
  static asio::awaitable<void> Serve(StatePtr state, asio::ip::tcp::socket socket,
                                     const Script* script) {
    co_await asio::async_write(socket, asio::buffer(state->greeting), asio::use_awaitable);
    for (const std::string& answer : *script) {
      std::string request(4096, '\0');
      const auto [error, size] =
          co_await socket.async_read_some(asio::buffer(request), kAwaitTuple);
      state->client_closed = error == asio::error::eof || error == asio::error::connection_reset;
      if (error) co_return;
      state->requests.push_back(request.substr(0, size));
      if (answer.empty()) co_return;
      if (answer == "never") break;
      co_await asio::async_write(socket, asio::buffer(answer), asio::use_awaitable);
    }
    if (script->back() != "never") co_return;
    char byte;
    const auto [error, size] = co_await socket.async_read_some(asio::buffer(&byte, 1), kAwaitTuple);
    state->client_closed = error == asio::error::eof || error == asio::error::connection_reset;
  }

  StatePtr state_;
};

/// A correct HTTP reply with this body.
inline std::string Answer(const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers +
         "\r\n" + body;
}

}  // namespace cleave
