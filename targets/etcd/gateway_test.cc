// What the gateway's errors mean, and what clients make of answers that are not etcd's.
#include "targets/etcd/gateway.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "targets/bad_server.h"
#include "targets/etcd/clients.h"
#include "targets/run_awaitable.h"

namespace cleave {
namespace {

EtcdError ErrorOf(const std::string& message, int code) {
  const Json body = {{"error", message}, {"message", message}, {"code", code}};
  return EtcdErrorOf(HttpReply{503, DumpJson(body)});
}

TEST(EtcdErrors, WhatWasRefusedBeforeTheProposalIsDefinite) {
  EXPECT_TRUE(ErrorOf("raft proposal dropped", 2).definite);
  EXPECT_TRUE(ErrorOf("etcdserver: no leader", 14).definite);
  EXPECT_TRUE(ErrorOf("etcdserver: too many requests", 8).definite);
  EXPECT_TRUE(ErrorOf("etcdserver: request is too large", 3).definite);
  EXPECT_TRUE(ErrorOf("etcdserver: key is not provided", 3).definite);
  EXPECT_TRUE(ErrorOf("etcdserver: requested lease not found", 5).definite);
}

TEST(EtcdErrors, WhatWasProposedMayStillHappen) {
  EXPECT_FALSE(ErrorOf("etcdserver: request timed out", 14).definite);
  EXPECT_FALSE(
      ErrorOf("etcdserver: request timed out, possibly due to connection lost", 14).definite);
  EXPECT_FALSE(ErrorOf("context deadline exceeded", 2).definite);
  EXPECT_FALSE(ErrorOf("etcdserver: leader changed", 14).definite);
  EXPECT_FALSE(ErrorOf("etcdserver: server stopped", 14).definite);
  EXPECT_FALSE(ErrorOf("transport is closing", 14).definite);
}

TEST(EtcdErrors, APutOverTheQuotaIsAppliedAlthoughEtcdComplains) {
  const EtcdError error = ErrorOf("etcdserver: mvcc: database space exceeded", 8);
  EXPECT_EQ(error.symbol, "no-space");
  EXPECT_FALSE(error.definite);
}

TEST(EtcdErrors, AnErrorPageOfSomethingElseIsNonsense) {
  EXPECT_EQ(EtcdErrorOf(HttpReply{404, "<html>not here</html>"}).symbol, "nonsense");
  EXPECT_EQ(EtcdErrorOf(HttpReply{500, "{}"}).symbol, "nonsense");
  EXPECT_EQ(EtcdErrorOf(HttpReply{500, "{\"error\":7}"}).symbol, "nonsense");
}

/// Asks a client whose server gives `answer` to everything.
Completion Ask(const std::string& interface, const std::string& f, const Json& value,
               const std::string& answer) {
  asio::io_context io;
  BadServer server(io, {{answer, answer}});
  const auto client = MakeEtcdClient({interface, "127.0.0.1", server.port()});
  Invocation invocation;
  invocation.f = f;
  invocation.value = value;
  invocation.key = "k";
  return RunAwaitable(io, client->Invoke(invocation));
}

const char* const kNonsense[] = {
    "{}",
    "[]",
    "null",
    "not JSON",
    "\xff\xfe\x00",
    "{\"header\":{},\"kvs\":7,\"responses\":7}",
    "{\"header\":{},\"kvs\":[7],\"responses\":[{\"response_range\":{\"kvs\":[{}]}}]}",
    "{\"header\":{},\"kvs\":[{\"key\":\"!\"}],\"responses\":[{\"response_range\":7}]}",
    "{\"header\":{},\"kvs\":[{\"key\":\"aw==\",\"value\":\"e3s=\",\"mod_revision\":\"1\"}]}",
    "{\"header\":{},\"kvs\":[{\"key\":\"aw==\",\"value\":\"MQ==\",\"mod_revision\":\"x\"}]}",
    "{\"header\":{},\"kvs\":[{\"key\":\"aw==\",\"value\":\"MQ==\"}]}",
};

TEST(EtcdClients, AReadAnsweredByNonsenseFails) {
  for (const char* body : kNonsense) {
    const Completion completion = Ask("register", "read", nullptr, Answer(body));
    EXPECT_EQ(completion.outcome, Outcome::kFail) << body;
    EXPECT_EQ(completion.error, "nonsense") << body;
  }
}

TEST(EtcdClients, ACasAnsweredByNonsenseIsUnknown) {
  for (const char* body : kNonsense) {
    const Completion completion = Ask("register", "cas", Json{1, 2}, Answer(body));
    EXPECT_EQ(completion.outcome, Outcome::kInfo) << body;
    EXPECT_EQ(completion.error, "nonsense") << body;
  }
}

TEST(EtcdClients, ATransactionWhoseFirstReadIsNonsenseCertainlyWroteNothing) {
  const Json txn = {{"append", "x", 1}};
  for (const char* body : kNonsense) {
    const Completion completion = Ask("append", "txn", txn, Answer(body));
    EXPECT_EQ(completion.outcome, Outcome::kFail) << body;
    EXPECT_EQ(completion.error, "nonsense") << body;
  }
}

TEST(EtcdClients, ASetReadThatFindsForeignKeysFails) {
  const std::string body = "{\"header\":{},\"kvs\":[{\"key\":\"aw==\"}]}";
  EXPECT_EQ(Ask("set", "read", nullptr, Answer(body)).error, "nonsense");
}

TEST(EtcdClients, AWriteWhoseConnectionClosesIsUnknownAndAReadFails) {
  EXPECT_EQ(Ask("register", "write", 1, "").outcome, Outcome::kInfo);
  EXPECT_EQ(Ask("register", "read", nullptr, "").outcome, Outcome::kFail);
}

TEST(EtcdClients, AWriteThatWasNeverSentFails) {
  asio::io_context io;
  asio::ip::tcp::acceptor closed(io, {asio::ip::address_v4::loopback(), 0});
  const auto client = MakeEtcdClient({"register", "127.0.0.1", closed.local_endpoint().port()});
  closed.close();
  Invocation invocation;
  invocation.f = "write";
  invocation.value = 1;
  const Completion completion = RunAwaitable(io, client->Invoke(invocation));
  EXPECT_EQ(completion.outcome, Outcome::kFail);
  EXPECT_EQ(completion.error, "connection-refused");
}

/// A client of locks whose server answers one request after the other.
Completion AskForLock(const std::string& f, const std::vector<std::string>& bodies) {
  asio::io_context io;
  BadServer::Script script;
  for (const std::string& body : bodies) script.push_back(Answer(body));
  BadServer server(io, {script});
  const auto client = MakeEtcdClient({"lock", "127.0.0.1", server.port()});
  Invocation invocation;
  invocation.f = f;
  invocation.key = "k";
  return RunAwaitable(io, client->Invoke(invocation));
}

TEST(EtcdClients, ALockIsNotAskedForWithoutALease) {
  for (const char* body : kNonsense) {
    const Completion completion = AskForLock("acquire", {body});
    EXPECT_EQ(completion.outcome, Outcome::kFail) << body;
    EXPECT_EQ(completion.error, "nonsense") << body;
  }
}

TEST(EtcdClients, AnAcquisitionAnsweredByNonsenseIsUnknown) {
  const std::string granted = R"({"header":{},"ID":"7","TTL":"60"})";
  for (const char* body : kNonsense) {
    const Completion completion = AskForLock("acquire", {granted, body});
    EXPECT_EQ(completion.outcome, Outcome::kInfo) << body;
    EXPECT_EQ(completion.error, "nonsense") << body;
  }
  const std::string lock = R"({"header":{"revision":"9"},"key":"aw=="})";
  EXPECT_EQ(AskForLock("acquire", {granted, lock}).value, Json(9));
}

TEST(EtcdClients, WhatIsNotHeldIsNotGivenBack) {
  for (const char* f : {"release", "commit"}) {
    EXPECT_EQ(AskForLock(f, {"{}"}).outcome, Outcome::kFail);
    EXPECT_EQ(AskForLock(f, {"{}"}).error, "not-held");
  }
}

TEST(EtcdClients, AnotherDataTypeIsRefusedByName) {
  EXPECT_THROW(MakeEtcdClient({"queue", "127.0.0.1", 1}), std::invalid_argument);
}

}  // namespace
}  // namespace cleave
