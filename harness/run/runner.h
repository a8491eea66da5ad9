// The runner: asks the generator what comes next, hands operations to clients, and writes down what
// happened. One io_context thread does all of it, so nothing here needs a lock.
// Invariants: an invocation is in the journal before its client sees it; completions are taken
// before new invocations; every invocation is completed at most once; nothing follows an info of a
// process.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/history/journal.h"
#include "harness/run/asio.h"
#include "harness/run/generator.h"
#include "harness/run/nemesis_driver.h"

namespace cleave {

struct RunnerConfig {
  int concurrency = 1;                     // client threads
  int64_t op_timeout = 5 * kSecond;        // nanoseconds from invocation to giving up
  int64_t nemesis_timeout = 60 * kSecond;  // the same for the nemesis
  int64_t grace = kSecond / 10;            // what a cancelled client gets before it is abandoned
  int64_t nemesis_grace = 5 * kSecond;
  uint64_t seed = 0;  // of choices between equals
  /// A client for a process. May throw: the operation then fails, as nothing was sent.
  std::function<std::unique_ptr<Client>(int32_t process, int32_t thread)> open;
  std::function<std::string(int32_t thread)> node_of;  // may be empty: no node is recorded
  NemesisDriver* nemesis = nullptr;                    // nullptr: there is no nemesis thread
  Journal* journal = nullptr;                          // required; outlives the runner
  std::function<void(const std::string&)> log;         // log operations of generators; may be empty
  /// Sees every event once it is in the journal, e.g. to judge it. May be empty; must not call the
  /// runner.
  std::function<void(const Event&)> observe;
};

/// What was recorded of clients so far.
struct RunnerCounts {
  int64_t invoked = 0, ok = 0, fail = 0, info = 0;
};

class Runner {
 public:
  Runner(asio::any_io_executor executor, RunnerConfig config);
  /// Abandons what is still open. A client that ignores cancellation lives on until its coroutine
  /// ends or its io_context is destroyed.
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  /// Runs a generator until it is exhausted and everything was answered or timed out. May be called
  /// again: process numbers, indices and the clock go on. Throws what the generator or the journal
  /// threw, or a client's EnvironmentError; open operations then stay without completion, which
  /// readers take as info.
  asio::awaitable<void> Run(GeneratorPtr generator);
  /// Ends the current Run: nothing more is invoked, and what is open gets at most a second.
  void Stop();

  /// Records that a phase of the test begins.
  void Mark(std::string_view phase);
  /// Nanoseconds since the runner was made.
  int64_t Now() const;
  const RunnerCounts& counts() const { return counts_; }

 private:
  struct Session;
  struct Worker;
  struct OnCompletion;

  void Pump();
  void PumpSoon();
  void PumpOrThrow();
  bool AskAndInvoke();  // false: nothing can be invoked now. What is invoked may end the run
  void Invoke(Step step);
  void Start(Worker& worker);
  void Complete(Worker& worker, std::exception_ptr error, Completion completion);
  void Finish(Worker& worker, EventType type);
  void CheckDeadlines(int64_t now);
  void Expire(Worker& worker, int64_t now);
  void Abandon(Worker& worker);
  void GiveUp(Worker& worker);  // abandons it without a completion
  void Record(const Worker& worker, EventType type, const Completion* completion, int64_t now);
  void Arm(int64_t time);
  void End(std::exception_ptr error);
  Worker& WorkerOf(int32_t thread);

  asio::any_io_executor executor_;
  RunnerConfig config_;
  std::chrono::steady_clock::time_point start_;
  Random random_;
  GeneratorPtr generator_;
  Step held_;  // an operation whose time has not come; dropped when anything happens
  Context context_;
  std::vector<int32_t> processes_;
  std::vector<std::unique_ptr<Worker>> workers_;  // by thread; the nemesis last
  int busy_ = 0;
  int64_t next_deadline_ = INT64_MAX;  // not after any worker's
  Event event_;                        // reused
  int64_t index_ = 0;
  RunnerCounts counts_;
  asio::steady_timer timer_;
  int64_t armed_ = INT64_MAX;  // when timer_ fires
  asio::steady_timer ended_;   // cancelled when a Run ends
  bool running_ = false, exhausted_ = false, pump_posted_ = false;
  std::exception_ptr error_;
  std::shared_ptr<Runner*> self_;  // what handlers hold: null once the runner is gone
};

}  // namespace cleave
