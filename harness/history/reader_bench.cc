// Reading history.jsonl as the Journal writes it: bytes and events a second, and the memory that an
// event takes in the history. Target: 500 MB/s, 32 B per event.
#include <benchmark/benchmark.h>

#include <map>
#include <string>

#include "harness/history/journal.h"
#include "harness/history/reader.h"

namespace cleave {
namespace {

// Registers over `keys` keys, unique writes and their reads, ten clients.
std::string RegisterHistory(int64_t operations, int64_t keys) {
  std::string text;
  Event event;
  for (int64_t i = 0; i < operations; ++i) {
    event.process = static_cast<int32_t>(i % 10);
    event.f = i % 2 == 0 ? "write" : "read";
    event.key = "k" + std::to_string(i / 2 % keys);
    event.node = "n" + std::to_string(i % 5 + 1);
    event.time = i * 10'000 + 1'834'201;
    event.type = EventType::kInvoke;
    event.value = i % 2 == 0 ? Json(i / 2) : Json();
    AppendJsonLine(event, &text);
    ++event.index;
    event.time += 5'000;
    event.type = EventType::kOk;
    event.value = i / 2;
    AppendJsonLine(event, &text);
    ++event.index;
  }
  return text;
}

const std::string& Canonical(int64_t keys) {
  static std::map<int64_t, std::string> made;
  std::string& text = made[keys];
  if (text.empty()) text = RegisterHistory(1'000'000, keys);
  return text;
}

void Measure(benchmark::State& state, const std::string& text) {
  size_t events = 0, memory = 0;
  for (auto _ : state) {
    const History history = ReadHistoryText(text, "bench");
    events = history.event_count();
    memory = history.MemoryUse();
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * events));
  state.counters["memory_per_event"] = static_cast<double>(memory) / static_cast<double>(events);
}

void BM_ReadCanonicalRegister(benchmark::State& state) {
  Measure(state, Canonical(state.range(0)));
}
BENCHMARK(BM_ReadCanonicalRegister)->Arg(1)->Arg(100)->Arg(10'000)->Unit(benchmark::kMillisecond);

// The same events in a form that only the careful reader takes: what other tools' JSON costs.
void BM_ReadForeignRegister(benchmark::State& state) {
  static const std::string text = [] {
    std::string foreign;
    for (const char c : Canonical(100)) {
      foreign += c;
      if (c == '{') foreign += ' ';
    }
    return foreign;
  }();
  Measure(state, text);
}
BENCHMARK(BM_ReadForeignRegister)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace cleave
