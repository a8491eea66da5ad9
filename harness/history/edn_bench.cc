// Reading EDN as Jepsen writes it: bytes and events a second. Target: 1.5 M events/s.
#include <benchmark/benchmark.h>

#include <string>

#include "harness/history/reader.h"

namespace cleave {
namespace {

/// An event of ten clients: operation `i`, called or returned.
std::string EdnEvent(int64_t i, bool ok, const std::string& f, const std::string& value) {
  const int64_t index = 2 * i + ok;
  return "{:type " + std::string(ok ? ":ok" : ":invoke") + ", :f :" + f + ", :value " + value +
         ", :process " + std::to_string(i % 10) + ", :time " +
         std::to_string(index * 5'000 + 1'834'201) + ", :index " + std::to_string(index) + "}";
}

/// Unique writes and their reads over 100 independent keys, an event a line.
const std::string& EdnRegister() {
  static const std::string text = [] {
    std::string all;
    for (int64_t i = 0; i < 500'000; ++i) {
      const std::string key = "[" + std::to_string(i / 2 % 100) + " ";
      const std::string value = key + std::to_string(i / 2) + "]";
      const bool write = i % 2 == 0;
      all += EdnEvent(i, false, write ? "write" : "read", write ? value : key + "nil]") + "\n";
      all += EdnEvent(i, true, write ? "write" : "read", value) + "\n";
    }
    return all;
  }();
  return text;
}

/// Transactions of an append and a read of a short list, in one vector.
const std::string& EdnAppends() {
  static const std::string text = [] {
    std::string all = "[";
    for (int64_t i = 0; i < 250'000; ++i) {
      const std::string append = "[[:append " + std::to_string(i % 100) + " " + std::to_string(i);
      const std::string read = "] [:r " + std::to_string((i + 50) % 100) + " ";
      const std::string seen = "[" + std::to_string(i / 2) + " " + std::to_string(i / 2 + 1) + "]";
      all += EdnEvent(i, false, "txn", append + read + "nil]]") + "\n ";
      all += EdnEvent(i, true, "txn", append + read + seen + "]]") + "\n ";
    }
    return all + "]";
  }();
  return text;
}

void MeasureEdn(benchmark::State& state, const std::string& text, const ReadOptions& options) {
  size_t events = 0;
  for (auto _ : state) events = ReadHistoryText(text, "bench", options).event_count();
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * events));
}

void BM_ReadEdnRegister(benchmark::State& state) {
  MeasureEdn(state, EdnRegister(), {.independent = true});
}
BENCHMARK(BM_ReadEdnRegister)->Unit(benchmark::kMillisecond);

void BM_ReadEdnAppends(benchmark::State& state) { MeasureEdn(state, EdnAppends(), {}); }
BENCHMARK(BM_ReadEdnAppends)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace cleave
