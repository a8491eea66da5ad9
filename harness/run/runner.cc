// The interpreter. It is driven by three things: a completion, the timer, and the start of a Run;
// each leads to Pump, posted once, so that every completion that is ready is taken before new
// invocations.
#include "harness/run/runner.h"

#include <algorithm>

#include "harness/history/check.h"
#include "harness/run/answers.h"
#include "harness/run/asio.h"

namespace cleave {
namespace {

// What is open when a run is stopped gets this long.
constexpr int64_t kStopGrace = kSecond;
// A moment nearer than this is not worth a sleep of its own: operations that are due within it go
// together. At 20,000 operations a second a sleep for each would triple what each costs.
constexpr int64_t kCoalesce = kMillisecond;
// Others get their turn after so many: clients that fail at once must not keep out Ctrl-C.
constexpr int kInvocationsAtOnce = 256;

Json ErrorOf(const Completion& completion) {
  if (completion.text.empty()) return completion.error.empty() ? Json() : Json(completion.error);
  return Json::array({completion.error.empty() ? "error" : completion.error, completion.text});
}

bool IsEnvironmentError(const std::exception_ptr& error) {
  if (error == nullptr) return false;
  try {
    std::rethrow_exception(error);
  } catch (const EnvironmentError&) {
    return true;
  } catch (...) {
    return false;
  }
}

EventType TypeOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk: return EventType::kOk;
    case Outcome::kFail: return EventType::kFail;
    case Outcome::kInfo: break;
  }
  return EventType::kInfo;
}

}  // namespace

// A client with its current operation. A coroutine that runs holds it, so that a client outlives
// its operation even when the runner has given up on both.
struct Runner::Session {
  std::unique_ptr<Client> owned;
  Client* client = nullptr;  // owned, or the nemesis
  Invocation invocation;
  asio::cancellation_signal cancel;
  bool abandoned = false;  // nobody waits for the answer any more
};

struct Runner::Worker {
  int32_t thread = 0;
  std::string node;
  std::shared_ptr<Session> session;
  Op op;                         // the open one
  int32_t process = 0;           // whose it is
  int64_t deadline = INT64_MAX;  // of what is open: time to cancel, then to abandon, or to wake up
  bool busy = false, cancelled = false;
};

struct Runner::OnCompletion {
  std::shared_ptr<Runner*> runner;
  std::shared_ptr<Session> session;
  Worker* worker;
  void operator()(std::exception_ptr error, Completion completion) const {
    if (*runner == nullptr || session->abandoned) return;
    (*runner)->Complete(*worker, error, std::move(completion));
  }
};

Runner::Runner(asio::any_io_executor executor, RunnerConfig config)
    : executor_(executor),
      config_(std::move(config)),
      start_(std::chrono::steady_clock::now()),
      random_(Random::For(config_.seed, "runner")),
      timer_(executor),
      ended_(executor),
      self_(std::make_shared<Runner*>(this)) {
  CHECK(config_.journal != nullptr) << "a runner records what it does";
  if (config_.nemesis != nullptr) context_.threads.push_back(kNemesis);
  for (int32_t thread = 0; thread <= config_.concurrency; ++thread) {
    auto worker = std::make_unique<Worker>();
    worker->thread = thread < config_.concurrency ? thread : kNemesis;
    if (worker->thread >= 0) {
      context_.threads.push_back(thread);
      processes_.push_back(thread);
      if (config_.node_of) worker->node = config_.node_of(thread);
    }
    workers_.push_back(std::move(worker));
  }
  context_.free = context_.threads;
  context_.processes = &processes_;
  context_.chance = random_.Next();
}

Runner::~Runner() {
  *self_ = nullptr;
  for (const auto& worker : workers_) Abandon(*worker);
}

Runner::Worker& Runner::WorkerOf(int32_t thread) {
  return thread < 0 ? *workers_.back() : *workers_[thread];
}

int64_t Runner::Now() const {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now() - start_).count();
}

asio::awaitable<void> Runner::Run(GeneratorPtr generator) {
  CHECK(!running_) << "one Run at a time";
  running_ = true;
  exhausted_ = false;
  error_ = nullptr;
  generator_ = std::move(generator);
  held_ = Step{};
  PumpSoon();
  while (running_) {
    ended_.expires_at(asio::steady_timer::time_point::max());
    boost::system::error_code ignored;
    co_await ended_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  if (error_) std::rethrow_exception(error_);
}

void Runner::Stop() {
  if (!running_) return;
  exhausted_ = true;
  int64_t latest = Now() + kStopGrace;
  for (const auto& worker : workers_) {
    if (!worker->busy || worker->thread == kNemesis) continue;
    bool asleep = worker->op.kind == Op::Kind::kSleep;
    worker->deadline = std::min(worker->deadline, asleep ? int64_t{0} : latest);
    next_deadline_ = std::min(next_deadline_, worker->deadline);
  }
  if (workers_.back()->busy && workers_.back()->op.kind == Op::Kind::kSleep) {
    workers_.back()->deadline = next_deadline_ = 0;
  }
  PumpSoon();
}

void Runner::PumpSoon() {
  if (pump_posted_ || !running_) return;
  pump_posted_ = true;
  asio::post(executor_, [self = self_] {
    if (*self != nullptr) (*self)->Pump();
  });
}

void Runner::Pump() {
  pump_posted_ = false;
  if (!running_) return;
  try {
    PumpOrThrow();
  } catch (...) {
    End(std::current_exception());
  }
}

void Runner::PumpOrThrow() {
  if (int64_t now = Now(); now >= next_deadline_) CheckDeadlines(now);
  for (int n = 0; running_ && !exhausted_ && AskAndInvoke(); ++n) {
    if (n == kInvocationsAtOnce) {
      PumpSoon();
      break;
    }
  }
  if (!running_) return;  // a completion within could not be recorded
  if (exhausted_ && busy_ == 0) {
    End(nullptr);
    return;
  }
  Arm(next_deadline_);
}

bool Runner::AskAndInvoke() {
  context_.time = Now();
  if (held_.kind != Step::Kind::kOp) {
    held_ = generator_ ? generator_->Next(context_, generator_) : Step{};
  }
  if (held_.kind == Step::Kind::kDone) {
    exhausted_ = true;
    return false;
  }
  if (held_.kind == Step::Kind::kOp && held_.time <= context_.time) {
    Step step = std::move(held_);
    held_ = Step{};
    Invoke(std::move(step));
    return true;
  }
  if (held_.kind == Step::Kind::kPending) {
    if (held_.time == INT64_MAX && busy_ == 0) {
      throw std::logic_error("the generator waits, but nothing is open that it could wait for");
    }
    generator_ = std::move(held_.next);
  }
  Arm(std::max(held_.time, context_.time + kCoalesce));
  return false;
}

void Runner::Invoke(Step step) {
  Worker& worker = WorkerOf(step.thread);
  auto place = std::lower_bound(context_.free.begin(), context_.free.end(), step.thread);
  CHECK(place != context_.free.end() && *place == step.thread && !worker.busy)
      << "a generator chose thread " << step.thread << ", which is not free";
  context_.free.erase(place);
  context_.chance = random_.Next();
  worker.busy = true;
  worker.cancelled = false;
  worker.process = context_.Process(step.thread);
  worker.op = std::move(step.op);
  ++busy_;
  generator_ = std::move(step.next);
  int64_t now = Now();
  bool is_invocation = worker.op.kind == Op::Kind::kInvoke;
  if (is_invocation) Record(worker, EventType::kInvoke, nullptr, now);
  if (generator_) {
    GeneratorEvent event{EventType::kInvoke, &worker.op, worker.thread, worker.process, now};
    generator_ = generator_->Update(context_, event, generator_);
  }
  if (worker.op.kind == Op::Kind::kLog) {
    if (config_.log)
      config_.log(worker.op.value.is_string() ? worker.op.value.get<std::string>()
                                              : DumpJson(worker.op.value));
    Finish(worker, EventType::kOk);
    return;
  }
  int64_t timeout = worker.thread < 0 ? config_.nemesis_timeout : config_.op_timeout;
  timeout = std::max(timeout, worker.op.timeout);
  worker.deadline = now + (is_invocation ? timeout : worker.op.sleep);
  next_deadline_ = std::min(next_deadline_, worker.deadline);
  if (is_invocation) Start(worker);
}

void Runner::Start(Worker& worker) {
  if (worker.session == nullptr) {
    auto session = std::make_shared<Session>();
    if (worker.thread == kNemesis) {
      session->client = config_.nemesis;
    } else {
      try {
        session->owned = config_.open(worker.process, worker.thread);
      } catch (...) {
        Completion failed;
        failed.outcome = Outcome::kFail;
        failed.error = "open";
        failed.text = ExceptionText(std::current_exception());
        Complete(worker, nullptr, std::move(failed));
        return;
      }
      session->client = session->owned.get();
    }
    worker.session = std::move(session);
  }
  std::shared_ptr<Session> session = worker.session;
  Invocation& invocation = session->invocation;
  invocation.f = worker.op.f;
  invocation.value = worker.op.value;
  invocation.key = worker.op.key;
  invocation.process = worker.process;
  invocation.thread = worker.thread;
  invocation.time = context_.time;
  invocation.deadline = worker.deadline;
  asio::awaitable<Completion> answer;
  try {
    answer = session->client->Invoke(invocation);
  } catch (...) {  // it is no coroutine, or its frame could not be had
    Complete(worker, std::current_exception(), Completion{});
    return;
  }
  auto slot = session->cancel.slot();
  asio::co_spawn(executor_, std::move(answer),
                 asio::bind_cancellation_slot(slot, OnCompletion{self_, session, &worker}));
}

void Runner::Complete(Worker& worker, std::exception_ptr error, Completion completion) {
  if (!running_) return;
  try {
    if (error != nullptr) {
      completion = worker.cancelled ? Unanswered(worker.op, "timeout")
                                    : Unanswered(worker.op, "exception", ExceptionText(error));
    } else if (IsNonsense(completion)) {
      completion = Unanswered(worker.op, "nonsense", "the answer is nested too deeply to be data");
    }
    EventType type = worker.thread < 0 ? EventType::kInfo : TypeOf(completion.outcome);
    Record(worker, type, &completion, Now());
    bool retired = type == EventType::kInfo && worker.thread >= 0;
    // What was cancelled or has thrown may be in the middle of a conversation.
    if (retired || worker.cancelled || error != nullptr) worker.session = nullptr;
    Finish(worker, type);
    if (IsEnvironmentError(error)) End(error);
  } catch (...) {
    End(std::current_exception());
  }
}

void Runner::Finish(Worker& worker, EventType type) {
  worker.busy = false;
  worker.deadline = INT64_MAX;
  --busy_;
  auto& free = context_.free;
  free.insert(std::lower_bound(free.begin(), free.end(), worker.thread), worker.thread);
  held_ = Step{};
  if (generator_) {
    GeneratorEvent event{type, &worker.op, worker.thread, worker.process, Now()};
    generator_ = generator_->Update(context_, event, generator_);
  }
  if (type == EventType::kInfo && worker.thread >= 0) {
    processes_[worker.thread] += config_.concurrency;
  }
  PumpSoon();
}

void Runner::CheckDeadlines(int64_t now) {
  for (const auto& worker : workers_) {
    if (worker->busy && worker->deadline <= now) Expire(*worker, now);
  }
  next_deadline_ = INT64_MAX;
  for (const auto& worker : workers_) {
    if (worker->busy) next_deadline_ = std::min(next_deadline_, worker->deadline);
  }
}

void Runner::Expire(Worker& worker, int64_t now) {
  if (worker.op.kind == Op::Kind::kSleep) {
    Finish(worker, EventType::kOk);
    return;
  }
  if (!worker.cancelled) {
    worker.cancelled = true;
    worker.deadline = now + (worker.thread < 0 ? config_.nemesis_grace : config_.grace);
    std::shared_ptr<Session> session = worker.session;
    session->cancel.emit(asio::cancellation_type::terminal);
    return;
  }
  Abandon(worker);
  Complete(worker, nullptr, Unanswered(worker.op, "timeout"));
}

void Runner::Abandon(Worker& worker) {
  if (worker.session == nullptr) return;
  std::shared_ptr<Session> session = std::move(worker.session);
  session->abandoned = true;
  if (worker.busy) session->cancel.emit(asio::cancellation_type::terminal);
}

void Runner::GiveUp(Worker& worker) {
  Abandon(worker);
  if (!worker.busy) return;
  worker.busy = false;
  worker.deadline = INT64_MAX;
  --busy_;
  auto& free = context_.free;
  free.insert(std::lower_bound(free.begin(), free.end(), worker.thread), worker.thread);
  // Its operation stays open in the history, so nothing else may come from its process.
  if (worker.thread >= 0) processes_[worker.thread] += config_.concurrency;
}

void Runner::Record(const Worker& worker, EventType type, const Completion* completion,
                    int64_t now) {
  bool nemesis = worker.thread < 0;
  event_.index = index_++;
  event_.time = now;
  event_.process = nemesis ? kNemesis : worker.process;
  event_.type = type;
  event_.f = worker.op.f;
  event_.key = worker.op.key;
  event_.node = worker.node;
  event_.error = nullptr;
  event_.has_observed = false;
  bool has_value = completion != nullptr && !completion->value.is_null();
  event_.value = has_value ? completion->value : worker.op.value;
  if (completion != nullptr && type != EventType::kOk) {
    event_.error = ErrorOf(*completion);
    event_.has_observed = type == EventType::kFail && completion->observed.has_value();
    if (event_.has_observed) event_.observed = *completion->observed;
  }
  config_.journal->Append(event_);
  if (config_.observe) config_.observe(event_);
  if (nemesis) return;
  switch (type) {
    case EventType::kInvoke: ++counts_.invoked; break;
    case EventType::kOk: ++counts_.ok; break;
    case EventType::kFail: ++counts_.fail; break;
    case EventType::kInfo: ++counts_.info; break;
  }
}

void Runner::Mark(std::string_view phase) {
  event_ = Event{};
  event_.index = index_++;
  event_.time = Now();
  event_.process = kNemesis;
  event_.type = EventType::kInfo;
  event_.f = "phase";
  event_.value = {{"phase", phase}};
  config_.journal->Append(event_);
}

void Runner::Arm(int64_t time) {
  if (time == INT64_MAX || time >= armed_) return;
  armed_ = time;
  timer_.expires_at(start_ + std::chrono::nanoseconds(time));
  timer_.async_wait([self = self_](boost::system::error_code error) {
    if (error || *self == nullptr) return;
    (*self)->armed_ = INT64_MAX;
    (*self)->PumpSoon();
  });
}

void Runner::End(std::exception_ptr error) {
  if (!running_) return;  // the first failure is the one to report
  running_ = false;
  error_ = error;
  generator_ = nullptr;
  held_ = Step{};
  if (error != nullptr) {
    for (const auto& worker : workers_) GiveUp(*worker);
  }
  timer_.cancel();
  armed_ = INT64_MAX;
  ended_.cancel();
}

}  // namespace cleave
