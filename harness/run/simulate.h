// Runs a generator without a clock or a target, as jepsen.generator.test does: time jumps from
// event to event, and a function answers for the store. Deterministic.
#pragma once

#include <functional>
#include <vector>

#include "harness/run/generator.h"

namespace cleave {

struct SimulatedEvent {
  EventType type = EventType::kInvoke;
  Op op;
  int32_t process = 0;  // kNemesis for the nemesis
  int32_t thread = 0;
  int64_t time = 0;
};

/// How the simulated target answers: kOk, kFail or kInfo, after `latency` nanoseconds. An info
/// retires the process.
struct SimulatedAnswer {
  EventType type = EventType::kOk;
  int64_t latency = 10;
};
using Answerer = std::function<SimulatedAnswer(const SimulatedEvent& invocation)>;

struct SimulateOptions {
  int threads = 2;      // client threads
  bool nemesis = true;  // whether there is a nemesis thread
  uint64_t seed = 0;    // of Context::chance; 0: always the first of equals
  size_t max_invocations = 100'000;
  Answerer answer = [](const SimulatedEvent&) { return SimulatedAnswer{}; };
};

/// Every event in order. Sleeps and logs are among them; they complete as kOk after their time.
/// Ends when the generator is exhausted and all have answered, or after max_invocations, or when
/// the generator waits for something that can never happen.
std::vector<SimulatedEvent> Simulate(GeneratorPtr generator, const SimulateOptions& options = {});

/// The invocations alone.
std::vector<SimulatedEvent> SimulateInvocations(GeneratorPtr generator,
                                                const SimulateOptions& options = {});

/// Answers for tests: always ok / always info / always fail, after `latency`.
Answerer Perfect(int64_t latency = 10);
Answerer Crashing(int64_t latency = 10);
Answerer Failing(int64_t latency = 10);

}  // namespace cleave
