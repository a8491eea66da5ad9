// The client against a server that answers by script: what it believes, and what it asks again.
#include "targets/raft/client/raft_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "targets/bad_server.h"
#include "targets/run_awaitable.h"

namespace cleave {
namespace {

const std::string kNoLeader =
    R"({"error":"no-leader","text":"this node knows no leader","definite":true})";

std::string Refusal(const std::string& body) {
  return "HTTP/1.1 503 Service Unavailable\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

class RaftClientTest : public testing::Test {
 protected:
  /// Invokes one operation; `patience` is the time until its deadline.
  Completion Invoke(const BadServer& server, const std::string& f, Json value, Json key,
                    std::chrono::milliseconds patience = {}, bool retry = true) {
    RaftClientOptions options;
    options.address = "127.0.0.1";
    options.port = server.port();
    options.id = "p0";
    options.interface = interface_;
    options.retry = retry;
    RaftClient client(options);
    Invocation invocation;
    invocation.f = f;
    invocation.value = std::move(value);
    invocation.key = std::move(key);
    invocation.deadline = std::chrono::nanoseconds(patience).count();
    return RunAwaitable<Completion>(io_, client.Invoke(invocation));
  }
  /// What a reply of status 200 is taken for.
  Completion Answered(const std::string& body, const std::string& f, Json value, Json key = "k") {
    const BadServer server(io_, {{Answer(body)}});
    return Invoke(server, f, std::move(value), std::move(key));
  }

  asio::io_context io_;
  std::string interface_ = "append";
};

TEST_F(RaftClientTest, AnAnswerThatTheStoreNeverGivesLeavesAWriteUnknown) {
  for (const char* body :
       {"not JSON", "{}", "[]", R"({"ok":false})", R"({"ok":1})", R"({"ok":true)"}) {
    for (const auto& [f, value] :
         std::vector<std::pair<std::string, Json>>{{"write", 1},
                                                   {"add", 1},
                                                   {"cas", Json::array({1, 2})},
                                                   {"txn", ParseJson(R"([["append","k",1]])")}}) {
      const Completion completion = Answered(body, f, value);
      EXPECT_EQ(completion.outcome, Outcome::kInfo) << f << " " << body;
      EXPECT_EQ(completion.error, "nonsense") << f << " " << body;
      EXPECT_THAT(completion.text, testing::StartsWith("HTTP 200: " + std::string(body)));
    }
  }
}

TEST_F(RaftClientTest, AnAnswerThatTheStoreNeverGivesFailsARead) {
  for (const char* body : {"not JSON", "", "{}", R"({"ok":true})", "[]"}) {
    const Completion completion = Answered(body, "read", nullptr);
    EXPECT_EQ(completion.outcome, Outcome::kFail) << body;
    EXPECT_EQ(completion.error, "nonsense") << body;
  }
}

TEST_F(RaftClientTest, ASetIsAListOrAbsent) {
  EXPECT_EQ(Answered(R"({"value":null})", "read", nullptr, nullptr).value, Json::array());
  EXPECT_EQ(Answered(R"({"value":[5]})", "read", nullptr, nullptr).value, Json::array({5}));
  for (const char* body : {R"({"value":5})", R"({"value":{"5":5}})", R"({"value":"[5]"})"}) {
    const Completion completion = Answered(body, "read", nullptr, nullptr);
    EXPECT_EQ(completion.outcome, Outcome::kFail) << body;
    EXPECT_EQ(completion.error, "nonsense") << body;
  }
}

TEST_F(RaftClientTest, ATransactionIsAnsweredWithItsOwnOperations) {
  const Json asked = ParseJson(R"([["append",7,1],["r",7,null]])");
  const auto answered = [&](const std::string& ops) {
    return Answered(R"({"ok":true,"ops":)" + ops + "}", "txn", asked, nullptr);
  };
  EXPECT_EQ(answered(R"([["append","7",1],["r","7",[1]]])").value,
            ParseJson(R"([["append",7,1],["r",7,[1]]])"));
  for (const char* ops : {"null", "[]", "{}", "[1,2]", R"([["append","7",1]])",
                          R"([["append","7",1],["r","8",[1]]])", R"([["r","7",[1]],["r","7",[1]]])",
                          R"([["append","7",1],["r","7",5]])", R"([["append","7",1],["r","7"]])"}) {
    const Completion completion = answered(ops);
    EXPECT_EQ(completion.outcome, Outcome::kInfo) << ops;
    EXPECT_EQ(completion.error, "nonsense") << ops;
  }
}

TEST_F(RaftClientTest, ARegisterHoldsAnything) {
  interface_ = "wr";
  const Json asked = ParseJson(R"([["r","7",null],["w","7",2]])");
  EXPECT_EQ(Answered(R"({"ok":true,"ops":[["r","7",5],["w","7",2]]})", "txn", asked).value,
            ParseJson(R"([["r","7",5],["w","7",2]])"));
}

TEST_F(RaftClientTest, ATransactionThatOnlyReadsFailsWithoutAnAnswer) {
  const Json reads = ParseJson(R"([["r","7",null]])");
  const BadServer server(io_, {{""}});
  EXPECT_EQ(Invoke(server, "txn", reads, nullptr).outcome, Outcome::kFail);
}

TEST_F(RaftClientTest, AnAnswerToASwapThatTheStoreNeverGivesIsThrownAndSoUnknown) {
  RaftClientOptions options;
  options.address = "127.0.0.1";
  options.id = "p0";
  options.interface = "g2";
  for (const char* observed : {"null", "[]", "[1,2]", R"([["g2/k/a",null]])"}) {
    const std::string nothing = R"({"ok":true,"ops":[["r","g2/k/a",null],["r","g2/k/b",null]]})";
    const std::string mismatch = std::string(R"({"ok":false,"observed":)") + observed + "}";
    const BadServer server(io_, {{Answer(nothing), Answer(mismatch)}});
    options.port = server.port();
    RaftTransactionClient client(options);
    Invocation insert;
    insert.f = "insert";
    insert.key = "k";
    insert.value = Json::array({1, nullptr});
    EXPECT_THROW(RunAwaitable<Completion>(io_, client.Invoke(insert)), std::exception) << observed;
  }
}

TEST_F(RaftClientTest, AMismatchWithoutWhatWasObservedIsNonsense) {
  const Json cas = Json::array({1, 2});
  const Completion whole = Answered(R"({"ok":false,"observed":5})", "cas", cas);
  EXPECT_EQ(whole.outcome, Outcome::kFail);
  EXPECT_EQ(whole.observed, Json(5));
  EXPECT_EQ(Answered(R"({"ok":false})", "cas", cas).outcome, Outcome::kInfo);
}

TEST_F(RaftClientTest, AnUnknownOutcomeIsAskedForAgainWithTheSameRequest) {
  const BadServer server(io_, {{""}, {Answer(R"({"ok":true})")}});
  const Completion completion = Invoke(server, "write", 1, "k", std::chrono::minutes(1));
  EXPECT_EQ(completion.outcome, Outcome::kOk);
  ASSERT_EQ(server.requests().size(), 2u);
  EXPECT_EQ(server.requests()[0], server.requests()[1]);
}

TEST_F(RaftClientTest, ALaterRefusalDoesNotMakeAnUnknownOutcomeCertain) {
  const BadServer::Script refusals(100, Refusal(kNoLeader));
  const BadServer server(io_, {{""}, refusals});
  const Completion completion = Invoke(server, "write", 1, "k", std::chrono::seconds(1));
  EXPECT_EQ(completion.error, "no-leader");
  EXPECT_EQ(completion.outcome, Outcome::kInfo);
}

TEST_F(RaftClientTest, ARefusalAtOnceIsCertain) {
  const BadServer server(io_, {{Refusal(kNoLeader)}});
  const Completion completion = Invoke(server, "write", 1, "k", std::chrono::minutes(1));
  EXPECT_EQ(completion.error, "no-leader");
  EXPECT_EQ(completion.outcome, Outcome::kFail);
}

TEST_F(RaftClientTest, WithNoRetryAnUnknownOutcomeIsReportedAtOnce) {
  const BadServer server(io_, {{""}, {Answer(R"({"ok":true})")}});
  const Completion completion = Invoke(server, "write", 1, "k", std::chrono::minutes(1), false);
  EXPECT_EQ(completion.outcome, Outcome::kInfo);
  EXPECT_EQ(server.requests().size(), 1u);
}

}  // namespace
}  // namespace cleave
