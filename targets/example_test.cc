// A complete target, as an example: a register that every node shares, so that it is linearizable
// for sure. The store is a map of this process, where a real target has only its servers.
#include <gtest/gtest.h>

#include <map>

#include "harness/run/target.h"
#include "targets/loopback_cluster.h"
#include "targets/run_awaitable.h"

namespace cleave {
namespace {

using Store = std::map<Json, Json>;

/// A real client sends the operation to its node here, and sorts what can go wrong: kFail where it
/// certainly did not happen (the connection was refused), kInfo where it may have (no answer).
class SharedClient : public Client {
 public:
  explicit SharedClient(Store& store) : store_(store) {}

  asio::awaitable<Completion> Invoke(const Invocation& op) override {
    Json& value = store_[op.key];
    Completion done;
    done.outcome = Outcome::kOk;
    if (op.f == "read") {
      done.value = value;
    } else if (op.f == "write") {
      value = op.value;
    } else if (value == op.value.at(0)) {  // cas [old, new]
      value = op.value.at(1);
    } else {
      done.outcome = Outcome::kFail;
      done.error = "mismatch";
      done.observed = value;  // as good as a read: always say it when the store tells
    }
    co_return done;
  }

 private:
  Store& store_;
};

class Shared : public Target {
 public:
  asio::awaitable<void> Prepare(Cluster&) override {
    co_return;  // look for the program; throw words that say how to install it
  }
  asio::awaitable<void> Start(Node& node) override {
    Program server;
    server.argv = {"/bin/sleep", "infinity"};  // with node.address() and node.data_directory()
    co_await node.Start(server);
  }
  asio::awaitable<bool> Ready(Node& node) override {
    co_return node.Running();  // better: an operation that only a working server can answer
  }
  asio::awaitable<std::optional<std::string>> Leader() override {
    co_return std::nullopt;  // nobody leads
  }
  std::unique_ptr<Client> Open(Node&, int32_t) override {
    return std::make_unique<SharedClient>(store_);
  }

 private:
  Store store_;
};

// In registry.cc it would be this row:
TargetInfo SharedTarget() {
  TargetInfo info;
  info.name = "shared";
  info.summary = "one map for all nodes";
  info.offers = {{"register", {"read", "write", "cas"}}};  // any workload that needs no more
  info.make = [](const TargetOptions&) -> std::unique_ptr<Target> {
    return std::make_unique<Shared>();
  };
  return info;
}

TEST(ExampleTarget, AFailedCasSaysWhatItSaw) {
  asio::io_context io;
  LoopbackCluster cluster(1);
  const auto target = SharedTarget().make({});
  RunAwaitable(io, target->Prepare(cluster));
  RunAwaitable(io, target->Start(*cluster.nodes()[0]));
  EXPECT_TRUE(RunAwaitable(io, target->Ready(*cluster.nodes()[0])));
  const auto client = target->Open(*cluster.nodes()[0], 0);
  Invocation op;
  op.key = "k";
  op.f = "write";
  op.value = 1;
  EXPECT_EQ(RunAwaitable(io, client->Invoke(op)).outcome, Outcome::kOk);
  op.f = "cas";
  op.value = {5, 6};
  const Completion cas = RunAwaitable(io, client->Invoke(op));
  EXPECT_EQ(cas.outcome, Outcome::kFail);
  EXPECT_EQ(cas.observed, Json(1));
}

}  // namespace
}  // namespace cleave
