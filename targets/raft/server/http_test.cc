// Answers to requests that are refused before they are read.
#include "targets/raft/server/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/run/asio.h"
#include "targets/run_awaitable.h"

namespace cleave::raft {
namespace {

using asio::ip::tcp;
using testing::HasSubstr;
using testing::StartsWith;

/// Sends the whole request before it reads, as simple clients do; all that came back.
asio::awaitable<std::string> Talk(uint16_t port, const std::string& request) {
  tcp::socket socket(co_await asio::this_coro::executor);
  const tcp::endpoint server(asio::ip::address_v4::loopback(), port);
  co_await socket.async_connect(server, asio::use_awaitable);
  co_await asio::async_write(socket, asio::buffer(request), kAwaitTuple);
  std::string reply;
  co_await asio::async_read(socket, asio::dynamic_buffer(reply), kAwaitTuple);
  co_return reply;
}

TEST(RaftHttp, ABodyThatIsTooLargeIsAnsweredThoughAllOfItIsSentFirst) {
  asio::io_context io;
  HttpServer server(
      io, {"127.0.0.1", 0},
      [](const std::string&, const std::string&, const std::string&, HttpServer::Done done) {
        done({200, "{}"});
      });
  const size_t size = kMaxBodyBytes + (2 << 20);
  const std::string request = "PUT /v1/kv/k HTTP/1.1\r\nContent-Length: " + std::to_string(size) +
                              "\r\n\r\n" + std::string(size, 'x');
  const std::string reply = RunAwaitable<std::string>(io, Talk(server.port(), request));
  EXPECT_THAT(reply, StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(reply, HasSubstr("too-large"));
}

}  // namespace
}  // namespace cleave::raft
