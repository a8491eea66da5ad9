// The runner's promises, with clients that answer well, badly, late and never.
#include "harness/run/runner.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>

#include "harness/run/asio.h"

namespace cleave {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

GeneratorPtr Writes(int n) {
  return gen::Limit(n, gen::Fn(1, [](int64_t i, Random&) { return MakeOp("write", i); }));
}

// A client whose behaviour is a function of the invocation.
class TestClient : public Client {
 public:
  using Behaviour = std::function<asio::awaitable<Completion>(const Invocation&)>;
  explicit TestClient(Behaviour behaviour) : behaviour_(std::move(behaviour)) {}
  asio::awaitable<Completion> Invoke(const Invocation& invocation) override {
    return behaviour_(invocation);
  }

 private:
  Behaviour behaviour_;
};

asio::awaitable<Completion> Answer(Outcome outcome, std::string error = "") {
  Completion completion;
  completion.outcome = outcome;
  completion.error = std::move(error);
  co_return completion;
}

asio::awaitable<void> Wait(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<Completion> Hang() {
  co_await Wait(std::chrono::hours(1));
  co_return Completion{};
}

// Swallows the cancellation and answers ok much later.
asio::awaitable<Completion> IgnoreCancellation(std::chrono::milliseconds time) {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await Wait(time);
  Completion completion;
  completion.outcome = Outcome::kOk;
  co_return completion;
}

asio::awaitable<Completion> Throw(std::string what) {
  co_await Wait(std::chrono::milliseconds(1));
  throw std::runtime_error(what);
}

class TestNemesis : public NemesisDriver {
 public:
  asio::awaitable<Completion> Invoke(const Invocation&) override { return Answer(Outcome::kOk); }
  void MainPhaseBegan(int64_t) override {}
  std::vector<Op> HealOps() const override { return {}; }
  std::vector<std::string> Active() const override { return {}; }
};

class RunnerTest : public testing::Test {
 protected:
  RunnerTest() {
    std::string name = testing::TempDir() + "runner_XXXXXX";
    directory_ = mkdtemp(name.data());
    journal_ = std::make_unique<Journal>(directory_ / "history.jsonl");
    config_.concurrency = 2;
    config_.journal = journal_.get();
    config_.open = [this](int32_t process, int32_t) {
      opened_.push_back(process);
      return std::make_unique<TestClient>(behaviour_);
    };
  }
  ~RunnerTest() override {
    journal_.reset();
    std::filesystem::remove_all(directory_);
  }

  std::vector<Json> Lines() {
    std::vector<Json> lines;
    std::ifstream in(directory_ / "history.jsonl");
    for (std::string line; std::getline(in, line) && line[0] == '{';) {
      lines.push_back(ParseJson(line));
    }
    return lines;
  }
  // "0 invoke write 0": process, type, f, value, and the error where there is one.
  std::vector<std::string> Shown() {
    std::vector<std::string> shown;
    for (const Json& e : Lines()) {
      shown.push_back(DumpJson(e["process"]) + " " + e["type"].get<std::string>() + " " +
                      e["f"].get<std::string>() + " " + DumpJson(e.value("value", Json())) +
                      (e.contains("error") ? " " + DumpJson(e["error"]) : ""));
    }
    return shown;
  }
  void Run(GeneratorPtr generator) { Run(std::vector<GeneratorPtr>{std::move(generator)}); }
  void Run(const std::vector<GeneratorPtr>& generators) {
    runner_.emplace(io_.get_executor(), config_);
    asio::co_spawn(io_, RunAll(*runner_, generators), [this](std::exception_ptr e) { error_ = e; });
    io_.run();
    journal_->Close();
  }
  static asio::awaitable<void> RunAll(Runner& runner, const std::vector<GeneratorPtr>& generators) {
    for (const GeneratorPtr& generator : generators) co_await runner.Run(generator);
  }

  std::filesystem::path directory_;
  std::unique_ptr<Journal> journal_;
  asio::io_context io_;
  RunnerConfig config_;
  TestClient::Behaviour behaviour_ = [](const Invocation&) { return Answer(Outcome::kOk); };
  std::vector<int32_t> opened_;
  std::optional<Runner> runner_;
  std::exception_ptr error_;
};

TEST_F(RunnerTest, RecordsInvocationsAndCompletions) {
  config_.concurrency = 1;
  config_.node_of = [](int32_t) { return "n1"; };
  Run(Writes(2));
  EXPECT_THAT(Shown(),
              ElementsAre("0 invoke write 0", "0 ok write 0", "0 invoke write 1", "0 ok write 1"));
  int64_t index = 0, time = 0;
  for (const Json& e : Lines()) {
    EXPECT_EQ(e["index"], index++);
    EXPECT_GE(e["time"].get<int64_t>(), time);
    EXPECT_EQ(e["node"], "n1");
    time = e["time"].get<int64_t>();
  }
}

TEST_F(RunnerTest, TheInvocationIsOnDiskBeforeItsClientSeesIt) {
  int seen = 0;
  behaviour_ = [&](const Invocation& invocation) {
    Json last = Lines().back();
    EXPECT_EQ(last["type"], "invoke");
    EXPECT_EQ(last["value"], invocation.value);
    ++seen;
    return Answer(Outcome::kOk);
  };
  config_.concurrency = 1;
  Run(Writes(3));
  EXPECT_EQ(seen, 3);
}

TEST_F(RunnerTest, ACompletionSaysWhatTheClientLearned) {
  config_.concurrency = 1;
  behaviour_ = [](const Invocation&) -> asio::awaitable<Completion> {
    Completion completion;
    completion.outcome = Outcome::kFail;
    completion.error = "mismatch";
    completion.text = "it was 4";
    completion.observed = 4;
    co_return completion;
  };
  Run(Writes(1));
  Json fail = Lines().back();
  EXPECT_EQ(fail["type"], "fail");
  EXPECT_EQ(fail["error"], ParseJson(R"(["mismatch","it was 4"])"));
  EXPECT_EQ(fail["observed"], 4);
}

TEST_F(RunnerTest, AnInfoRetiresItsProcessAndItsClient) {
  config_.concurrency = 2;
  behaviour_ = [](const Invocation& i) {
    return Answer(i.process == 0 ? Outcome::kInfo : Outcome::kOk, i.process == 0 ? "lost" : "");
  };
  Run(gen::OnThreads([](int32_t t) { return t == 0; }, Writes(2)));
  EXPECT_THAT(Shown(), ElementsAre("0 invoke write 0", "0 info write 0 \"lost\"",
                                   "2 invoke write 1", "2 ok write 1"));
  EXPECT_THAT(opened_, ElementsAre(0, 2));
}

TEST_F(RunnerTest, AFailKeepsItsProcessAndItsClient) {
  config_.concurrency = 1;
  behaviour_ = [](const Invocation&) { return Answer(Outcome::kFail, "mismatch"); };
  Run(Writes(3));
  EXPECT_THAT(opened_, ElementsAre(0));
}

TEST_F(RunnerTest, AWriteThatTimesOutIsUnknownAndAReadHasFailed) {
  config_.concurrency = 1;
  config_.op_timeout = 10 * kMillisecond;
  behaviour_ = [](const Invocation&) { return Hang(); };
  Run(gen::Sequence({gen::Once(MakeOp("write", 1)), gen::Once(MakeOp("read"))}));
  EXPECT_THAT(Shown(), ElementsAre("0 invoke write 1", "0 info write 1 \"timeout\"",
                                   "1 invoke read null", "1 fail read null \"timeout\""));
}

TEST_F(RunnerTest, AClientThatTimedOutIsOpenedAnew) {
  config_.concurrency = 1;
  config_.op_timeout = 5 * kMillisecond;
  behaviour_ = [](const Invocation&) { return Hang(); };
  Run(gen::Limit(2, gen::Repeat(MakeOp("read"))));
  EXPECT_THAT(opened_, ElementsAre(0, 0));
}

TEST_F(RunnerTest, AClientThatIgnoresCancellationIsAbandoned) {
  config_.concurrency = 1;
  config_.op_timeout = 5 * kMillisecond;
  config_.grace = 5 * kMillisecond;
  behaviour_ = [](const Invocation& i) {
    return i.process == 0 ? IgnoreCancellation(std::chrono::milliseconds(100))
                          : IgnoreCancellation(std::chrono::milliseconds(0));
  };
  Run(Writes(2));  // io_.run() goes on until the late answer has come, and nobody writes it down
  EXPECT_THAT(Shown(), ElementsAre("0 invoke write 0", "0 info write 0 \"timeout\"",
                                   "1 invoke write 1", "1 ok write 1"));
}

TEST_F(RunnerTest, AClientThatNeverReturnsDoesNotKeepTheRunnerOrItsDestructor) {
  config_.concurrency = 1;
  config_.op_timeout = 2 * kMillisecond;
  config_.grace = 2 * kMillisecond;
  behaviour_ = [](const Invocation&) { return IgnoreCancellation(std::chrono::hours(1)); };
  runner_.emplace(io_.get_executor(), config_);
  bool ended = false;
  asio::co_spawn(io_, runner_->Run(Writes(1)), [&](std::exception_ptr) {
    ended = true;
    io_.stop();
  });
  io_.run();
  EXPECT_TRUE(ended);
  runner_.reset();
}

TEST_F(RunnerTest, AnExceptionIsUnknownAndOfAReadAFailure) {
  config_.concurrency = 1;
  behaviour_ = [](const Invocation&) { return Throw("broken pipe"); };
  Run(gen::Sequence({gen::Once(MakeOp("cas", {1, 2})), gen::Once(MakeOp("read"))}));
  EXPECT_THAT(Shown(),
              ElementsAre("0 invoke cas [1,2]", R"(0 info cas [1,2] ["exception","broken pipe"])",
                          "1 invoke read null", R"(1 fail read null ["exception","broken pipe"])"));
}

TEST_F(RunnerTest, AClientThatCannotBeOpenedFailsItsOperation) {
  config_.concurrency = 1;
  config_.open = [](int32_t, int32_t) -> std::unique_ptr<Client> {
    throw std::runtime_error("no such node");
  };
  Run(Writes(1));
  EXPECT_THAT(Shown(),
              ElementsAre("0 invoke write 0", R"(0 fail write 0 ["open","no such node"])"));
}

TEST_F(RunnerTest, AClientThatThrowsBeforeItsCoroutineStartsEndsOnlyItsOperation) {
  config_.concurrency = 1;
  behaviour_ = [](const Invocation& i) -> asio::awaitable<Completion> {
    if (i.value == 0) throw std::runtime_error("no socket");
    return Answer(Outcome::kOk);
  };
  Run(Writes(2));
  EXPECT_TRUE(error_ == nullptr);
  EXPECT_THAT(Shown(),
              ElementsAre("0 invoke write 0", R"(0 info write 0 ["exception","no socket"])",
                          "1 invoke write 1", "1 ok write 1"));
}

TEST_F(RunnerTest, AClientWithoutWhichTheTestProvesNothingIsRecordedAndEndsTheRun) {
  config_.concurrency = 1;
  behaviour_ = [](const Invocation&) -> asio::awaitable<Completion> {
    throw EnvironmentError("no such program");
  };
  Run(Writes(5));
  ASSERT_TRUE(error_ != nullptr);
  EXPECT_THROW(std::rethrow_exception(error_), EnvironmentError);
  EXPECT_THAT(Shown(),
              ElementsAre("0 invoke write 0", R"(0 info write 0 ["exception","no such program"])"));
}

Json NestedJson(int depth) {
  Json json = Json::array();
  for (int i = 1; i < depth; ++i) {
    Json outer = Json::array();
    outer.push_back(std::move(json));
    json = std::move(outer);
  }
  return json;
}

TEST_F(RunnerTest, AnAnswerNestedDeeperThanDataIsNonsense) {
  config_.concurrency = 1;
  behaviour_ = [](const Invocation& i) -> asio::awaitable<Completion> {
    Completion completion;
    completion.outcome = i.f == "read" ? Outcome::kOk : Outcome::kFail;
    if (i.f == "read") {
      completion.value = NestedJson(1'000);
    } else {
      completion.observed = NestedJson(1'000);
    }
    co_return completion;
  };
  Run(gen::Sequence({gen::Once(MakeOp("read")), gen::Once(MakeOp("write", 1))}));
  ASSERT_EQ(Lines().size(), 4u);
  EXPECT_THAT(Shown()[1], HasSubstr(R"(0 fail read null ["nonsense")"));
  EXPECT_THAT(Shown()[3], HasSubstr(R"(0 info write 1 ["nonsense")"));
}

TEST_F(RunnerTest, AnOperationMayHaveALongerDeadlineThanTheRun) {
  config_.concurrency = 1;
  config_.op_timeout = kMillisecond;
  config_.grace = 0;
  behaviour_ = [](const Invocation&) { return IgnoreCancellation(std::chrono::milliseconds(30)); };
  Op slow = MakeOp("read");
  slow.timeout = 60 * kSecond;
  Run(gen::Sequence({gen::Once(slow), gen::Once(MakeOp("read"))}));
  EXPECT_THAT(Shown(), ElementsAre("0 invoke read null", "0 ok read null", "0 invoke read null",
                                   "0 fail read null \"timeout\""));
}

TEST_F(RunnerTest, ProcessesIndicesAndClockGoOnInTheNextRun) {
  config_.concurrency = 1;
  behaviour_ = [](const Invocation&) { return Answer(Outcome::kInfo, "lost"); };
  Run({Writes(1), Writes(1)});
  EXPECT_THAT(Shown(), ElementsAre("0 invoke write 0", "0 info write 0 \"lost\"",
                                   "1 invoke write 0", "1 info write 0 \"lost\""));
  EXPECT_EQ(Lines().back()["index"], 3);
}

TEST_F(RunnerTest, NoProcessEverHasTwoOpenOperations) {
  config_.concurrency = 5;
  config_.op_timeout = 3 * kMillisecond;
  config_.grace = kMillisecond;
  Random random(5);
  behaviour_ = [&](const Invocation&) -> asio::awaitable<Completion> {
    switch (random.Below(4)) {
      case 0: return Answer(Outcome::kInfo, "lost");
      case 1: return Throw("x");
      case 2: return random.Chance(0.1) ? Hang() : Answer(Outcome::kOk);
      default:
        return random.Chance(0.1) ? IgnoreCancellation(std::chrono::milliseconds(6))
                                  : Answer(Outcome::kFail, "no");
    }
  };
  Run(Writes(1'000));
  std::map<int, std::string> last;
  size_t invocations = 0;
  for (const Json& e : Lines()) {
    std::string& before = last[e["process"].get<int>()];
    std::string now = e["type"].get<std::string>();
    ASSERT_NE(before, "info") << "an event of a retired process: " << e;
    ASSERT_EQ(now == "invoke", before != "invoke") << e;
    invocations += now == "invoke" ? 1 : 0;
    before = now;
  }
  EXPECT_EQ(invocations, 1'000u);
  for (const auto& [process, type] : last) EXPECT_NE(type, "invoke") << "process " << process;
}

TEST_F(RunnerTest, ReadyCompletionsAreTakenBeforeNewInvocations) {
  config_.concurrency = 3;
  Run(gen::Phases({Writes(3), Writes(3)}));
  std::string types;
  for (const Json& e : Lines()) types += e["type"] == "invoke" ? "i" : "o";
  EXPECT_EQ(types, "iiioooiiiooo");
}

TEST_F(RunnerTest, StopEndsEndlessGeneratorsAndHangingClients) {
  config_.concurrency = 2;
  behaviour_ = [&](const Invocation& i) -> asio::awaitable<Completion> {
    if (i.value == 20) runner_->Stop();
    return i.value == 20 ? Hang() : Answer(Outcome::kOk);
  };
  Run(gen::Clients(Writes(1'000'000)));
  EXPECT_LE(Lines().size(), 50u);
  EXPECT_THAT(Shown().back(), HasSubstr("info write 20 \"timeout\""));
}

TEST_F(RunnerTest, StopWakesSleepers) {
  asio::steady_timer stop(io_, std::chrono::milliseconds(20));
  stop.async_wait([this](boost::system::error_code) { runner_->Stop(); });
  Run(gen::Sequence({gen::Sleep(3'600 * kSecond), Writes(1)}));
  EXPECT_EQ(Shown().size(), 2u);
}

TEST_F(RunnerTest, SleepsAndLogsAreNotInTheHistory) {
  std::vector<std::string> logged;
  config_.log = [&](const std::string& line) { logged.push_back(line); };
  Run(gen::Sequence({gen::Log("half time"), gen::Sleep(kMillisecond)}));
  EXPECT_THAT(logged, ElementsAre("half time"));
  EXPECT_THAT(Shown(), ElementsAre());
}

TEST_F(RunnerTest, OperationsDoNotGoBeforeTheirTime) {
  config_.concurrency = 2;
  Run(gen::Delay(5 * kMillisecond, Writes(4)));
  std::vector<int64_t> times;
  for (const Json& e : Lines()) {
    if (e["type"] == "invoke") times.push_back(e["time"].get<int64_t>());
  }
  for (size_t i = 0; i < times.size(); ++i) {
    EXPECT_GE(times[i], times[0] + static_cast<int64_t>(i) * 5 * kMillisecond - kMillisecond);
  }
}

TEST_F(RunnerTest, TheNemesisIsRecordedAsItselfWithInfos) {
  TestNemesis nemesis;
  config_.nemesis = &nemesis;
  Run(gen::Nemesis(gen::Limit(2, gen::Repeat(MakeOp("start-kill", {{"nodes", {"n1"}}})))));
  EXPECT_THAT(Shown(), ElementsAre(R"("nemesis" invoke start-kill {"nodes":["n1"]})",
                                   R"("nemesis" info start-kill {"nodes":["n1"]})",
                                   R"("nemesis" invoke start-kill {"nodes":["n1"]})",
                                   R"("nemesis" info start-kill {"nodes":["n1"]})"));
}

TEST_F(RunnerTest, PhasesAreMarked) {
  Runner runner(io_.get_executor(), config_);
  runner.Mark("main");
  EXPECT_THAT(Shown(), ElementsAre(R"("nemesis" info phase {"phase":"main"})"));
}

TEST_F(RunnerTest, WhatAGeneratorThrowsEndsTheRun) {
  Run(gen::Fn(1, [](int64_t n, Random&) -> Op {
    if (n == 3) throw std::runtime_error("a generator's mistake");
    return MakeOp("write", n);
  }));
  ASSERT_TRUE(error_ != nullptr);
  EXPECT_THROW(std::rethrow_exception(error_), std::runtime_error);
}

// Throws when it is told of an operation that is unknown.
class Brittle : public Generator {
 public:
  Step Next(const Context& context, const GeneratorPtr& self) const override {
    GeneratorPtr once = gen::Once(MakeOp("write"));
    Step step = once->Next(context, once);
    step.next = self;
    return step;
  }
  GeneratorPtr Update(const Context&, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    if (event.type == EventType::kInfo) throw std::runtime_error("a generator's mistake");
    return self;
  }
};

TEST_F(RunnerTest, AFailureWhileATimeoutIsRecordedIsNotForgotten) {
  config_.concurrency = 1;
  config_.op_timeout = config_.grace = 2 * kMillisecond;
  behaviour_ = [](const Invocation&) { return IgnoreCancellation(std::chrono::milliseconds(20)); };
  Run(std::make_shared<Brittle>());
  ASSERT_TRUE(error_ != nullptr);
  EXPECT_THROW(std::rethrow_exception(error_), std::runtime_error);
}

TEST_F(RunnerTest, AFailureWhileAnInvocationIsAnsweredAtOnceIsNotForgotten) {
  config_.concurrency = 1;
  behaviour_ = [](const Invocation&) -> asio::awaitable<Completion> {
    throw std::runtime_error("no socket");
  };
  Run(std::make_shared<Brittle>());
  ASSERT_TRUE(error_ != nullptr);
  EXPECT_EQ(Shown().size(), 2u);
}

TEST_F(RunnerTest, AGeneratorThatWaitsForNothingIsAnError) {
  config_.concurrency = 1;
  class Stuck : public Generator {
    Step Next(const Context&, const GeneratorPtr& self) const override {
      Step step;
      step.kind = Step::Kind::kPending;
      step.time = INT64_MAX;
      step.next = self;
      return step;
    }
  };
  Run(std::make_shared<Stuck>());
  ASSERT_TRUE(error_ != nullptr);
  EXPECT_THROW(std::rethrow_exception(error_), std::logic_error);
}

TEST_F(RunnerTest, TheSameSeedAsksTheSameOfASequentialRun) {
  config_.concurrency = 1;
  config_.seed = 4;
  GeneratorPtr g = gen::Limit(50, gen::Mix(4, {Writes(100), gen::Repeat(MakeOp("read"))}));
  Run({g, g});
  auto shown = Shown();
  ASSERT_EQ(shown.size(), 200u);
  EXPECT_TRUE(std::equal(shown.begin(), shown.begin() + 100, shown.begin() + 100));
}

}  // namespace
}  // namespace cleave
