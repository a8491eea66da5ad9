// MariaDB's clients against a server that fails by script: what is certain, and what is not.
// Packets: https://mariadb.com/kb/en/clientserver-protocol/
#include "targets/mariadb/clients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "targets/bad_server.h"
#include "targets/run_awaitable.h"
#include "targets/target_test_fixture.h"

namespace cleave {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

std::string MariadbPacket(int sequence, const std::string& body) {
  std::string header;
  for (const int shift : {0, 8, 16}) header += static_cast<char>(body.size() >> shift & 0xFF);
  return header + static_cast<char>(sequence) + body;
}

/// What a server says first: its version, a thread, what it can do, and how to log in.
std::string MariadbGreeting() {
  return MariadbPacket(0, "\x0A"s + "10.11.0-MariaDB\0"s + "\1\0\0\0"s + "12345678\0"s +
                              "\x0D\xA2"s + "\x2D"s + "\x02\0"s + "\x08\0"s + "\x15"s +
                              std::string(10, '\0') + "123456789012\0"s +
                              "mysql_native_password\0"s);
}

/// Without rows. Whether a transaction is open afterwards.
std::string Fine(bool in_transaction, int sequence = 1) {
  return MariadbPacket(sequence, "\0\0\0"s + (in_transaction ? "\3"s : "\2"s) + "\0\0\0"s);
}

std::string MariadbFailure(int number, int sequence = 1) {
  return MariadbPacket(sequence, "\xFF"s + static_cast<char>(number & 0xFF) +
                                     static_cast<char>(number >> 8) + "#HY000no");
}

const std::string kLoggedIn = Fine(false, 2);
const std::string kSet = Fine(false);
const std::string kBegan = Fine(true);
const std::string kAppended = Fine(true);
const std::string kCommitted = Fine(false);
const std::string kEnded = Fine(false);
const std::string kGone;  // closes in place of an answer

class MariadbClientTest : public testing::Test {
 protected:
  using Script = BadServer::Script;

  /// A transaction that appends, on a server that answers to the login, SET, START TRANSACTION,
  /// INSERT, COMMIT, ….
  Completion Append(Script script) { return Invoke("append", "txn", kAppend, std::move(script)); }
  Completion Write(Script script) { return Invoke("register", "write", 1, std::move(script)); }
  Completion Invoke(const std::string& interface, const std::string& f, const Json& value,
                    Script script) {
    Open(interface, {std::move(script)});
    return Again(f, value);
  }
  void Open(const std::string& interface, std::vector<Script> scripts) {
    client_.reset();
    server_.emplace(io_, std::move(scripts), MariadbGreeting());
    MariadbServer address;
    address.address = "127.0.0.1";
    address.port = server_->port();
    client_ = MakeMariadbClient(interface, address);
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

TEST_F(MariadbClientTest, ATransactionIsOkWhenItsCommitIs) {
  ExpectOutcome(Append({kLoggedIn, kSet, kBegan, kAppended, kCommitted}), Outcome::kOk, "");
}

TEST_F(MariadbClientTest, WhatFailsBeforeTheCommitIsSentFails) {
  ExpectOutcome(Append({kGone}), Outcome::kFail, "connection-closed");
  ExpectOutcome(Append({MariadbFailure(1040, 2)}), Outcome::kFail, "too-many-connections");
  ExpectOutcome(Append({kLoggedIn, kGone}), Outcome::kFail, "connection-closed");
  ExpectOutcome(Append({kLoggedIn, kSet, kGone}), Outcome::kFail, "connection-closed");
  ExpectOutcome(Append({kLoggedIn, kSet, MariadbFailure(1047)}), Outcome::kFail, "not-prepared");
  ExpectOutcome(Append({kLoggedIn, kSet, kBegan, kGone}), Outcome::kFail, "connection-closed");
  ExpectOutcome(Append({kLoggedIn, kSet, kBegan, MariadbFailure(1053)}), Outcome::kFail,
                "shutdown");
  ExpectOutcome(Append({kLoggedIn, kSet, kBegan, MariadbFailure(1213), kEnded}), Outcome::kFail,
                "deadlock");
  ExpectOutcome(Append({kLoggedIn, kSet, kBegan, MariadbFailure(1180), kEnded}), Outcome::kFail,
                "error-during-commit");
}

TEST_F(MariadbClientTest, ACommitWithoutAnAnswerIsUnknown) {
  const Script begun = {kLoggedIn, kSet, kBegan, kAppended};
  const auto then = [&begun](const std::string& answer) {
    Script script = begun;
    script.push_back(answer);
    return script;
  };
  ExpectOutcome(Append(then(kGone)), Outcome::kInfo, "connection-closed");
  ExpectOutcome(Append(then(MariadbFailure(1053))), Outcome::kInfo, "shutdown");
  ExpectOutcome(Append(then(MariadbFailure(1927))), Outcome::kInfo, "connection-killed");
  ExpectOutcome(Append(then(MariadbFailure(1105))), Outcome::kInfo, "error-1105");
  Script script = then(MariadbFailure(1180));
  script.push_back(kEnded);
  ExpectOutcome(Append(script), Outcome::kInfo, "error-during-commit");
}

TEST_F(MariadbClientTest, ACommitThatIsRefusedFails) {
  for (const auto& [number, symbol] : std::vector<std::pair<int, std::string>>{
           {1213, "deadlock"}, {1047, "not-prepared"}, {1290, "read-only"}}) {
    ExpectOutcome(Append({kLoggedIn, kSet, kBegan, kAppended, MariadbFailure(number), kEnded}),
                  Outcome::kFail, symbol);
    EXPECT_THAT(server_->requests().back(), testing::HasSubstr("ROLLBACK")) << symbol;
  }
}

TEST_F(MariadbClientTest, AStatementOfItsOwnCommitsAsItIsSent) {
  ExpectOutcome(Write({kLoggedIn, kSet, kCommitted}), Outcome::kOk, "");
  ExpectOutcome(Write({kLoggedIn, kSet, kGone}), Outcome::kInfo, "connection-closed");
  ExpectOutcome(Write({kLoggedIn, kSet, MariadbFailure(1053)}), Outcome::kInfo, "shutdown");
  ExpectOutcome(Write({kLoggedIn, kSet, MariadbFailure(1205)}), Outcome::kFail,
                "lock-wait-timeout");
  ExpectOutcome(Write({kLoggedIn, kSet, MariadbFailure(1062)}), Outcome::kFail, "duplicate-key");
}

TEST_F(MariadbClientTest, AReadLeavesNothingBehind) {
  ExpectOutcome(Invoke("register", "read", nullptr, {kLoggedIn, kSet, kGone}), Outcome::kFail,
                "connection-closed");
  ExpectOutcome(Invoke("append", "txn", kReadOnly, {kLoggedIn, kSet, kBegan, kGone}),
                Outcome::kFail, "connection-closed");
}

TEST_F(MariadbClientTest, ARefusedConnectionFails) {
  Open("register", {});
  RunAwaitable(io_, [](asio::io_context& io) -> asio::awaitable<void> {
    asio::steady_timer closed(io, 10ms);
    co_await closed.async_wait(asio::use_awaitable);
  }(io_));
  ExpectOutcome(Again("write", 1), Outcome::kFail, "connection-refused");
}

TEST_F(MariadbClientTest, ADeadlineBeforeTheCommitFailsAndAfterItIsTheRunnersToJudge) {
  Open("append", {{"never"}});
  ExpectOutcome(UntilDeadline("txn", kAppend).value(), Outcome::kFail, "timeout");
  Open("append", {{kLoggedIn, kSet, kBegan, "never"}});
  ExpectOutcome(UntilDeadline("txn", kAppend).value(), Outcome::kFail, "timeout");
  Open("append", {{kLoggedIn, kSet, kBegan, kAppended, "never"}});
  EXPECT_EQ(UntilDeadline("txn", kAppend), std::nullopt);
  Open("register", {{kLoggedIn, kSet, "never"}});
  EXPECT_EQ(UntilDeadline("write", 1), std::nullopt);
}

TEST_F(MariadbClientTest, ADeadlineWhileAFailedTransactionIsEndedLeavesItFailed) {
  Open("append", {{kLoggedIn, kSet, kBegan, MariadbFailure(1213), "never"}});
  ExpectOutcome(UntilDeadline("txn", kAppend).value(), Outcome::kFail, "deadlock");
  Open("append", {{kGone}});
  ExpectOutcome(UntilDeadline("txn", kAppend).value(), Outcome::kFail, "connection-closed");
}

TEST_F(MariadbClientTest, TheNextOperationConnectsAnewAndTheLostOneIsNotRepeated) {
  Open("register", {{kLoggedIn, kSet, kGone}, {kLoggedIn, kSet, kCommitted}});
  ExpectOutcome(Again("write", 1), Outcome::kInfo, "connection-closed");
  EXPECT_EQ(server_->accepted(), 1);
  ExpectOutcome(Again("write", 2), Outcome::kOk, "");
  EXPECT_EQ(server_->accepted(), 2);
}

TEST_F(MariadbClientTest, AConnectionThatWasClosedWhileIdleIsNotUsed) {
  Open("register",
       {{kLoggedIn, kSet, kCommitted + MariadbFailure(1927, 0)}, {kLoggedIn, kSet, kCommitted}});
  ExpectOutcome(Again("write", 1), Outcome::kOk, "");
  ExpectOutcome(Again("write", 2), Outcome::kOk, "");
  EXPECT_EQ(server_->accepted(), 2);
}

TEST_F(MariadbClientTest, AfterAFailureTheConnectionIsKeptAndTheTransactionEnded) {
  Open("append",
       {{kLoggedIn, kSet, kBegan, MariadbFailure(1213), kEnded, kBegan, kAppended, kCommitted}});
  ExpectOutcome(Again("txn", kAppend), Outcome::kFail, "deadlock");
  EXPECT_THAT(server_->requests().back(), testing::HasSubstr("ROLLBACK"));
  ExpectOutcome(Again("txn", kAppend), Outcome::kOk, "");
  EXPECT_EQ(server_->accepted(), 1);
}

}  // namespace
}  // namespace cleave
