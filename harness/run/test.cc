// The phases of a test. Each way out leads through Heal and Stop.
#include "harness/run/test.h"

#include <signal.h>
#include <unistd.h>

#include "harness/run/answers.h"
#include "harness/run/asio.h"
#include "harness/run/interim_verdict.h"
#include "harness/run/nodes.h"
#include "harness/run/progress.h"

namespace cleave {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(250);
constexpr auto kStopTime = std::chrono::milliseconds(2'000);
constexpr int64_t kDefaultOpTimeout = 5 * kSecond;
constexpr int64_t kDefaultRecoveryTime = 20 * kSecond;
constexpr int kHealAttempts = 2;

/// nohup asks for a test that outlives its terminal.
bool HangupIsIgnored() {
  struct sigaction now {};
  sigaction(SIGHUP, nullptr, &now);
  return now.sa_handler == SIG_IGN;
}

// Shared, because a handler of signals_ or redraw_ may be queued already when the test ends.
class Test : public std::enable_shared_from_this<Test> {
 public:
  Test(TestSetup& setup, asio::any_io_executor executor)
      : setup_(setup),
        journal_(setup.directory.history()),
        runner_(executor, Config()),
        signals_(executor, SIGINT, SIGTERM),
        redraw_(executor),
        progress_(STDERR_FILENO, !setup.options.quiet),
        verdict_(progress_.shown() && !setup.online.take ? setup.judge_so_far : nullptr) {
    if (!HangupIsIgnored()) signals_.add(SIGHUP);
  }

  asio::awaitable<TestOutcome> Run() {
    AwaitSignal();
    if (progress_.shown()) DrawLater();
    std::function<asio::awaitable<void>()> body = [this] { return Body(); };
    std::function<asio::awaitable<void>()> heal = [this] { return Heal(); };
    std::function<asio::awaitable<void>()> after = [this] { return AfterHeal(); };
    std::function<asio::awaitable<void>()> stop = [this] { return StopNodes(); };
    co_await Guarded(body);
    co_await Guarded(heal);
    if (outcome_.error.empty() && prepared_ && !hurry_ && WantsMore()) co_await Guarded(after);
    co_await Guarded(stop);
    Phase("done");
    std::function<asio::awaitable<void>()> note = [this] { return NoteViolation(); };
    co_await Guarded(note);
    Close();
    outcome_.counts = runner_.counts();
    co_return outcome_;
  }

 private:
  RunnerConfig Config() {
    RunnerConfig config;
    const TestOptions& options = setup_.options;
    config.concurrency = options.concurrency;
    config.op_timeout = options.op_timeout > 0 ? options.op_timeout : kDefaultOpTimeout;
    config.seed = options.seed;
    config.open = [this](int32_t process, int32_t thread) {
      return setup_.target.Open(NodeOf(thread), process);
    };
    config.node_of = [this](int32_t thread) { return NodeOf(thread).name(); };
    config.nemesis = setup_.nemesis;
    config.journal = &journal_;
    config.log = [this](const std::string& line) { Log(line); };
    if (setup_.online.take) config.observe = [this](const Event& event) { Observe(event); };
    return config;
  }

  Node& NodeOf(int32_t thread) {
    auto nodes = setup_.cluster.nodes();
    return *nodes[static_cast<size_t>(thread) % nodes.size()];
  }

  void Observe(const Event& event) {
    if (!outcome_.violation.empty()) return;
    outcome_.violation = setup_.online.take(event);
    if (outcome_.violation.empty()) return;
    Log("violation: " + outcome_.violation);
    // Not from within: the runner is recording.
    asio::post(redraw_.get_executor(), [weak = weak_from_this()] {
      const auto self = weak.lock();
      // The final reads are few, and show what became of all.
      if (self && self->Convicted() && self->phase_ == "main") self->runner_.Stop();
    });
  }

  /// After a violation only final reads are worth the wait: whether what was missing under a fault
  /// is lost, or only late, shows when all is healed.
  bool WantsMore() const { return !Convicted() || setup_.workload.final_generator != nullptr; }

  /// Nothing that the store still does can change the verdict.
  bool Convicted() const { return !outcome_.violation.empty() && !setup_.options.keep_going; }

  /// Never what heals.
  void StopClients() {
    if (phase_ == "main" || phase_ == "final") runner_.Stop();
  }

  void Log(const std::string& line) { setup_.directory.log().Write(line); }

  void Phase(const char* phase) {
    phase_ = phase;
    Log(std::string("phase ") + phase);
    try {
      runner_.Mark(phase);
    } catch (const std::exception& e) {
      Failed(e.what());
    }
  }

  // The first failure is the one to report: others may follow from it.
  void Failed(const std::string& why) {
    Log("failed: " + why);
    if (outcome_.error.empty()) outcome_.error = why;
  }

  void Warn(const std::string& what) {
    Log(what);
    outcome_.warnings.push_back(what);
  }

  // What fails does not keep later steps from cleaning up.
  asio::awaitable<void> Guarded(const std::function<asio::awaitable<void>()>& step) {
    std::exception_ptr error;
    try {
      co_await step();
    } catch (...) {
      error = std::current_exception();
    }
    if (error) Failed(ExceptionText(error));
  }

  asio::awaitable<void> Body() {
    Phase("setup");
    WriteTestJson();
    co_await setup_.target.Prepare(setup_.cluster);
    WriteTestJson();  // now the target knows its version
    if (outcome_.interrupted) co_return;
    std::function<asio::awaitable<void>(Node&)> start = [this](Node& node) {
      return setup_.target.Start(node);
    };
    co_await ForEachNode(setup_.cluster, start);
    auto waiting = co_await WaitUntilReady(setup_.cluster, setup_.target, setup_.setup_time,
                                           &outcome_.interrupted, false);
    if (outcome_.interrupted) co_return;
    if (!waiting.empty()) {
      throw std::runtime_error("not ready after " + std::to_string(setup_.setup_time / kSecond) +
                               " s: node " + DescribeNode(*waiting.front()));
    }
    prepared_ = true;
    Phase("main");
    if (setup_.nemesis != nullptr) setup_.nemesis->MainPhaseBegan(runner_.Now());
    GeneratorPtr generator =
        MainGenerator(setup_.options, setup_.workload.generator, setup_.nemesis_generator);
    if (!Convicted()) co_await runner_.Run(generator);
  }

  asio::awaitable<void> Heal() {
    Phase("heal");
    if (setup_.nemesis == nullptr) co_return;
    std::exception_ptr error;
    for (int i = 0; i < kHealAttempts && !setup_.nemesis->HealOps().empty(); ++i) {
      if (!error) {
        try {
          co_await HealRecorded();
        } catch (...) {
          error = std::current_exception();
        }
      }
      // The journal failed, e.g. the disk is full: heal all the same.
      if (error) co_await HealUnrecorded();
    }
    for (const std::string& fault : setup_.nemesis->Active()) Warn("not healed: " + fault);
    if (error) std::rethrow_exception(error);
  }

  asio::awaitable<void> HealRecorded() {
    std::vector<GeneratorPtr> ops;
    for (const Op& op : setup_.nemesis->HealOps()) ops.push_back(gen::Once(op));
    GeneratorPtr heal = gen::Nemesis(gen::Sequence(ops));
    co_await runner_.Run(heal);
  }

  asio::awaitable<void> HealUnrecorded() {
    for (const Op& op : setup_.nemesis->HealOps()) {
      Invocation invocation;
      invocation.f = op.f;
      invocation.value = op.value;
      invocation.thread = invocation.process = kNemesis;
      invocation.time = runner_.Now();
      invocation.deadline = invocation.time + 60 * kSecond;
      Completion done = co_await setup_.nemesis->Invoke(invocation);
      Log("unrecorded: " + op.f + " " + DumpJson(done.value) + " " + done.error);
    }
  }

  asio::awaitable<void> AfterHeal() {
    Phase("recovery");
    std::function<asio::awaitable<void>(Node&)> restart = [this](Node& node) {
      return Restart(node);
    };
    co_await ForEachNode(setup_.cluster, restart);
    int64_t time = setup_.options.recovery_time;
    auto waiting = co_await WaitUntilReady(setup_.cluster, setup_.target,
                                           time > 0 ? time : kDefaultRecoveryTime, &hurry_, true);
    for (Node* node : waiting) Warn("did not recover: " + DescribeNode(*node));
    if (hurry_ || setup_.workload.final_generator == nullptr) co_return;
    Phase("final");
    GeneratorPtr final =
        gen::TimeLimit(setup_.workload.final_time, gen::Clients(setup_.workload.final_generator));
    co_await runner_.Run(final);
  }

  asio::awaitable<void> Restart(Node& node) {
    if (node.Running()) co_return;
    Log("starting " + node.name() + " again: " + node.ExitDescription());
    co_await setup_.target.Start(node);
  }

  asio::awaitable<void> StopNodes() {
    bool hurry = hurry_;
    std::function<asio::awaitable<void>(Node&)> stop = [this, hurry](Node& node) {
      return hurry ? node.Kill() : setup_.target.Stop(node, kStopTime);
    };
    for (const std::string& warning : setup_.target.Warnings()) Warn(warning);
    co_await ForEachNode(setup_.cluster, stop);
  }

  asio::awaitable<void> NoteViolation() {
    if (!outcome_.violation.empty()) WriteTestJson();
    co_return;
  }

  void WriteTestJson() {
    std::vector<std::string> names;
    for (const auto& node : setup_.cluster.nodes()) names.push_back(node->name());
    Json json =
        TestJson(setup_.directory, setup_.options, setup_.version, setup_.target.Version(), names);
    const Json description = setup_.target.Description();
    if (!description.is_null()) {
      json["target"]["name"] = description.at("name");
      json["target"]["description"] = description;
    }
    if (!outcome_.violation.empty()) {
      json["violation"] = {{"words", outcome_.violation}, {"stopped", Convicted()}};
    }
    setup_.directory.WriteFile("test.json", DumpJson(json, 2) + "\n");
  }

  void Close() {
    redraw_.cancel();
    signals_.cancel();
    progress_.Clear();
    try {
      journal_.Close();
    } catch (const std::exception& e) {
      Failed(e.what());
    }
  }

  void AwaitSignal() {
    signals_.async_wait([weak = weak_from_this()](boost::system::error_code error, int signal) {
      auto self = weak.lock();
      if (!error && self) self->OnSignal(signal);
    });
  }

  void OnSignal(int signal) {
    // A closing terminal says so more than once: its shell does, and the kernel.
    if (outcome_.interrupted && signal != SIGHUP) hurry_ = true;
    outcome_.interrupted = true;
    Log("interrupted by signal " + std::to_string(signal) + (hurry_ ? " again" : ""));
    // Final reads only for a second signal.
    if (phase_ != "final" || hurry_) StopClients();
    AwaitSignal();
  }

  void DrawLater() {
    redraw_.expires_after(kRedraw);
    redraw_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
      auto self = weak.lock();
      if (error || !self) return;
      self->Draw();
      self->DrawLater();
    });
  }

  void Draw() {
    ProgressState state;
    state.phase = phase_;
    state.elapsed = runner_.Now();
    state.counts = runner_.counts();
    int64_t completed = state.counts.ok + state.counts.fail + state.counts.info;
    double seconds = static_cast<double>(state.elapsed - drawn_at_) / kSecond;
    state.rate = static_cast<double>(completed - drawn_completed_) / seconds;
    state.verdict = setup_.online.words ? setup_.online.words()
                                        : verdict_.Words(state.elapsed, journal_.bytes());
    if (setup_.nemesis != nullptr) state.faults = setup_.nemesis->Active();
    drawn_at_ = state.elapsed;
    drawn_completed_ = completed;
    progress_.Draw(state);
  }

  TestSetup& setup_;
  Journal journal_;
  Runner runner_;
  asio::signal_set signals_;
  asio::steady_timer redraw_;
  Progress progress_;
  InterimVerdict verdict_;
  TestOutcome outcome_;
  std::string phase_ = "setup";
  bool prepared_ = false, hurry_ = false;
  int64_t drawn_at_ = 0, drawn_completed_ = 0;
};

}  // namespace

asio::awaitable<TestOutcome> RunTest(TestSetup& setup) {
  auto executor = co_await asio::this_coro::executor;
  std::shared_ptr<Test> test;
  std::string error;
  try {
    test = std::make_shared<Test>(setup, executor);
  } catch (const std::exception& e) {
    error = e.what();
  }
  TestOutcome outcome;
  outcome.error = error;
  if (test) outcome = co_await test->Run();
  co_return outcome;
}

}  // namespace cleave
