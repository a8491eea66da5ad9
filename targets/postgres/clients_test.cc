// PostgreSQL's clients against a server that fails by script: what is certain, and what is not.
#include "targets/postgres/clients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "targets/bad_server.h"
#include "targets/postgres/server_messages.h"
#include "targets/run_awaitable.h"
#include "targets/target_test_fixture.h"

namespace cleave {
namespace {

using namespace std::chrono_literals;
using namespace postgres_messages;

const std::string kBegun = Done("BEGIN", 'T');
const std::string kInserted = Done("INSERT 0 1", 'T');
const std::string kRolledBack = Done("ROLLBACK", 'I');
const std::string kLost;  // closes in place of an answer

class PostgresClientTest : public testing::Test {
 protected:
  using Script = BadServer::Script;

  /// A transaction that appends, on a server that answers to connecting, BEGIN, INSERT, COMMIT, ….
  Completion Append(Script script) { return Invoke("append", "txn", kAppend, std::move(script)); }
  Completion Write(Script script) { return Invoke("register", "write", 1, std::move(script)); }
  Completion Invoke(const std::string& interface, const std::string& f, const Json& value,
                    Script script) {
    Open(interface, {std::move(script)});
    return Again(f, value);
  }
  void Open(const std::string& interface, std::vector<Script> scripts) {
    server_.emplace(io_, std::move(scripts));
    PostgresClientOptions options;
    options.interface = interface;
    options.server = AddressOf(*server_);
    client_ = MakePostgresClient(options);
  }
  Completion Again(const std::string& f, const Json& value) {
    invocation_.f = f;
    invocation_.value = value;
    invocation_.key = "k";
    return RunAwaitable(io_, client_->Invoke(invocation_));
  }
  /// The same with a deadline, as the runner sets it: nothing where the client let it through.
  std::optional<Completion> UntilDeadline(const std::string& f, const Json& value) {
    invocation_.f = f;
    invocation_.value = value;
    return InvokeUntilDeadline(io_, *client_, invocation_);
  }

  const Json kAppend = Json::array({{"append", "x", 1}});
  const Json kReadOnly = Json::array({{"r", "x", nullptr}});
  asio::io_context io_;
  std::optional<BadServer> server_;
  std::unique_ptr<Client> client_;
  Invocation invocation_;
};

TEST_F(PostgresClientTest, ATransactionIsOkWhenItsCommitIs) {
  ExpectOutcome(Append({Greeting(), kBegun, kInserted, Done("COMMIT", 'I')}), Outcome::kOk, "");
}

TEST_F(PostgresClientTest, WhatFailsBeforeTheCommitIsSentFails) {
  ExpectOutcome(Append({Fatal("57P03")}), Outcome::kFail, "starting-up");
  ExpectOutcome(Append({Fatal("53300")}), Outcome::kFail, "too-many-connections");
  ExpectOutcome(Append({kLost}), Outcome::kFail, "connection-failed");
  ExpectOutcome(Append({Greeting(), kLost}), Outcome::kFail, "connection-closed");
  ExpectOutcome(Append({Greeting(), kBegun, kLost}), Outcome::kFail, "connection-closed");
  ExpectOutcome(Append({Greeting(), kBegun, Fatal("57P01")}), Outcome::kFail, "terminated");
  ExpectOutcome(Append({Greeting(), kBegun, Failed("40001", 'E'), kRolledBack}), Outcome::kFail,
                "serialization-failure");
  ExpectOutcome(Append({Greeting(), kBegun, Failed("25006", 'E'), kRolledBack}), Outcome::kFail,
                "read-only");
}

TEST_F(PostgresClientTest, ACommitWithoutAnAnswerIsUnknown) {
  ExpectOutcome(Append({Greeting(), kBegun, kInserted, kLost}), Outcome::kInfo,
                "connection-closed");
  ExpectOutcome(Append({Greeting(), kBegun, kInserted, Fatal("57P01")}), Outcome::kInfo,
                "terminated");
  ExpectOutcome(Append({Greeting(), kBegun, kInserted, Fatal("57P02")}), Outcome::kInfo, "crashed");
  ExpectOutcome(Append({Greeting(), kBegun, kInserted, "what?"}), Outcome::kInfo,
                "connection-closed");
}

TEST_F(PostgresClientTest, ACommitThatIsRefusedFails) {
  ExpectOutcome(Append({Greeting(), kBegun, kInserted, Failed("40001", 'I')}), Outcome::kFail,
                "serialization-failure");
  ExpectOutcome(Append({Greeting(), kBegun, kInserted, kRolledBack}), Outcome::kFail,
                "rolled-back");
}

TEST_F(PostgresClientTest, AStatementOfItsOwnCommitsAsItIsSent) {
  ExpectOutcome(Write({Greeting(), Done("INSERT 0 1", 'I')}), Outcome::kOk, "");
  ExpectOutcome(Write({Greeting(), kLost}), Outcome::kInfo, "connection-closed");
  ExpectOutcome(Write({Greeting(), Fatal("57P01")}), Outcome::kInfo, "terminated");
  ExpectOutcome(Write({Greeting(), Failed("40001", 'I')}), Outcome::kFail, "serialization-failure");
  ExpectOutcome(Write({Fatal("57P03")}), Outcome::kFail, "starting-up");
}

TEST_F(PostgresClientTest, AReadLeavesNothingBehind) {
  ExpectOutcome(Invoke("register", "read", nullptr, {Greeting(), kLost}), Outcome::kFail,
                "connection-closed");
  ExpectOutcome(Invoke("append", "txn", kReadOnly, {Greeting(), kBegun, kLost}), Outcome::kFail,
                "connection-closed");
}

TEST_F(PostgresClientTest, ARefusedConnectionFails) {
  Open("register", {});
  RunAwaitable(io_, [](asio::io_context& io) -> asio::awaitable<void> {
    asio::steady_timer closed(io, 10ms);
    co_await closed.async_wait(asio::use_awaitable);
  }(io_));
  ExpectOutcome(Again("write", 1), Outcome::kFail, "connection-refused");
}

TEST_F(PostgresClientTest, ADeadlineBeforeTheCommitFailsAndAfterItIsTheRunnersToJudge) {
  Open("append", {{"never"}});
  ExpectOutcome(UntilDeadline("txn", kAppend).value(), Outcome::kFail, "timeout");
  Open("append", {{Greeting(), kBegun, "never"}});
  ExpectOutcome(UntilDeadline("txn", kAppend).value(), Outcome::kFail, "timeout");
  Open("append", {{Greeting(), kBegun, kInserted, "never"}});
  EXPECT_EQ(UntilDeadline("txn", kAppend), std::nullopt);
  Open("register", {{Greeting(), "never"}});
  EXPECT_EQ(UntilDeadline("write", 1), std::nullopt);
}

TEST_F(PostgresClientTest, ADeadlineWhileAFailedTransactionIsEndedLeavesItFailed) {
  Open("append", {{Greeting(), kBegun, Failed("40001", 'E'), "never"}});
  ExpectOutcome(UntilDeadline("txn", kAppend).value(), Outcome::kFail, "serialization-failure");
  Open("append", {{kLost}});
  ExpectOutcome(UntilDeadline("txn", kAppend).value(), Outcome::kFail, "connection-failed");
}

TEST_F(PostgresClientTest, TheNextOperationConnectsAnewAndTheLostOneIsNotRepeated) {
  Open("register", {{Greeting(), kLost}, {Greeting(), Done("INSERT 0 1", 'I')}});
  ExpectOutcome(Again("write", 1), Outcome::kInfo, "connection-closed");
  EXPECT_EQ(server_->accepted(), 1);
  ExpectOutcome(Again("write", 2), Outcome::kOk, "");
  EXPECT_EQ(server_->accepted(), 2);
}

TEST_F(PostgresClientTest, AConnectionThatWasClosedWhileIdleIsNotUsed) {
  const std::string last_words = Done("INSERT 0 1", 'I') + Fatal("57P01");
  Open("register", {{Greeting(), last_words}, {Greeting(), Done("INSERT 0 1", 'I')}});
  ExpectOutcome(Again("write", 1), Outcome::kOk, "");
  ExpectOutcome(Again("write", 2), Outcome::kOk, "");
  EXPECT_EQ(server_->accepted(), 2);
}

TEST_F(PostgresClientTest, AfterAFailureTheConnectionIsKeptAndTheTransactionEnded) {
  Open("append", {{Greeting(), kBegun, Failed("40P01", 'E'), kRolledBack, kBegun, kInserted,
                   Done("COMMIT", 'I')}});
  ExpectOutcome(Again("txn", kAppend), Outcome::kFail, "deadlock");
  EXPECT_THAT(server_->requests().back(), testing::HasSubstr("ROLLBACK"));
  ExpectOutcome(Again("txn", kAppend), Outcome::kOk, "");
  EXPECT_EQ(server_->accepted(), 1);
}

TEST_F(PostgresClientTest, AConfirmedReadIsATransactionThatTheStandbyMustHave) {
  const auto reads = [this](const std::string& interface, const std::string& f, const Json& value,
                            Script script) {
    server_.emplace(io_, std::vector<Script>{std::move(script)});
    PostgresClientOptions options;
    options.interface = interface;
    options.server = AddressOf(*server_);
    options.confirm_reads = true;
    client_ = MakePostgresClient(options);
    EXPECT_EQ(Again(f, value).outcome, Outcome::kOk) << interface;
    std::string asked;
    for (const std::string& request : server_->requests()) asked += request;
    return asked;
  };
  const auto confirms = testing::HasSubstr("pg_logical_emit_message(true, ");
  const std::string emitted = Done("SELECT 1", 'T'), committed = Done("COMMIT", 'I');
  EXPECT_THAT(reads("register", "read", nullptr, {Greeting(), Row("1")}), confirms);
  EXPECT_THAT(reads("set", "read", nullptr, {Greeting(), Row("[]")}), confirms);
  EXPECT_THAT(reads("append", "txn", Json::array(), {Greeting(), kBegun, emitted, committed}),
              confirms);
}

}  // namespace
}  // namespace cleave
