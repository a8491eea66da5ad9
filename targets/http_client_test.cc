// The HTTP connection against small servers on loopback, each bad in one way.
#include "targets/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <vector>

#include "harness/run/asio.h"
#include "targets/bad_server.h"

namespace cleave {
namespace {

using asio::ip::tcp;
using namespace std::chrono_literals;

/// What one request ended with.
struct Ended {
  std::optional<HttpReply> reply;
  std::string symbol;
  bool sent = true;
};

asio::awaitable<void> Ask(HttpClient& client, std::string body, Ended& ended) {
  const std::string path = "/v1/ask";
  try {
    ended.reply = co_await client.Post(path, body);
  } catch (const HttpError& error) {
    ended.symbol = error.symbol;
    ended.sent = error.sent;
  } catch (const boost::system::system_error& error) {
    ended.symbol = error.code() == asio::error::operation_aborted ? "aborted" : error.what();
  }
}

class HttpClientTest : public testing::Test {
 protected:
  /// Runs one request to its end.
  Ended Request(HttpClient& client, const std::string& body = "{}") {
    Ended ended;
    bool done = false;
    asio::co_spawn(io_, Ask(client, body, ended), [&](std::exception_ptr) { done = true; });
    Run(done);
    EXPECT_TRUE(done) << "the request never ended";
    return ended;
  }
  void Run(const bool& done) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    io_.restart();
    while (!done && std::chrono::steady_clock::now() < deadline) io_.run_one_for(1s);
  }
  HttpClient ClientOf(const BadServer& server) { return HttpClient("127.0.0.1", server.port()); }

  asio::io_context io_;
};

TEST_F(HttpClientTest, KeepsOneConnectionForManyRequests) {
  BadServer server(io_, {{Answer("one"), Answer("two")}});
  HttpClient client = ClientOf(server);
  EXPECT_EQ(Request(client, "{\"a\":1}").reply.value().body, "one");
  EXPECT_EQ(Request(client, "{}").reply.value().body, "two");
  EXPECT_EQ(server.accepted(), 1);
  EXPECT_THAT(server.requests().at(0),
              testing::AllOf(testing::StartsWith("POST /v1/ask HTTP/1.1\r\n"),
                             testing::HasSubstr("Content-Length: 7\r\n"),
                             testing::EndsWith("\r\n\r\n{\"a\":1}")));
}

TEST_F(HttpClientTest, AnErrorStatusIsAReplyAndNotAnException) {
  BadServer server(io_, {{"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy"}});
  HttpClient client = ClientOf(server);
  const HttpReply reply = Request(client).reply.value();
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.body, "busy");
}

TEST_F(HttpClientTest, AChunkedReplyIsPutTogether) {
  BadServer server(io_, {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
                          Answer("next")}});
  HttpClient client = ClientOf(server);
  EXPECT_EQ(Request(client).reply.value().body, "abcde");
  EXPECT_EQ(Request(client).reply.value().body, "next");
}

TEST_F(HttpClientTest, ARefusedConnectionMeansNothingWasSent) {
  tcp::acceptor closed(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  HttpClient client("127.0.0.1", closed.local_endpoint().port());
  closed.close();
  const Ended ended = Request(client);
  EXPECT_EQ(ended.symbol, "connection-refused");
  EXPECT_FALSE(ended.sent);
}

TEST_F(HttpClientTest, AnAddressThatIsNoneMeansNothingWasSent) {
  HttpClient client("n1", 80);
  const Ended ended = Request(client);
  EXPECT_EQ(ended.symbol, "unreachable");
  EXPECT_FALSE(ended.sent);
}

TEST_F(HttpClientTest, AServerThatClosesInPlaceOfAReplyMayHaveDoneIt) {
  BadServer server(io_, {{""}});
  HttpClient client = ClientOf(server);
  const Ended ended = Request(client);
  EXPECT_EQ(ended.symbol, "connection-closed");
  EXPECT_TRUE(ended.sent);
}

TEST_F(HttpClientTest, AServerThatClosesInTheMiddleOfAReplyMayHaveDoneIt) {
  BadServer server(io_, {{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"}});
  HttpClient client = ClientOf(server);
  const Ended ended = Request(client);
  EXPECT_EQ(ended.symbol, "connection-closed");
  EXPECT_TRUE(ended.sent);
}

TEST_F(HttpClientTest, AnAnswerThatIsNotHttpIsNonsense) {
  BadServer server(io_, {{"-ERR unknown command 'POST'\r\n"}});
  HttpClient client = ClientOf(server);
  const Ended ended = Request(client);
  EXPECT_EQ(ended.symbol, "nonsense");
  EXPECT_TRUE(ended.sent);
}

TEST_F(HttpClientTest, AReplyBeyondTheLimitIsRefusedBeforeItIsRead) {
  BadServer server(io_, {{"HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\nx"}});
  HttpClient client = ClientOf(server);
  EXPECT_EQ(Request(client).symbol, "too-large");
}

TEST_F(HttpClientTest, AHeaderWithoutEndIsRefused) {
  BadServer server(io_, {{"HTTP/1.1 200 OK\r\nX: " + std::string(1 << 20, 'x')}});
  HttpClient client = ClientOf(server);
  EXPECT_EQ(Request(client).symbol, "too-large");
}

TEST_F(HttpClientTest, CancellingClosesTheConnectionAndIsSeenAsAborted) {
  BadServer server(io_, {{"never"}, {Answer("later")}});
  HttpClient client = ClientOf(server);
  Ended ended;
  bool done = false;
  asio::cancellation_signal signal;
  asio::co_spawn(
      io_, Ask(client, "{}", ended),
      asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr) { done = true; }));
  while (server.requests().empty()) io_.run_one();
  signal.emit(asio::cancellation_type::terminal);
  Run(done);
  EXPECT_EQ(ended.symbol, "aborted");
  while (!server.client_closed()) io_.run_one();
  EXPECT_EQ(Request(client).reply.value().body, "later");
  EXPECT_EQ(server.accepted(), 2);
}

TEST_F(HttpClientTest, AReplyTimeoutEndsTheWaitWithoutTheRunner) {
  BadServer server(io_, {{"never"}});
  HttpClient client("127.0.0.1", server.port(), 50ms);
  const Ended ended = Request(client);
  EXPECT_EQ(ended.symbol, "timeout");
  EXPECT_TRUE(ended.sent);
}

TEST_F(HttpClientTest, AnIdleConnectionThatTheServerClosedIsReplacedWithoutAnError) {
  BadServer server(io_, {{Answer("one")}, {Answer("two")}});
  HttpClient client = ClientOf(server);
  EXPECT_EQ(Request(client).reply.value().body, "one");
  io_.restart();
  io_.poll();  // the server's coroutine ends and closes
  EXPECT_EQ(Request(client).reply.value().body, "two");
  EXPECT_EQ(server.accepted(), 2);
}

TEST_F(HttpClientTest, ARequestToCloseIsHonoured) {
  BadServer server(io_, {{Answer("one", "Connection: close\r\n"), "never"}, {Answer("two")}});
  HttpClient client = ClientOf(server);
  EXPECT_EQ(Request(client).reply.value().body, "one");
  EXPECT_EQ(Request(client).reply.value().body, "two");
  EXPECT_EQ(server.accepted(), 2);
}

TEST_F(HttpClientTest, AnAnswerTooManyIsNeverTakenForTheNextRequest) {
  BadServer server(io_, {{Answer("one") + Answer("unasked"), "never"}, {Answer("two")}});
  HttpClient client = ClientOf(server);
  EXPECT_EQ(Request(client).reply.value().body, "one");
  EXPECT_EQ(Request(client).reply.value().body, "two");
}

}  // namespace
}  // namespace cleave
