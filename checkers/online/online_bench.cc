// What judging online costs an event, beside the run's own work: a stream of events is made once
// and taken again and again. Time over events is the figure.
#include <benchmark/benchmark.h>

#include <deque>

#include "checkers/online/online.h"
#include "checkers/testing/random_history.h"

namespace cleave {
namespace {

/// Ten processes that work at once on `keys` keys, a thousand operations each; 2 % of the writes
/// crash. What they ask for and learn is up to `run`.
std::vector<Event> Stream(int64_t keys, const std::function<void(Event*, bool)>& run) {
  constexpr int kOperations = 100'000, kConcurrency = 10;
  TestRandom random(1);
  std::vector<Event> events;
  std::deque<Event> open;
  int32_t next_process = 0;
  std::vector<int32_t> idle;
  for (int left = kOperations; left > 0 || !open.empty();) {
    if (left > 0 && open.size() < kConcurrency) {
      Event event;
      if (idle.empty()) idle.push_back(next_process++);
      event.process = idle.back();
      idle.pop_back();
      event.key = "k" + std::to_string((kOperations - left--) / (1000 * keys) * keys +
                                       random.Below(static_cast<uint32_t>(keys)));
      run(&event, false);
      event.index = static_cast<int64_t>(events.size());
      events.push_back(event);
      open.push_back(event);
      continue;
    }
    const auto at = open.begin() + random.Below(static_cast<uint32_t>(open.size()));
    Event event = *at;
    open.erase(at);
    run(&event, true);
    if (event.type != EventType::kInfo) idle.push_back(event.process);
    event.index = static_cast<int64_t>(events.size());
    events.push_back(event);
  }
  return events;
}

void Judge(benchmark::State& state, const char* checker, const std::vector<Event>& events) {
  size_t live = 0;
  for (auto _ : state) {
    const auto online = MakeOnlineChecker(checker);
    for (const Event& event : events) online->Take(event);
    if (online->violation()) return state.SkipWithError(online->violation()->anomaly.c_str());
    live = online->live();
  }
  const auto count = static_cast<double>(events.size());
  state.counters["per_event"] = benchmark::Counter(
      count, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.counters["live"] = static_cast<double>(live);
}

void OnlineRegister(benchmark::State& state) {
  TestRandom random(2);
  int64_t value = 0;
  std::map<std::string, int64_t> registers;
  const auto run = [&](Event* event, bool returns) {
    int64_t& stored = registers[event->key.get<std::string>()];
    if (!returns) {
      event->f = random.Below(2) == 0 ? "read" : "write";
      if (event->f == "write") event->value = ++value;
    } else if (event->f == "write" && random.Below(50) == 0) {
      event->type = EventType::kInfo;
    } else {
      event->type = EventType::kOk;
      if (event->f == "write") stored = event->value.get<int64_t>();
      if (event->f == "read" && stored != 0) event->value = stored;
    }
  };
  Judge(state, "linearizable", Stream(state.range(0), run));
}
BENCHMARK(OnlineRegister)->ArgName("keys")->Arg(1)->Arg(10)->Unit(benchmark::kMillisecond);

void OnlineCounter(benchmark::State& state) {
  TestRandom random(3);
  std::map<std::string, int64_t> sums;
  const auto run = [&](Event* event, bool returns) {
    int64_t& sum = sums[event->key.get<std::string>()];
    event->type = returns ? EventType::kOk : EventType::kInvoke;
    if (!returns) {
      event->f = random.Below(2) == 0 ? "read" : "add";
      if (event->f == "add") event->value = 1;
    } else if (event->f == "add") {
      sum += 1;
    } else {
      event->value = sum;
    }
  };
  Judge(state, "counter", Stream(1, run));
}
BENCHMARK(OnlineCounter)->Unit(benchmark::kMillisecond);

void OnlineFifoQueue(benchmark::State& state) {
  TestRandom random(4);
  int64_t value = 0;
  std::map<std::string, std::deque<int64_t>> queues;
  const auto run = [&](Event* event, bool returns) {
    auto& queue = queues[event->key.get<std::string>()];
    event->type = returns ? EventType::kOk : EventType::kInvoke;
    if (!returns) {
      event->f = random.Below(2) == 0 ? "enqueue" : "dequeue";
      if (event->f == "enqueue") event->value = ++value;
    } else if (event->f == "enqueue") {
      queue.push_back(event->value.get<int64_t>());
    } else if (!queue.empty()) {
      event->value = queue.front();
      queue.pop_front();
    }
  };
  Judge(state, "fifo-queue", Stream(1, run));
}
BENCHMARK(OnlineFifoQueue)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace cleave
