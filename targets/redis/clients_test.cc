// Redis's clients against servers that misbehave by script: a sentinel that names them, and them.
#include "targets/redis/clients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "targets/bad_server.h"
#include "targets/run_awaitable.h"

namespace cleave {
namespace {

const char* const kIsMaster = "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n";
const char* const kIsReplica =
    "*5\r\n$5\r\nslave\r\n$9\r\n127.0.0.1\r\n:6379\r\n$9\r\nconnected\r\n:1\r\n";

/// What a sentinel answers that names the server on this port.
std::string Names(uint16_t port) {
  const std::string text = std::to_string(port);
  return "*2\r\n$9\r\n127.0.0.1\r\n$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

/// A port that refuses connections.
uint16_t ClosedPort(asio::io_context& io) {
  asio::ip::tcp::acceptor closed(io, {asio::ip::address_v4::loopback(), 0});
  return closed.local_endpoint().port();
}

class RedisClients : public testing::Test {
 protected:
  /// What a client makes of a master that serves its connections by these scripts.
  Completion Ask(const std::string& interface, const std::string& f, const Json& value,
                 std::vector<BadServer::Script> scripts, int wait = 0) {
    server_.emplace(io_, std::move(scripts));
    const BadServer::Script named(2, Names(server_->port()));
    sentinel_.emplace(io_, std::vector<BadServer::Script>{named});
    client_ = MakeRedisClient({interface, {"127.0.0.1", sentinel_->port()}, wait});
    return Again(f, value);
  }
  Completion Again(const std::string& f, const Json& value) {
    Invocation invocation;
    invocation.f = f;
    invocation.value = value;
    invocation.key = "k";
    return RunAwaitable(io_, client_->Invoke(invocation));
  }
  Completion Write(const std::string& answer, int wait = 0) {
    return Ask("register", "write", 1, {{kIsMaster, answer}}, wait);
  }
  Completion Read(const std::string& answer) {
    return Ask("register", "read", nullptr, {{kIsMaster, answer}});
  }

  asio::io_context io_;
  std::optional<BadServer> server_, sentinel_;
  std::unique_ptr<Client> client_;
};

void ExpectRedisOutcome(const Completion& completion, Outcome outcome, const std::string& error) {
  EXPECT_EQ(completion.outcome, outcome) << completion.error << " " << completion.text;
  EXPECT_EQ(completion.error, error) << completion.text;
}

TEST_F(RedisClients, AnAnswerIsUnderstood) {
  EXPECT_EQ(Write("+OK\r\n").outcome, Outcome::kOk);
  EXPECT_EQ(Read("$1\r\n7\r\n").value, Json(7));
  EXPECT_EQ(Read("$-1\r\n").value, Json(nullptr));
}

TEST_F(RedisClients, AnAnswerInPiecesIsUnderstood) {
  std::string list = "*1000\r\n";
  for (int i = 0; i < 1000; ++i) list += "$4\r\n" + std::to_string(1000 + i) + "\r\n";
  const Completion read = Ask("set", "read", nullptr, {{kIsMaster, list}});
  EXPECT_EQ(read.value.size(), 1000u) << read.text;
}

TEST_F(RedisClients, ARefusedWriteFails) {
  ExpectRedisOutcome(Write("-READONLY You can't write against a read only replica.\r\n"),
                     Outcome::kFail, "read-only");
  ExpectRedisOutcome(Write("-NOREPLICAS Not enough good replicas to write.\r\n"), Outcome::kFail,
                     "no-replicas");
  ExpectRedisOutcome(Write("-LOADING Redis is loading the dataset in memory\r\n"), Outcome::kFail,
                     "loading");
}

TEST_F(RedisClients, AWriteWithoutAnAnswerIsUnknownAndAReadFails) {
  ExpectRedisOutcome(Write(""), Outcome::kInfo, "connection-closed");
  ExpectRedisOutcome(Read(""), Outcome::kFail, "connection-closed");
  ExpectRedisOutcome(Write("-ERR who knows\r\n"), Outcome::kInfo, "redis-error");
  ExpectRedisOutcome(Read("-ERR who knows\r\n"), Outcome::kFail, "redis-error");
}

TEST_F(RedisClients, NonsenseIsNoAnswer) {
  for (const char* answer : {"HTTP/1.1 400 Bad Request\r\n\r\n", "\xff\xfe\r\n", "*1\r\n?\r\n",
                             "$99999999999999999999\r\n",
                             "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n"
                             "*1\r\n*1\r\n*1\r\n:1\r\n"}) {
    ExpectRedisOutcome(Write(answer), Outcome::kInfo, "nonsense");
    ExpectRedisOutcome(Read(answer), Outcome::kFail, "nonsense");
  }
  ExpectRedisOutcome(Read("$2\r\n{]\r\n"), Outcome::kFail, "nonsense");
  ExpectRedisOutcome(Read(":1\r\n"), Outcome::kFail, "nonsense");
  ExpectRedisOutcome(Ask("set", "read", nullptr, {{kIsMaster, "$1\r\n1\r\n"}}), Outcome::kFail,
                     "nonsense");
}

TEST_F(RedisClients, AnAnswerTooManyIsNobodysAnswer) {
  const Completion first = Ask("register", "read", nullptr,
                               {{kIsMaster, "$1\r\n1\r\n$1\r\n2\r\n"}, {kIsMaster, "$1\r\n3\r\n"}});
  EXPECT_EQ(first.value, Json(1));
  EXPECT_EQ(Again("read", nullptr).value, Json(3));
  EXPECT_EQ(server_->accepted(), 2);
}

TEST_F(RedisClients, AConnectionThatWasLostIsOpenedAnewForTheNextOperationOnly) {
  ExpectRedisOutcome(Ask("register", "write", 1, {{kIsMaster, ""}, {kIsMaster, "+OK\r\n"}}),
                     Outcome::kInfo, "connection-closed");
  EXPECT_EQ(server_->accepted(), 1);
  EXPECT_EQ(Again("write", 2).outcome, Outcome::kOk);
  EXPECT_EQ(server_->requests().size(), 4u);  // ROLE and SET, twice
}

TEST_F(RedisClients, AServerThatIsNoMasterIsSentNothingElse) {
  ExpectRedisOutcome(Ask("register", "write", 1, {{kIsReplica, "+OK\r\n"}}), Outcome::kFail,
                     "not-master");
  EXPECT_EQ(server_->requests().size(), 1u);
}

TEST_F(RedisClients, NothingIsSentWithoutASentinelThatNamesAMaster) {
  client_ = MakeRedisClient({"register", {"127.0.0.1", ClosedPort(io_)}, 0});
  ExpectRedisOutcome(Again("write", 1), Outcome::kFail, "connection-refused");
  const std::pair<std::string, const char*> answers[] = {
      {"*-1\r\n", "no-master"},
      {"-ERR no\r\n", "redis-error"},
      {"+OK\r\n", "nonsense"},
      {"*2\r\n+a\r\n+b\r\n", "nonsense"},
      {"", "connection-closed"},
      {"never", "timeout"},
      {Names(ClosedPort(io_)), "connection-refused"}};
  for (const auto& [answer, error] : answers) {
    sentinel_.emplace(io_, std::vector<BadServer::Script>{{answer}});
    client_ = MakeRedisClient({"register", {"127.0.0.1", sentinel_->port()}, 0});
    ExpectRedisOutcome(Again("write", 1), Outcome::kFail, error);
  }
}

TEST_F(RedisClients, ATransactionThatRedisDiscardedFailsByWhatWasRefused) {
  const Json txn = {{"append", "x", 1}, {"append", "y", 2}};
  const std::string refused = "+OK\r\n-READONLY no\r\n-READONLY no\r\n-EXECABORT Discarded\r\n";
  ExpectRedisOutcome(Ask("append", "txn", txn, {{kIsMaster, refused}}), Outcome::kFail,
                     "read-only");
  const std::string late = "+OK\r\n+QUEUED\r\n+QUEUED\r\n-EXECABORT Discarded because of: x\r\n";
  ExpectRedisOutcome(Ask("append", "txn", txn, {{kIsMaster, late}}), Outcome::kFail, "aborted");
}

TEST_F(RedisClients, ATransactionThatMayHaveBeenExecutedIsUnknown) {
  const Json txn = {{"append", "x", 1}, {"append", "y", 2}};
  const std::string queued = "+OK\r\n+QUEUED\r\n+QUEUED\r\n";
  const std::pair<std::string, const char*> answers[] = {
      {queued + "*2\r\n:1\r\n-WRONGTYPE no\r\n", "in-part"},
      {queued + "*1\r\n:1\r\n", "nonsense"},
      {queued + "*-1\r\n", "nonsense"},
      {"-ERR no\r\n:1\r\n:1\r\n-ERR EXEC without MULTI\r\n", "redis-error"}};
  for (const auto& [answer, error] : answers) {
    ExpectRedisOutcome(Ask("append", "txn", txn, {{kIsMaster, answer}}), Outcome::kInfo, error);
  }
}

TEST_F(RedisClients, AWriteThatTooFewReplicasAcknowledgeIsUnknown) {
  EXPECT_EQ(Write("+OK\r\n:2\r\n", 2).outcome, Outcome::kOk);
  ExpectRedisOutcome(Write("+OK\r\n:1\r\n", 2), Outcome::kInfo, "not-confirmed");
  ExpectRedisOutcome(Write("+OK\r\n-UNBLOCKED instance state changed\r\n", 2), Outcome::kInfo,
                     "not-confirmed");
  ExpectRedisOutcome(Write("-READONLY no\r\n:0\r\n", 2), Outcome::kFail, "read-only");
}

TEST_F(RedisClients, AReadThatIsToBeConfirmedWritesAMarkerAndFailsWithoutReplicas) {
  const std::string answer = "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n$1\r\n5\r\n+OK\r\n";
  EXPECT_EQ(Ask("register", "read", nullptr, {{kIsMaster, answer + ":1\r\n"}}, 1).value, Json(5));
  EXPECT_THAT(server_->requests()[1], testing::HasSubstr("cleave/confirmed"));
  ExpectRedisOutcome(Ask("register", "read", nullptr, {{kIsMaster, answer + ":0\r\n"}}, 1),
                     Outcome::kFail, "not-confirmed");
}

TEST_F(RedisClients, TheRunnersDeadlineGoesThroughAndClosesTheConnection) {
  server_.emplace(io_, std::vector<BadServer::Script>{{kIsMaster, "never"}});
  sentinel_.emplace(io_, std::vector<BadServer::Script>{{Names(server_->port())}});
  client_ = MakeRedisClient({"register", {"127.0.0.1", sentinel_->port()}, 0});
  Invocation invocation;
  invocation.f = "write";
  invocation.value = 1;
  asio::cancellation_signal signal;
  std::exception_ptr thrown;
  asio::co_spawn(io_, client_->Invoke(invocation),
                 asio::bind_cancellation_slot(
                     signal.slot(), [&](std::exception_ptr e, Completion) { thrown = e; }));
  while (server_->requests().size() < 2) io_.run_one();
  signal.emit(asio::cancellation_type::terminal);
  while (!thrown) io_.run_one();
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    EXPECT_EQ(error.code(), asio::error::operation_aborted);
  }
  while (!server_->client_closed()) io_.run_one();
}

TEST_F(RedisClients, AnUnknownDataTypeOrFunctionIsAMistakeOfTheCaller) {
  EXPECT_THROW(MakeRedisClient({"queue", {"127.0.0.1", 1}, 0}), std::invalid_argument);
  EXPECT_THROW(Ask("set", "remove", 1, {{kIsMaster}}), std::invalid_argument);
}

}  // namespace
}  // namespace cleave
