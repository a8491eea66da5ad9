// How fast registers are judged: rows as in the peers' published figures, from memory and from
// files. Times are of the CPU, all threads together, unless a row says real_time.
#include <benchmark/benchmark.h>

#include <filesystem>

#include "checkers/checker.h"
#include "checkers/register/linearizable.h"
#include "checkers/testing/growth.h"
#include "checkers/testing/register_load.h"
#include "harness/history/reader.h"

namespace cleave {
namespace {

namespace fs = std::filesystem;

void SetRate(benchmark::State& state, int64_t operations) {
  state.counters["ops/s"] = benchmark::Counter(static_cast<double>(operations),
                                               benchmark::Counter::kIsIterationInvariantRate);
}

void Judge(benchmark::State& state, const RegisterLoad& load) {
  const History history = MakeRegisterHistory(load);
  CheckOptions options;
  options.timeout = std::chrono::seconds(60);
  const PeakMemory memory;
  for (auto _ : state) {
    const CheckResult result = CheckLinearizable(history, options);
    state.SetLabel(VerdictName(result.verdict));  // unknown: not decided within the time
    const uint64_t configurations = result.data["by-key"][0].value("configurations", uint64_t{0});
    if (configurations != 0) {
      state.counters["configurations"] = static_cast<double>(configurations);
    }
  }
  // Beside the history itself.
  state.counters["B/op"] = memory.Growth() / static_cast<double>(load.operations);
  SetRate(state, load.operations);
}

void UniqueValuesFromMemory(benchmark::State& state) {
  Judge(state, {.operations = state.range(0), .keys = state.range(1)});
}
BENCHMARK(UniqueValuesFromMemory)
    ->ArgNames({"operations", "keys"})
    ->Args({1'000'000, 1})
    ->Args({1'000'000, 100})
    ->Args({1'000'000, 10'000})
    ->Args({10'000'000, 100})
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

void UniqueValuesWithCasFromMemory(benchmark::State& state) {
  Judge(state,
        {.operations = state.range(0), .keys = state.range(1), .crash_per_mille = 10, .cas = true});
}
BENCHMARK(UniqueValuesWithCasFromMemory)
    ->ArgNames({"operations", "keys"})
    ->Args({1'000'000, 100})
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

void UniqueValuesGrowth(benchmark::State& state) {
  MeasureGrowth(
      state, 4, 7, [](int64_t n) { return MakeRegisterHistory({.operations = n, .keys = 100}); },
      [](const History& history) { CheckLinearizable(history, {}); });
}
BENCHMARK(UniqueValuesGrowth)->Iterations(1)->Unit(benchmark::kMillisecond);

void UniqueValuesWithCasGrowth(benchmark::State& state) {
  MeasureGrowth(
      state, 4, 6,
      [](int64_t n) {
        return MakeRegisterHistory(
            {.operations = n, .keys = 100, .crash_per_mille = 10, .cas = true});
      },
      [](const History& history) { CheckLinearizable(history, {}); });
}
BENCHMARK(UniqueValuesWithCasGrowth)->Iterations(1)->Unit(benchmark::kMillisecond);

/// One key, five values, cas.
void FiveValues(benchmark::State& state) {
  Judge(state, {.operations = state.range(0),
                .clients = state.range(1),
                .values = 5,
                .crash_per_mille = state.range(2),
                .crashes = state.range(3),
                .cas = true});
}
BENCHMARK(FiveValues)
    ->ArgNames({"operations", "concurrency", "crash_per_mille", "crashed"})
    ->Args({10'000, 5, 0, 0})
    ->Args({10'000, 10, 0, 0})
    ->Args({10'000, 20, 0, 0})
    ->Args({20'000, 20, 0, 0})
    ->Args({20'000, 20, 0, 10})
    ->Args({20'000, 30, 0, 10})
    ->Args({100'000, 10, 0, 0})
    ->Args({100'000, 20, 0, 0})
    ->Args({10'000, 50, 0, 0})
    ->Args({10'000, 10, 10, 0})
    ->Args({10'000, 20, 10, 0})
    ->Args({10'000, 10, 50, 0})
    ->Args({100'000, 10, 50, 0})
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);

/// From a JSON Lines file to the verdict.
void UniqueValuesFromFile(benchmark::State& state) {
  const RegisterLoad load{.operations = state.range(0),
                          .keys = state.range(1),
                          .clients = state.range(2),
                          .crash_per_mille = state.range(3)};
  const fs::path file = fs::temp_directory_path() / "cleave_linearizable_bench.jsonl";
  WriteRegisterHistory(load, file);
  const PeakMemory memory;
  for (auto _ : state) {
    const CheckResult result = CheckLinearizable(ReadHistory(file), {});
    if (result.verdict != Verdict::kValid) state.SkipWithError(result.reason.c_str());
  }
  state.counters["GiB"] = memory.Growth() / (1 << 30);
  SetRate(state, load.operations);
  fs::remove(file);
}
BENCHMARK(UniqueValuesFromFile)
    ->ArgNames({"operations", "keys", "concurrency", "crash_per_mille"})
    ->Args({1'000'000, 100, 10, 0})
    ->Args({1'000'000, 1, 20, 10})
    ->Args({10'000'000, 100, 10, 0})
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// Logs that others recorded, where they lie beside the checkout: reading is not measured. Without
/// evidence it is the verdicts alone: shrinking what is shown has a time of its own.
void RecordedLogs(benchmark::State& state, const char* folder, const char* checker) {
  const fs::path path = fs::path(CLEAVE_SHARED_HISTORIES) / folder;
  if (!fs::exists(path)) return state.SkipWithError("these histories are not here");
  std::vector<History> histories;
  for (const auto& entry : fs::directory_iterator(path)) {
    histories.push_back(ReadHistory(entry.path()));
  }
  CheckOptions options;
  if (state.range(0) == 0) options.max_anomalies = 0;
  options.initial = checker == std::string_view("kv-append") ? "\"\"" : "null";
  for (auto _ : state) {
    for (const History& history : histories) {
      const CheckResult result = RunChecker(*FindChecker(checker), history, options);
      if (result.verdict == Verdict::kUnknown) state.SkipWithError(result.reason.c_str());
    }
  }
  state.counters["histories"] = static_cast<double>(histories.size());
}
BENCHMARK_CAPTURE(RecordedLogs, etcd, "porcupine-etcd", "linearizable")
    ->ArgName("evidence")
    ->Arg(0)
    ->Arg(1)
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(RecordedLogs, kv, "porcupine-kv", "kv-append")
    ->ArgName("evidence")
    ->Arg(0)
    ->Arg(1)
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace cleave
