// A cluster, a target and a nemesis in memory, for tests of whole tests.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "harness/run/asio.h"
#include "harness/run/test.h"

namespace cleave {

class MemoryNode : public Node {
 public:
  MemoryNode(std::string name, std::filesystem::path logs)
      : name_(std::move(name)), logs_(std::move(logs)) {
    std::filesystem::create_directories(logs_);
  }
  const std::string& name() const override { return name_; }
  const std::string& address() const override { return name_; }
  const std::filesystem::path& data_directory() const override { return logs_; }
  const std::filesystem::path& log_directory() const override { return logs_; }
  asio::awaitable<void> Start(const Program& program) override {
    std::ofstream(logs_ / "stdout.log") << "starting\n" << program.argv[0] << "\n";
    running_ = program.argv[0] != "exits";
    exit_ = running_ ? "" : "exited with 3";
    ++starts;
    co_return;
  }
  asio::awaitable<void> Kill() override {
    running_ = false;
    ++kills;
    co_return;
  }
  asio::awaitable<void> Stop(std::chrono::milliseconds) override {
    running_ = false;
    ++stops;
    co_return;
  }
  void Pause() override {}
  void Resume() override {}
  bool Running() const override { return running_; }
  std::string ExitDescription() const override { return exit_; }
  std::vector<ProcessState> Processes() const override { return {}; }

  void Crash() { running_ = false; }

  int starts = 0, stops = 0, kills = 0;

 private:
  std::string name_, exit_;
  std::filesystem::path logs_;
  bool running_ = false;
};

class NoNetwork : public Network {
 public:
  void Cut(std::span<const Link>) override {}
  void Uncut() override {}
  std::vector<Link> CutLinks() const override { return {}; }
  uint64_t DroppedPackets() const override { return 0; }
};

class MemoryCluster : public Cluster {
 public:
  MemoryCluster(int n, const std::filesystem::path& run) {
    for (int i = 1; i <= n; ++i) {
      std::string name = "n" + std::to_string(i);
      nodes_.push_back(std::make_unique<MemoryNode>(name, run / "nodes" / name));
    }
  }
  std::span<const std::unique_ptr<Node>> nodes() const override { return nodes_; }
  Network& network() override { return network_; }
  MemoryNode& node(int i) { return static_cast<MemoryNode&>(*nodes_[i]); }

 private:
  std::vector<std::unique_ptr<Node>> nodes_;
  NoNetwork network_;
};

class OkClient : public Client {
 public:
  explicit OkClient(const std::function<void()>& on_read) : on_read_(on_read) {}
  asio::awaitable<Completion> Invoke(const Invocation& invocation) override {
    if (invocation.f == "read" && on_read_) on_read_();
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::microseconds(200));
    co_await timer.async_wait(asio::use_awaitable);
    Completion completion;
    completion.outcome = Outcome::kOk;
    co_return completion;
  }

 private:
  const std::function<void()>& on_read_;
};

class MemoryTarget : public Target {
 public:
  std::string Version() const override { return prepared_ ? "1.2.3" : ""; }
  Json Description() const override { return description; }
  std::vector<std::string> Warnings() const override { return warnings; }
  asio::awaitable<void> Prepare(Cluster&) override {
    if (!prepare_error.empty()) throw std::runtime_error(prepare_error);
    prepared_ = true;
    co_return;
  }
  asio::awaitable<void> Start(Node& node) override {
    Program program;
    program.argv = {node.name() == exits ? "exits" : "server"};
    co_await node.Start(program);
  }
  asio::awaitable<bool> Ready(Node& node) override {
    co_return node.Running() && node.name() != never_ready;
  }
  asio::awaitable<std::optional<std::string>> Leader() override { co_return std::nullopt; }
  std::unique_ptr<Client> Open(Node&, int32_t) override {
    return std::make_unique<OkClient>(on_read);
  }

  std::string prepare_error, exits, never_ready;
  Json description;
  std::vector<std::string> warnings;
  std::function<void()> on_read;

 private:
  bool prepared_ = false;
};

class MemoryNemesis : public NemesisDriver {
 public:
  asio::awaitable<Completion> Invoke(const Invocation& invocation) override {
    const size_t dash = invocation.f.find('-');
    const std::string fault = invocation.f.substr(dash + 1);
    const bool start = invocation.f.substr(0, dash) == "start";
    if (start) active_.insert(fault);
    const std::function<void()>& hook = start ? on_start : on_stop;
    if (hook) hook();
    // Time for a signal to arrive.
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds(2));
    co_await timer.async_wait(asio::use_awaitable);
    if (!start && --stops_that_fail < 0) active_.erase(fault);
    co_return Completion{};
  }
  void MainPhaseBegan(int64_t) override { ++began; }
  std::vector<Op> HealOps() const override {
    std::vector<Op> ops;
    for (const std::string& fault : active_) {
      ops.emplace_back();
      ops.back().f = "stop-" + fault;
    }
    return ops;
  }
  std::vector<std::string> Active() const override { return {active_.begin(), active_.end()}; }

  std::function<void()> on_start, on_stop;
  int began = 0, stops_that_fail = 0;

 private:
  std::set<std::string> active_;
};

/// A test on a cluster in memory, and what it left.
class TestTest : public testing::Test {
 protected:
  TestTest()
      : store_(MakeStore()),
        directory_(store_, "memory", "register"),
        cluster_(3, directory_.path()),
        setup_{{}, "0.1.0", directory_, cluster_, target_, {}, nullptr, nullptr} {
    setup_.options.quiet = true;
    setup_.options.concurrency = 3;
    setup_.options.rate = 0;
    setup_.options.ops = 20;
    setup_.workload.generator = gen::Repeat(MakeOp("write"));
    setup_.workload.final_generator = gen::EachThread(gen::UntilOk(gen::Repeat(MakeOp("read"))));
    setup_.nemesis = &nemesis_;
    setup_.nemesis_generator =
        gen::FlipFlop(gen::Delay(kMillisecond, gen::Repeat(MakeOp("start-kill"))), nullptr);
  }
  ~TestTest() override { std::filesystem::remove_all(store_); }

  static std::filesystem::path MakeStore() {
    std::string name = testing::TempDir() + "test_XXXXXX";
    return mkdtemp(name.data());
  }
  TestOutcome Run() {
    asio::io_context io;
    TestOutcome outcome;
    asio::co_spawn(io, RunTest(setup_), [&](std::exception_ptr error, TestOutcome result) {
      EXPECT_TRUE(error == nullptr);
      outcome = std::move(result);
    });
    io.run();
    return outcome;
  }
  std::vector<Json> Lines() {
    std::vector<Json> lines;
    std::ifstream in(directory_.history());
    for (std::string line; std::getline(in, line) && line[0] == '{';) {
      lines.push_back(ParseJson(line));
    }
    return lines;
  }
  std::vector<std::string> Phases() {
    std::vector<std::string> phases;
    for (const Json& e : Lines()) {
      if (e["f"] == "phase") phases.push_back(e["value"]["phase"]);
    }
    return phases;
  }
  int Count(const char* f, const char* type) {
    int n = 0;
    for (const Json& e : Lines()) n += e["f"] == f && e["type"] == type ? 1 : 0;
    return n;
  }
  std::string HarnessLog() {
    std::ifstream in(directory_.path() / "harness.log");
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void ExpectAllStopped() {
    for (const auto& node : cluster_.nodes()) EXPECT_FALSE(node->Running()) << node->name();
  }

  std::filesystem::path store_;
  RunDirectory directory_;
  MemoryCluster cluster_;
  MemoryTarget target_;
  MemoryNemesis nemesis_;
  TestSetup setup_;
};

}  // namespace cleave
