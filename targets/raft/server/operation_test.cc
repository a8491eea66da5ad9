// Requests of the HTTP interface: good ones become operations, others get an answer in words. And
// what the operations do to the values.
#include "targets/raft/server/operation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cleave::raft {
namespace {

using testing::HasSubstr;

Answer Refused(const std::string& method, const std::string& target, const std::string& body) {
  auto parsed = ParseRequest(method, target, body);
  const auto* answer = std::get_if<Answer>(&parsed);
  return answer ? *answer : Answer{0, "it was accepted"};
}

Operation Accepted(const std::string& method, const std::string& target, const std::string& body) {
  auto parsed = ParseRequest(method, target, body);
  if (auto* operation = std::get_if<Operation>(&parsed)) return *operation;
  ADD_FAILURE() << method << " " << target << " was refused";
  return {};
}

class RaftStateMachine : public testing::Test {
 protected:
  Value Do(const std::string& method, const std::string& target, const std::string& body) {
    return Value::parse(state_.Apply(++index_, Accepted(method, target, body).command).body);
  }
  Value At(const std::string& key) { return state_.At(key); }
  StateMachine state_{Bug::kNone};
  uint64_t index_ = 0;
};

TEST(RaftOperation, KeyIsPercentDecoded) {
  EXPECT_EQ(Accepted("GET", "/v1/kv/a%2Fb%20c", "").key, "a/b c");
}

TEST(RaftOperation, NonsenseIsAnsweredWith400) {
  const std::string deep =
      R"({"value":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  for (const std::string body :
       {"", "x", "[]", "{}", "{\"value\":", "\xff\xfe", "{\"value\":1e999}"}) {
    EXPECT_EQ(Refused("PUT", "/v1/kv/k", body).status, 400) << body;
  }
  EXPECT_THAT(Refused("PUT", "/v1/kv/k", deep).body, HasSubstr("deep"));
  EXPECT_EQ(Refused("GET", "/v1/kv/", "").status, 400);
  EXPECT_EQ(Refused("GET", "/v1/kv/%zz", "").status, 400);
  EXPECT_EQ(Refused("GET", "/v1/kv/%2", "").status, 400);
  EXPECT_EQ(Refused("GET", "/v1/kv/%ff", "").status, 400);
}

TEST(RaftOperation, BadTransactionsAreAnsweredWith400) {
  for (const char* ops : {"1", "[1]", R"([["r","k"]])", R"([["x","k",1]])", R"([["r",1,null]])"}) {
    const std::string body = std::string(R"({"ops":)") + ops + "}";
    EXPECT_EQ(Refused("POST", "/v1/txn", body).status, 400) << ops;
  }
  for (const char* conditions : {"1", "[1]", R"([["k"]])", R"([[1,2]])", R"([["",2]])"}) {
    const std::string body = std::string(R"({"ops":[],"if":)") + conditions + "}";
    EXPECT_EQ(Refused("POST", "/v1/txn", body).status, 400) << conditions;
  }
}

TEST(RaftOperation, ATransactionThatOnlyReadsIsARead) {
  EXPECT_TRUE(Accepted("POST", "/v1/txn", R"({"ops":[["r","k",null],["r","x",null]]})").read);
  EXPECT_FALSE(Accepted("POST", "/v1/txn", R"({"ops":[["r","k",null],["w","x",1]]})").read);
  // It may have to be answered alike again.
  EXPECT_FALSE(Accepted("POST", "/v1/txn", R"({"ops":[["r","k",null]],"if":[["x",1]]})").read);
}

TEST(RaftOperation, UnknownPathsAndMethodsAreNamed) {
  EXPECT_EQ(Refused("GET", "/", "").status, 404);
  EXPECT_EQ(Refused("POST", "/v1/kv/k/other", "").status, 404);
  EXPECT_EQ(Refused("DELETE", "/v1/kv/k", "").status, 405);
  EXPECT_EQ(Refused("GET", "/v1/txn", "").status, 405);
}

TEST(RaftOperation, SessionNeedsClientAndSequence) {
  EXPECT_EQ(Refused("PUT", "/v1/kv/k", R"({"value":1,"client":"c"})").status, 400);
  EXPECT_EQ(Refused("PUT", "/v1/kv/k", R"({"value":1,"client":"c","seq":"1"})").status, 400);
}

TEST_F(RaftStateMachine, CasReportsWhatItObserved) {
  EXPECT_EQ(Do("POST", "/v1/kv/k/cas", R"({"old":null,"new":1})"), Value::parse(R"({"ok":true})"));
  EXPECT_EQ(Do("POST", "/v1/kv/k/cas", R"({"old":7,"new":2})"),
            Value::parse(R"({"ok":false,"observed":1})"));
  EXPECT_EQ(At("k"), Value(1));
}

TEST_F(RaftStateMachine, GetOfAnAbsentKeyIsNull) {
  EXPECT_EQ(state_.Get("none").body, R"({"value":null})");
}

TEST_F(RaftStateMachine, TransactionReadsItsOwnWrites) {
  const Value answer = Do("POST", "/v1/txn",
                          R"({"ops":[["append","k",1],["r","k",null],["append","k",2],["w","x",5],
                              ["r","x",null],["r","none",null]]})");
  EXPECT_EQ(answer.at("ops").dump(),
            R"([["append","k",1],["r","k",[1]],["append","k",2],["w","x",5],["r","x",5],)"
            R"(["r","none",null]])");
  EXPECT_EQ(At("k").dump(), "[1,2]");
}

TEST_F(RaftStateMachine, FailedTransactionChangesNothing) {
  Do("PUT", "/v1/kv/x", R"({"value":5})");
  const Value answer = Do("POST", "/v1/txn", R"({"ops":[["append","k",1],["append","x",1]]})");
  EXPECT_EQ(answer.at("error"), "not-a-list");
  EXPECT_EQ(At("k"), Value());
}

TEST_F(RaftStateMachine, ATransactionWhoseConditionDoesNotHoldChangesNothingAndSaysWhatItSaw) {
  Do("PUT", "/v1/kv/x", R"({"value":5})");
  const std::string ops = R"("ops":[["w","k",1]]})";
  EXPECT_EQ(Do("POST", "/v1/txn", R"({"if":[["x",5],["y",6]],)" + ops),
            Value::parse(R"({"ok":false,"observed":[["x",5],["y",null]]})"));
  EXPECT_EQ(At("k"), Value());
  EXPECT_EQ(Do("POST", "/v1/txn", R"({"if":[["x",5],["y",null]],)" + ops),
            Value::parse(R"({"ok":true,"ops":[["w","k",1]]})"));
  EXPECT_EQ(At("k"), Value(1));
}

TEST_F(RaftStateMachine, RetriedRequestIsAppliedOnceAndAnsweredAlike) {
  const std::string body = R"({"value":1,"client":"c","seq":1})";
  EXPECT_EQ(Do("POST", "/v1/kv/k/append", body), Do("POST", "/v1/kv/k/append", body));
  EXPECT_EQ(At("k").dump(), "[1]");
}

TEST_F(RaftStateMachine, SnapshotKeepsValuesAndSessions) {
  const std::string body = R"({"value":1,"client":"c","seq":1})";
  Do("POST", "/v1/kv/k/append", body);
  StateMachine other(Bug::kNone);
  other.Restore(state_.Serialize());
  EXPECT_EQ(other.Serialize(), state_.Serialize());
  other.Apply(9, Accepted("POST", "/v1/kv/k/append", body).command);
  EXPECT_EQ(other.At("k").dump(), "[1]");
}

TEST_F(RaftStateMachine, DelayedOldRequestIsNotApplied) {
  Do("POST", "/v1/kv/k/append", R"({"value":2,"client":"c","seq":2})");
  Do("POST", "/v1/kv/k/append", R"({"value":1,"client":"c","seq":1})");
  EXPECT_EQ(At("k").dump(), "[2]");
}

}  // namespace
}  // namespace cleave::raft
