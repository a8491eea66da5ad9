// What a client's line means for the operation that is open.
#include "targets/user/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cleave {
namespace {

using testing::HasSubstr;

Invocation Asked(const std::string& f, Json value = nullptr) {
  Invocation invocation;
  invocation.f = f;
  invocation.value = std::move(value);
  invocation.key = "k0";
  invocation.deadline = 2'000'000'000;
  return invocation;
}

/// The answer to the operation 3.
UserAnswer Read(const std::string& line, const Invocation& asked,
                const std::string& interface = "register") {
  return ReadAnswer(line, 3, interface, asked);
}

TEST(UserAnswer, ARequestHasAlwaysTheSameFieldsInTheSameOrder) {
  EXPECT_EQ(RequestLine(3, Asked("cas", {1, 2})),
            R"({"id":3,"f":"cas","key":"k0","value":[1,2],"timeout_ms":2000})");
}

TEST(UserAnswer, OkFailAndInfoAreTakenAtTheirWord) {
  const UserAnswer ok = Read(R"({"id":3,"type":"ok","value":7})", Asked("read"));
  EXPECT_EQ(ok.kind, UserAnswer::Kind::kAnswer);
  EXPECT_EQ(ok.completion.outcome, Outcome::kOk);
  EXPECT_EQ(ok.completion.value, Json(7));
  const UserAnswer fail =
      Read(R"({"id":3,"type":"fail","error":"mismatch","observed":9})", Asked("cas", {1, 2}));
  EXPECT_EQ(fail.completion.outcome, Outcome::kFail);
  EXPECT_EQ(fail.completion.error, "mismatch");
  EXPECT_EQ(fail.completion.observed, Json(9));
  const UserAnswer info =
      Read(R"({"id":3,"type":"info","error":"timeout","text":"slow"})", Asked("write", 1));
  EXPECT_EQ(info.completion.outcome, Outcome::kInfo);
  EXPECT_EQ(info.completion.text, "slow");
}

TEST(UserAnswer, AReadThatIsUnknownFails) {
  const UserAnswer info = Read(R"({"id":3,"type":"info"})", Asked("read"));
  EXPECT_EQ(info.completion.outcome, Outcome::kFail);
  EXPECT_EQ(info.completion.error, "error");
}

TEST(UserAnswer, AFailureThatMayHaveHappenedIsUnknown) {
  const UserAnswer answer = Read(R"({"id":3,"type":"fail","error":"timeout"})", Asked("write", 1));
  EXPECT_EQ(answer.completion.outcome, Outcome::kInfo);
  EXPECT_TRUE(answer.overruled);
  EXPECT_FALSE(Read(R"({"id":3,"type":"fail","error":"timeout"})", Asked("read")).overruled);
  EXPECT_FALSE(Read(R"({"id":3,"type":"fail","error":"mine"})", Asked("write", 1)).overruled);
}

TEST(UserAnswer, AnEarlierNumberAnswersNothingThatIsOpen) {
  EXPECT_EQ(Read(R"({"id":2,"type":"ok","value":7})", Asked("read")).kind,
            UserAnswer::Kind::kRepeated);
  EXPECT_EQ(Read(R"({"id":1,"type":"what"})", Asked("read")).kind, UserAnswer::Kind::kRepeated);
}

TEST(UserAnswer, WhatNoClientThatWorksSaysIsNonsense) {
  for (const auto& [line, why] : std::vector<std::pair<std::string, std::string>>{
           {"hello", "not JSON: hello"},
           {"", "not JSON"},
           {"[3]", "not an object"},
           {R"({"type":"ok"})", "\"id\" is not a number"},
           {R"({"id":"3","type":"ok"})", "\"id\" is not a number"},
           {R"({"id":4,"type":"ok","value":1})", "of no operation that was asked"},
           {R"({"id":0,"type":"ok","value":1})", "of no operation that was asked"},
           {R"({"id":3})", "\"type\" is not ok, fail or info"},
           {R"({"id":3,"type":"OK","value":1})", "\"type\" is not ok, fail or info"},
           {R"({"id":3,"type":1})", "\"type\" is not a text"},
           {R"({"id":3,"type":"fail","error":5})", "\"error\" is not a text"},
           {R"({"id":3,"type":"ok"})", "\"value\" is missing"}}) {
    const UserAnswer answer = Read(line, Asked("read"));
    EXPECT_EQ(answer.kind, UserAnswer::Kind::kNonsense) << line;
    EXPECT_THAT(answer.why, HasSubstr(why));
  }
  const std::string deep = std::string(100, '[') + std::string(100, ']');
  EXPECT_EQ(Read(R"({"id":3,"type":"ok","value":)" + deep + "}", Asked("read")).kind,
            UserAnswer::Kind::kNonsense);
}

TEST(UserAnswer, AValueHasTheFormThatTheFunctionGives) {
  const Json txn = {{"r", "x", nullptr}, {"append", "y", 1}};
  struct {
    const char *interface, *f, *value;
    bool sense;
  } const cases[] = {{"set", "read", "[1,2]", true},
                     {"set", "read", "null", false},
                     {"set", "add", "\"anything\"", true},
                     {"bank", "read", R"({"0":5})", true},
                     {"bank", "read", "[5]", false},
                     {"counter", "read", "-3", true},
                     {"counter", "read", "0.5", false},
                     {"queue", "drain", "[]", true},
                     {"queue", "drain", "null", false},
                     {"lock", "acquire", "17", true},
                     {"append", "txn", R"([["r","x",[4]],["append","y",1]])", true},
                     {"append", "txn", R"([["r","x",null],["append","y",1]])", true},
                     {"append", "txn", R"([["r","x",4],["append","y",1]])", false},
                     {"append", "txn", R"([["r","x",[4]]])", false},
                     {"append", "txn", R"([["append","y",1],["r","x",[4]]])", false},
                     {"wr", "txn", R"([["r","x",4],["append","y",1]])", true}};
  for (const auto& [interface, f, value, sense] : cases) {
    const std::string line = std::string(R"({"id":3,"type":"ok","value":)") + value + "}";
    const UserAnswer answer = Read(line, Asked(f, txn), interface);
    EXPECT_EQ(answer.kind == UserAnswer::Kind::kAnswer, sense) << interface << " " << value;
  }
}

TEST(UserAnswer, ATransactionIsWhatWasAskedWithWhatWasRead) {
  const Json txn = {{"r", "x", nullptr}, {"append", "y", 1}};
  const UserAnswer answer =
      Read(R"({"id":3,"type":"ok","value":[["r","x",[4]],["append","y",99]]})", Asked("txn", txn),
           "append");
  EXPECT_EQ(answer.completion.value, ParseJson(R"([["r","x",[4]],["append","y",1]])"));
}

}  // namespace
}  // namespace cleave
