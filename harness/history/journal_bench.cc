// What recording an event costs, and that resident memory does not grow with the run.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "harness/history/journal.h"

namespace cleave {
namespace {

size_t ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  size_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

Event WriteEvent(Json value) {
  Event event;
  event.time = 1'834'201;
  event.process = 3;
  event.f = "write";
  event.key = "k4";
  event.value = std::move(value);
  event.node = "n2";
  return event;
}

void Append(benchmark::State& state, Event event) {
  const auto path =
      std::filesystem::temp_directory_path() / ("cleave-journal-bench-" + std::to_string(getpid()));
  std::filesystem::remove(path);
  Journal journal(path);
  for (int i = 0; i < 50'000; ++i) journal.Append(event);
  const size_t before = ResidentBytes();
  for (auto _ : state) {
    event.time += 10'000;
    journal.Append(event);
    ++event.index;
  }
  const size_t after = ResidentBytes();
  journal.Close();
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(static_cast<int64_t>(std::filesystem::file_size(path)));
  state.counters["rss_growth_bytes"] = after > before ? static_cast<double>(after - before) : 0;
  std::filesystem::remove(path);
}

void BM_AppendInteger(benchmark::State& state) { Append(state, WriteEvent(17)); }
BENCHMARK(BM_AppendInteger);

void BM_AppendTransaction(benchmark::State& state) {
  Append(state, WriteEvent(ParseJson(R"([["append","x",3],["r","y",[1,2,3]]])")));
}
BENCHMARK(BM_AppendTransaction);

}  // namespace
}  // namespace cleave
