// The simulator: an event queue, and the same order of things as the runner (completions first).
#include "harness/run/simulate.h"

#include <algorithm>

#include "harness/history/check.h"

namespace cleave {
namespace {

class Simulator {
 public:
  Simulator(GeneratorPtr generator, const SimulateOptions& options)
      : generator_(std::move(generator)), options_(options), random_(options.seed) {
    if (options.nemesis) context_.threads.push_back(kNemesis);
    for (int32_t i = 0; i < options.threads; ++i) {
      context_.threads.push_back(i);
      processes_.push_back(i);
    }
    context_.free = context_.threads;
    context_.processes = &processes_;
    Shake();
  }

  std::vector<SimulatedEvent> Run() {
    while (true) {
      Step step = generator_ ? generator_->Next(context_, generator_) : Step{};
      bool op = step.kind == Step::Kind::kOp && invocations_ < options_.max_invocations;
      if (op && (open_.empty() || step.time <= open_.front().time)) {
        Invoke(std::move(step));
      } else if (!open_.empty() &&
                 (step.kind != Step::Kind::kPending || op || open_.front().time <= step.time)) {
        Complete();
      } else if (step.kind == Step::Kind::kPending && step.time < INT64_MAX) {
        CHECK(step.time > context_.time) << "a generator asks to be asked again in the past";
        context_.time = step.time;
        generator_ = std::move(step.next);
      } else {
        return std::move(events_);
      }
    }
  }

 private:
  void Shake() { context_.chance = options_.seed == 0 ? 0 : random_.Next(); }

  void Invoke(Step step) {
    context_.time = std::max(context_.time, step.time);
    auto place = std::find(context_.free.begin(), context_.free.end(), step.thread);
    CHECK(place != context_.free.end()) << "thread " << step.thread << " is not free";
    context_.free.erase(place);
    SimulatedEvent event{EventType::kInvoke, std::move(step.op), context_.Process(step.thread),
                         step.thread, context_.time};
    generator_ = std::move(step.next);
    Record(event);
    SimulatedAnswer answer;
    if (event.op.kind == Op::Kind::kInvoke) {
      answer = options_.answer(event);
    } else {
      answer.latency = event.op.sleep;
    }
    event.type = answer.type;
    event.time += answer.latency;
    auto later = [](const SimulatedEvent& a, const SimulatedEvent& b) { return a.time < b.time; };
    open_.insert(std::upper_bound(open_.begin(), open_.end(), event, later), event);
    ++invocations_;
    Shake();
  }

  void Complete() {
    SimulatedEvent event = std::move(open_.front());
    open_.erase(open_.begin());
    context_.time = std::max(context_.time, event.time);
    auto& free = context_.free;
    free.insert(std::lower_bound(free.begin(), free.end(), event.thread), event.thread);
    Record(event);
    if (event.type == EventType::kInfo && event.thread >= 0) {
      processes_[event.thread] += options_.threads;
    }
  }

  void Record(const SimulatedEvent& event) {
    GeneratorEvent what{event.type, &event.op, event.thread, event.process, event.time};
    if (generator_) generator_ = generator_->Update(context_, what, generator_);
    events_.push_back(event);
  }

  GeneratorPtr generator_;
  SimulateOptions options_;
  Random random_;
  Context context_;
  std::vector<int32_t> processes_;
  std::vector<SimulatedEvent> open_;  // completions to come, by time
  std::vector<SimulatedEvent> events_;
  size_t invocations_ = 0;
};

Answerer Always(EventType type, int64_t latency) {
  return [=](const SimulatedEvent&) { return SimulatedAnswer{type, latency}; };
}

}  // namespace

std::vector<SimulatedEvent> Simulate(GeneratorPtr generator, const SimulateOptions& options) {
  return Simulator(std::move(generator), options).Run();
}

std::vector<SimulatedEvent> SimulateInvocations(GeneratorPtr generator,
                                                const SimulateOptions& options) {
  std::vector<SimulatedEvent> events = Simulate(std::move(generator), options);
  std::erase_if(events, [](const SimulatedEvent& e) { return e.type != EventType::kInvoke; });
  return events;
}

Answerer Perfect(int64_t latency) { return Always(EventType::kOk, latency); }
Answerer Crashing(int64_t latency) { return Always(EventType::kInfo, latency); }
Answerer Failing(int64_t latency) { return Always(EventType::kFail, latency); }

}  // namespace cleave
