// How fast weak isolation levels are judged: 4.5 operations a transaction, half of them reads, 50
// sessions, 1,000 keys, as the peers' rows in README.md.
#include <benchmark/benchmark.h>

#include "checkers/testing/random_history.h"
#include "checkers/transactions/weak_levels.h"

namespace cleave {
namespace {

constexpr uint32_t kBenchKeys = 1'000, kBenchSessions = 50;

/// What a serializable store answers to 50 sessions at a time: each transaction takes effect at
/// some moment while it is open, so that calls are not quite in the order of commits.
IsolationHistory SerializableTransactions(uint32_t count) {
  TestRandom random(42);
  IsolationHistory h;
  h.keys = kBenchKeys;
  h.sessions = kBenchSessions;
  h.known_order.resize(kBenchKeys);
  h.transactions.resize(count + 1);
  std::vector<std::vector<ExternalRead>> reads(count + 1);
  std::vector<std::vector<uint32_t>> writes(count + 1);
  std::vector<uint32_t> newest(kBenchKeys, 0), open(kBenchSessions, 0);
  std::vector<bool> ran(kBenchSessions, false);
  Position now = 0;
  for (uint32_t called = 0, left = count; left > 0;) {
    const uint32_t s = random.Below(kBenchSessions);
    if (open[s] == 0) {
      if (called == count) continue;
      open[s] = ++called;
      ran[s] = false;
      h.transactions[open[s]] = {called - 1, s, now++, 0, 0, 0, 0, 0};
    } else if (!ran[s]) {
      ran[s] = true;
      const uint32_t t = open[s];
      for (uint32_t n = 4 + random.Below(2); n > 0; --n) {
        const uint32_t key = random.Below(kBenchKeys);
        const bool own = std::count(writes[t].begin(), writes[t].end(), key) != 0;
        if (random.Below(2) == 0) {
          if (!own) reads[t].push_back({key, newest[key]});
        } else if (!own) {
          writes[t].push_back(key);
        }
      }
      for (const uint32_t key : writes[t]) newest[key] = t;
    } else {
      h.transactions[open[s]].ret = now++;
      open[s] = 0;
      --left;
    }
  }
  for (uint32_t t = 1; t <= count; ++t) {
    IsolationTransaction& txn = h.transactions[t];
    std::sort(writes[t].begin(), writes[t].end());
    txn.reads_begin = static_cast<uint32_t>(h.reads.size());
    txn.writes_begin = static_cast<uint32_t>(h.writes.size());
    h.reads.insert(h.reads.end(), reads[t].begin(), reads[t].end());
    h.writes.insert(h.writes.end(), writes[t].begin(), writes[t].end());
    txn.reads_end = static_cast<uint32_t>(h.reads.size());
    txn.writes_end = static_cast<uint32_t>(h.writes.size());
  }
  return h;
}

void JudgeWeakLevel(benchmark::State& state, WeakLevel level) {
  const IsolationHistory history = SerializableTransactions(static_cast<uint32_t>(state.range(0)));
  for (auto _ : state) {
    Deadline deadline(std::chrono::minutes(10));
    if (!CheckWeakLevel(history, level, &deadline, uint64_t{4} << 30).holds)
      state.SkipWithError("not valid");
  }
  state.SetComplexityN(state.range(0));
  state.counters["txn/s"] = benchmark::Counter(static_cast<double>(state.range(0)),
                                               benchmark::Counter::kIsIterationInvariantRate);
}

void Sizes(benchmark::internal::Benchmark* bench) {
  for (const int64_t n : {62'500, 250'000, 1'000'000}) bench->Arg(n);
  bench->Unit(benchmark::kMillisecond)->Complexity();
}
void SmallSizes(benchmark::internal::Benchmark* bench) {
  for (const int64_t n : {4'000, 16'000, 64'000}) bench->Arg(n);
  bench->Unit(benchmark::kMillisecond)->Complexity();
}
BENCHMARK_CAPTURE(JudgeWeakLevel, ReadCommitted, WeakLevel{WeakLevel::Kind::kReadCommitted, true})
    ->Apply(Sizes);
BENCHMARK_CAPTURE(JudgeWeakLevel, ReadAtomic, WeakLevel{WeakLevel::Kind::kReadAtomic, true})
    ->Apply(Sizes);
BENCHMARK_CAPTURE(JudgeWeakLevel, Causal, WeakLevel{WeakLevel::Kind::kCausal, true})->Apply(Sizes);
BENCHMARK_CAPTURE(JudgeWeakLevel, CausalWithoutSessions, WeakLevel{WeakLevel::Kind::kCausal, false})
    ->Apply(SmallSizes);

}  // namespace
}  // namespace cleave
