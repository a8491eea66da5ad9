// The faults on a real cluster of namespaces: what they claim is what the kernel says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>

#include "harness/cluster/cluster_test_main.h"
#include "harness/cluster/local_cluster.h"
#include "harness/run/asio.h"
#include "nemesis/nemesis.h"
#include "nemesis/partition.h"

namespace cleave {
namespace {

using namespace std::chrono_literals;

/// A shell on each node that sends a datagram to every other one, again and again.
class Chatter : public Target {
 public:
  asio::awaitable<void> Prepare(Cluster& cluster) override {
    for (const auto& node : cluster.nodes()) {
      script_ += "echo hello > /dev/udp/" + node->address() + "/9; ";
    }
    script_ = "while :; do " + script_ + "sleep 0.01; done";
    co_return;
  }
  asio::awaitable<void> Start(Node& node) override {
    Program program;
    program.argv = {"/bin/bash", "-c", script_};
    co_await node.Start(program);
  }
  asio::awaitable<bool> Ready(Node& node) override { co_return node.Running(); }
  asio::awaitable<std::optional<std::string>> Leader() override { co_return "n2"; }
  std::unique_ptr<Client> Open(Node&, int32_t) override { return nullptr; }

 private:
  std::string script_;
};

/// Three nodes that chatter, and a nemesis.
class LocalFaults : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!WhyNoCluster().empty()) GTEST_SKIP() << WhyNoCluster();
    char name[] = "/tmp/cleave-faults-XXXXXX";
    directory_ = mkdtemp(name);
    LocalClusterOptions options;
    options.nodes = 3;
    options.run_directory = directory_;
    cluster_ = MakeLocalCluster(io_, options);
    nemesis_ = std::make_unique<Nemesis>(*cluster_, target_, 1, directory_ / "schedule.json");
    Run(Begin());
  }
  void TearDown() override {
    nemesis_.reset();
    cluster_.reset();
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
  }

  asio::awaitable<void> Begin() {
    co_await target_.Prepare(*cluster_);
    for (const auto& node : cluster_->nodes()) co_await target_.Start(*node);
  }

  void Run(asio::awaitable<void> work) {
    std::exception_ptr failure;
    bool done = false;
    asio::co_spawn(io_, std::move(work), [&](std::exception_ptr error) {
      failure = error;
      done = true;
    });
    Eventually([&] { return done; });
    if (failure) std::rethrow_exception(failure);
  }

  /// Until the condition holds; the test fails when it does not within ten seconds.
  template <class Condition>
  void Eventually(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), end);
      io_.restart();
      io_.run_for(2ms);
    }
  }

  Completion Do(const std::string& f, const std::string& value = "null") {
    Invocation invocation;
    invocation.f = f;
    invocation.value = ParseJson(value);
    Completion completion;
    Run(Invoke(invocation, &completion));
    EXPECT_EQ(completion.error, "") << completion.text;
    return completion;
  }
  asio::awaitable<void> Invoke(const Invocation& invocation, Completion* completion) {
    *completion = co_await nemesis_->Invoke(invocation);
  }
  Json Evidence(const std::string& f, const std::string& value = "null") {
    return Do(f, value).value["evidence"];
  }

  Node& node(int i) { return *cluster_->nodes()[i]; }

  asio::io_context io_;
  Chatter target_;
  std::filesystem::path directory_;
  std::unique_ptr<Cluster> cluster_;
  std::unique_ptr<Nemesis> nemesis_;
};

TEST_F(LocalFaults, TheKernelCutsExactlyTheLinksOfEveryShape) {
  for (const std::string& shape : PartitionShapes()) {
    const Json value = Do("start-partition", "{\"shape\":\"" + shape + "\"}").value;
    EXPECT_EQ(value["evidence"]["cut"], value["links"]) << shape;
    const Json healed = Evidence("stop-partition");
    EXPECT_EQ(healed["cut"].size(), 0u) << shape;
    EXPECT_EQ(healed["healed"], true) << shape;
  }
}

TEST_F(LocalFaults, APartitionDropsPackets) {
  const uint64_t before = cluster_->network().DroppedPackets();
  Do("start-partition", R"({"shape":"leader"})");
  Eventually([&] { return cluster_->network().DroppedPackets() > before; });
  const Json evidence = Evidence("stop-partition");
  EXPECT_EQ(evidence["effective"], true);
  EXPECT_GT(evidence["dropped"].get<uint64_t>(), 0u);
  EXPECT_EQ(evidence["healed"], true);
}

TEST_F(LocalFaults, APartitionThatNobodySpeaksAcrossIsNotEffective) {
  Do("start-kill", R"({"shape":"all"})");
  Do("start-partition", R"({"shape":"halves"})");
  EXPECT_EQ(Evidence("stop-partition")["effective"], false);
}

TEST_F(LocalFaults, KilledProcessesAreGone) {
  const Json evidence = Evidence("start-kill", R"({"nodes":["n1","n3"]})");
  EXPECT_EQ(evidence["effective"], true);
  for (const char* name : {"n1", "n3"}) {
    ASSERT_GE(evidence["pids"][name].size(), 1u);
    for (const Json& pid : evidence["pids"][name]) EXPECT_NE(kill(pid.get<int>(), 0), 0) << pid;
  }
  EXPECT_FALSE(node(0).Running());
  EXPECT_TRUE(node(1).Running());
}

TEST_F(LocalFaults, HealingAKillStartsTheServersAgain) {
  const Json before = Evidence("start-kill", R"({"nodes":["n1"]})")["pids"]["n1"];
  const Json evidence = Evidence("stop-kill");
  EXPECT_EQ(evidence["healed"], true);
  EXPECT_NE(evidence["running"]["n1"], before);
  EXPECT_TRUE(node(0).Running());
}

TEST_F(LocalFaults, PausedProcessesAreInStateT) {
  const Json evidence = Evidence("start-pause", R"({"nodes":["n2"]})");
  EXPECT_EQ(evidence["effective"], true);
  ASSERT_GE(evidence["states"]["n2"].size(), 1u);
  for (const auto& [pid, state] : evidence["states"]["n2"].items()) EXPECT_EQ(state, "T") << pid;
  const Json healed = Evidence("stop-pause");
  EXPECT_EQ(healed["healed"], true);
  for (const auto& [pid, state] : healed["states"]["n2"].items()) EXPECT_NE(state, "T") << pid;
}

TEST_F(LocalFaults, APausedNodeCanBeKilledAndStartedAgain) {
  Do("start-pause", R"({"nodes":["n2"]})");
  EXPECT_EQ(Evidence("start-kill", R"({"nodes":["n2"]})")["effective"], true);
  EXPECT_FALSE(node(1).Running());
  EXPECT_EQ(Evidence("stop-kill")["healed"], true);
  EXPECT_EQ(Evidence("stop-pause")["healed"], true);
  EXPECT_TRUE(node(1).Running());
}

TEST_F(LocalFaults, AKilledNodeCannotBePaused) {
  Do("start-kill", R"({"nodes":["n2"]})");
  EXPECT_EQ(Evidence("start-pause", R"({"nodes":["n2"]})")["effective"], false);
  EXPECT_EQ(Evidence("stop-pause")["healed"], true);
}

TEST_F(LocalFaults, ServersStartAgainUnderAPartition) {
  Do("start-kill", R"({"shape":"all"})");
  Do("start-partition", R"({"shape":"one"})");
  const Json restarted = Evidence("stop-kill");
  EXPECT_EQ(restarted["healed"], true) << restarted;
  const uint64_t before = cluster_->network().DroppedPackets();
  Eventually([&] { return cluster_->network().DroppedPackets() > before; });
  EXPECT_EQ(Evidence("stop-partition")["effective"], true);
}

TEST_F(LocalFaults, HealOpsLeaveNothingOfAnyFault) {
  Do("start-partition", R"({"shape":"majorities-ring-one-way"})");
  Do("start-pause", R"({"shape":"majority"})");
  Do("start-kill", R"({"shape":"minority"})");
  for (const Op& op : nemesis_->HealOps()) EXPECT_EQ(Evidence(op.f)["healed"], true) << op.f;
  EXPECT_TRUE(nemesis_->Active().empty());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(node(i).Running());
}

}  // namespace
}  // namespace cleave
