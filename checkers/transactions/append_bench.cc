// How fast transactions and sets are judged.
#include <benchmark/benchmark.h>

#include "checkers/streaming/set.h"
#include "checkers/testing/random_history.h"
#include "checkers/transactions/append.h"

namespace cleave {
namespace {

/// Valid histories as in the peers' rows: up to 4 operations a transaction, keys retired after 100
/// or so appends, 10 clients.
/// `stale`: every so many transactions one returns a state of a while ago, so that there are
/// cycles of several classes.
History Transactions(int64_t count, uint32_t stale = 0) {
  HistoryBuilder builder;
  ValueTable& values = builder.values();
  TestRandom random(42);
  const ValueId append = values.String("append"), read = values.String("r");
  constexpr uint32_t kKeys = 10;
  constexpr int32_t kClients = 10;
  struct Key {
    int64_t name;
    std::vector<ValueId> list;
  };
  std::vector<Key> keys(kKeys);
  int64_t names = 0;
  for (Key& key : keys) key.name = names++;
  std::vector<RawEvent> open(kClients);
  std::vector<bool> busy(kClients, false);
  while (count > 0) {
    const uint32_t client = random.Below(kClients);
    if (busy[client]) {
      builder.Add(open[client]);
      busy[client] = false;
      continue;
    }
    --count;
    std::vector<ValueId> asked, seen;
    for (uint32_t n = 1 + random.Below(4); n > 0; --n) {
      Key& key = keys[random.Below(kKeys)];
      if (random.Below(2) == 0) {
        const ValueId mop[] = {read, values.Int(key.name), kNull};
        std::vector<ValueId> list = key.list;
        if (stale != 0 && random.Below(stale) == 0) list.resize(list.size() - list.size() / 4);
        const ValueId result[] = {read, values.Int(key.name), values.List(list)};
        asked.push_back(values.List(mop));
        seen.push_back(values.List(result));
        continue;
      }
      if (key.list.size() >= 100) key = {names++, {}};
      key.list.push_back(values.Int(static_cast<int64_t>(key.list.size())));
      const ValueId mop[] = {append, values.Int(key.name), key.list.back()};
      asked.push_back(values.List(mop));
      seen.push_back(asked.back());
    }
    RawEvent event;
    event.process = static_cast<int32_t>(client);
    event.function = kTxn;
    event.value = values.List(asked);
    builder.Add(event);
    event.type = EventType::kOk;
    event.value = values.List(seen);
    open[client] = event;
    busy[client] = true;
  }
  return builder.Finish();
}

void Append(benchmark::State& state) {
  const History history = Transactions(state.range(0));
  for (auto _ : state) {
    const CheckResult result = CheckAppend(history, {});
    if (result.verdict != Verdict::kValid) state.SkipWithError(result.reason.c_str());
  }
  state.counters["txn/s"] = benchmark::Counter(static_cast<double>(state.range(0)),
                                               benchmark::Counter::kIsIterationInvariantRate);
}
/// The check with its order, which is verified. Arguments: transactions, and whether it is one of
/// begins and commits.
void AppendWithOrder(benchmark::State& state) {
  const History history = Transactions(state.range(0));
  std::vector<Witness> witnesses;
  CheckOptions options;
  options.witnesses = &witnesses;
  if (state.range(1) != 0) options.consistency_models = {"strong-snapshot-isolation"};
  for (auto _ : state) CheckAppend(history, options);
  const auto start = std::chrono::steady_clock::now();
  if (witnesses.empty() || Verify(history, witnesses, {})) state.SkipWithError("no order");
  state.counters["verify s"] =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  state.counters["txn/s"] = benchmark::Counter(static_cast<double>(state.range(0)),
                                               benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(AppendWithOrder)
    ->Args({1'000'000, 0})
    ->Args({1'000'000, 1})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);

/// The same with anomalies. Arguments: transactions, one stale read in how many.
void AppendAnomalies(benchmark::State& state) {
  const History history = Transactions(state.range(0), static_cast<uint32_t>(state.range(1)));
  for (auto _ : state) {
    const CheckResult result = CheckAppend(history, {});
    if (result.verdict != Verdict::kInvalid) state.SkipWithError(result.reason.c_str());
  }
  state.counters["txn/s"] = benchmark::Counter(static_cast<double>(state.range(0)),
                                               benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(AppendAnomalies)
    ->Args({1'000'000, 1'000'000})
    ->Args({1'000'000, 1'000})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);
BENCHMARK(Append)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond)->Iterations(1);

/// Arguments: elements, reads.
void Set(benchmark::State& state) {
  HistoryBuilder builder;
  ValueTable& values = builder.values();
  std::vector<ValueId> all;
  const auto both = [&](RawEvent event, ValueId output) {
    builder.Add(event);
    event.type = EventType::kOk;
    event.value = output;
    builder.Add(event);
  };
  for (int64_t i = 0; i < state.range(0); ++i) {
    RawEvent event;
    event.function = kAdd;
    event.value = values.Int(i);
    both(event, event.value);
    all.push_back(event.value);
    if ((i + 1) % (state.range(0) / state.range(1)) == 0) both({}, values.List(all));
  }
  const History history = builder.Finish();
  for (auto _ : state) {
    const CheckResult result = CheckSet(history, {});
    if (result.verdict != Verdict::kValid) state.SkipWithError(result.reason.c_str());
  }
}
BENCHMARK(Set)->Args({1'000'000, 10})->Args({100'000, 200})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace cleave
