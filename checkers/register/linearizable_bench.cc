// How fast histories are judged: rows as in the peers' published figures. Memory and file.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <fstream>

#include "checkers/register/linearizable.h"
#include "checkers/testing/random_history.h"
#include "checkers/transactions/append.h"
#include "harness/history/event.h"
#include "harness/history/journal.h"
#include "harness/history/reader.h"

namespace cleave {
namespace {

struct Load {
  int64_t operations;
  int64_t keys = 1;
  int64_t clients = 10;
  int64_t values = 0;  // 0: unique
  int64_t crash_per_mille = 0;
  bool cas = false;
};

/// A valid history: each operation is called, takes effect and returns at random moments. `emit`
/// gets one event at a time.
template <class Emit>
void Generate(const Load& load, Emit emit) {
  struct Client {
    int64_t process, key;
    int function = -1;  // idle
    int64_t a = 0, b = 0;
    bool applied = false, failed = false, crashed = false;
  };
  TestRandom random(42);
  std::vector<int64_t> state(static_cast<size_t>(load.keys), -1);
  std::vector<Client> clients(static_cast<size_t>(load.clients));
  for (size_t i = 0; i < clients.size(); ++i) clients[i].process = static_cast<int64_t>(i);
  int64_t left = load.operations, next_process = load.clients, fresh = 0;
  size_t busy = 0;
  const auto value = [&] {
    return load.values == 0
               ? ++fresh
               : static_cast<int64_t>(random.Below(static_cast<uint32_t>(load.values)));
  };
  while (left > 0 || busy > 0) {
    Client& c = clients[random.Below(static_cast<uint32_t>(clients.size()))];
    if (c.function < 0) {
      if (left == 0) continue;
      --left;
      ++busy;
      c.key = random.Below(static_cast<uint32_t>(load.keys));
      const uint32_t kind = random.Below(10);
      c.function = kind < 5 ? 0 : kind < 8 || !load.cas ? 1 : 2;
      c.applied = c.failed = false;
      c.crashed = c.function != 0 && random.Below(1000) < load.crash_per_mille;
      if (c.function == 1) c.b = value();
      if (c.function == 2) {
        c.a = load.values == 0 ? state[c.key] : value();
        c.b = value();
      }
      emit(EventType::kInvoke, c.process, c.key, c.function, c.a, c.b, false);
    } else if (!c.applied) {
      c.applied = true;
      int64_t& s = state[static_cast<size_t>(c.key)];
      if (c.crashed && random.Below(2)) continue;
      if (c.function == 0) c.b = s;
      if (c.function == 1) s = c.b;
      if (c.function == 2) {
        c.failed = s != c.a;
        if (!c.failed) s = c.b;
      }
    } else {
      --busy;
      const EventType type = c.crashed  ? EventType::kInfo
                             : c.failed ? EventType::kFail
                                        : EventType::kOk;
      emit(type, c.process, c.key, c.function, c.a, c.b, c.failed && load.values != 0);
      if (c.crashed) c.process = next_process++;
      c.function = -1;
    }
  }
}

History InMemory(const Load& load) {
  HistoryBuilder builder;
  builder.Reserve(static_cast<size_t>(load.operations) * 2);
  ValueTable& values = builder.values();
  const ValueId mismatch = values.String("mismatch");
  const auto number = [&](int64_t v) { return v < 0 ? kNull : values.Int(v); };
  Generate(load, [&](EventType type, int64_t process, int64_t key, int function, int64_t a,
                     int64_t b, bool miss) {
    RawEvent event;
    event.type = type;
    event.process = static_cast<int32_t>(process);
    event.function = static_cast<FunctionId>(function);
    event.key = values.Int(key);
    const bool asks = type == EventType::kInvoke;
    if (function == 2) {
      const ValueId pair[] = {number(a), number(b)};
      event.value = values.List(pair);
    } else {
      event.value = function == 0 && asks ? kNull : number(b);
    }
    if (miss) event.error = mismatch;
    builder.Add(event);
  });
  return builder.Finish();
}

void Judge(benchmark::State& state, const Load& load) {
  const History history = InMemory(load);
  CheckOptions options;
  options.timeout = std::chrono::seconds(20);  // as the peers had
  for (auto _ : state) {
    const CheckResult result = CheckLinearizable(history, options);
    state.SetLabel(VerdictName(result.verdict));  // unknown: not decided within the time
    state.counters["configurations"] =
        static_cast<double>(result.data["by-key"][0].value("configurations", uint64_t{0}));
  }
  state.counters["ops/s"] = benchmark::Counter(static_cast<double>(load.operations),
                                               benchmark::Counter::kIsIterationInvariantRate);
}

void UniqueValuesFromMemory(benchmark::State& state) {
  Judge(state, {state.range(0), state.range(1)});
}
BENCHMARK(UniqueValuesFromMemory)
    ->Args({1'000'000, 100})
    ->Args({1'000'000, 1})
    ->Args({1'000'000, 10'000})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void UniqueValuesWithCasFromMemory(benchmark::State& state) {
  Judge(state, {state.range(0), state.range(1), 10, 0, 10, true});
}
BENCHMARK(UniqueValuesWithCasFromMemory)
    ->Args({1'000'000, 100})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// Arguments: operations, clients, unknown per mille. One key, five values, cas.
void FiveValues(benchmark::State& state) {
  Judge(state, {state.range(0), 1, state.range(1), 5, state.range(2), true});
}
BENCHMARK(FiveValues)
    ->Args({10'000, 5, 0})
    ->Args({10'000, 10, 0})
    ->Args({10'000, 20, 0})
    ->Args({20'000, 20, 0})
    ->Args({100'000, 10, 0})
    ->Args({100'000, 20, 0})
    ->Args({10'000, 50, 0})
    ->Args({10'000, 10, 10})
    ->Args({10'000, 20, 10})
    ->Args({10'000, 10, 50})
    ->Args({100'000, 10, 50})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Iterations(1);

void UniqueValuesFromFile(benchmark::State& state) {
  const Load load{1'000'000, 100};
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / "cleave_linearizable_bench.jsonl";
  {
    std::ofstream out(file, std::ios::binary);
    std::string text;
    Event event;
    const char* names[] = {"read", "write", "cas"};
    Generate(load, [&](EventType type, int64_t process, int64_t key, int function, int64_t,
                       int64_t b, bool) {
      event.type = type;
      event.process = static_cast<int32_t>(process);
      event.f = names[function];
      event.key = "k" + std::to_string(key);
      event.value = b < 0 || (function == 0 && type == EventType::kInvoke) ? Json() : Json(b);
      AppendJsonLine(event, &text);
      ++event.index;
      event.time += 1000;
    });
    out << text;
  }
  for (auto _ : state) {
    const History history = ReadHistory(file);
    const CheckResult result = CheckLinearizable(history, {});
    if (result.verdict != Verdict::kValid) state.SkipWithError(result.reason.c_str());
  }
  state.counters["ops/s"] = benchmark::Counter(static_cast<double>(load.operations),
                                               benchmark::Counter::kIsIterationInvariantRate);
  std::filesystem::remove(file);
}
BENCHMARK(UniqueValuesFromFile)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace cleave
