// How fast transactions and sets are judged.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <fstream>

#include "checkers/streaming/set.h"
#include "checkers/testing/growth.h"
#include "checkers/testing/random_history.h"
#include "checkers/transactions/append.h"
#include "checkers/transactions/append_order.h"
#include "harness/history/journal.h"
#include "harness/history/reader.h"

namespace cleave {
namespace {

struct LoadShape {
  uint32_t least_mops = 4;  // to 4 in a transaction
  uint32_t list = 100;      // a key is retired after so many appends
  uint32_t stale = 0;       // one in so many reads is of a while ago: cycles of several classes
};

/// What a store answers to ten clients over ten keys at a time, as in the peers' rows.
class AppendLoad {
 public:
  explicit AppendLoad(const LoadShape& shape) : shape_(shape), keys_(kKeys) {
    for (Key& key : keys_) key.name = names_++;
  }

  History Run(int64_t count) {
    std::vector<RawEvent> open(kClients);
    std::vector<bool> busy(kClients, false);
    while (count > 0) {
      const uint32_t client = random_.Below(kClients);
      if (busy[client]) {
        builder_.Add(open[client]);
      } else {
        --count;
        open[client] = Transaction(static_cast<int32_t>(client));
      }
      busy[client] = !busy[client];
    }
    return builder_.Finish();
  }

 private:
  struct Key {
    int64_t name;
    std::vector<ValueId> list;
  };

  /// Adds the invocation and gives the completion.
  RawEvent Transaction(int32_t client) {
    asked_.clear();
    seen_.clear();
    const uint32_t more = random_.Below(5 - shape_.least_mops);
    for (uint32_t n = shape_.least_mops + more; n > 0; --n) {
      Key& key = keys_[random_.Below(kKeys)];
      if (random_.Below(2) == 0) {
        Read(key);
      } else {
        Append(&key);
      }
    }
    RawEvent event;
    event.process = client;
    event.function = kTxn;
    event.value = values_.List(asked_);
    builder_.Add(event);
    event.type = EventType::kOk;
    event.value = values_.List(seen_);
    return event;
  }

  void Read(const Key& key) {
    std::span<const ValueId> list = key.list;
    if (shape_.stale != 0 && random_.Below(shape_.stale) == 0)
      list = list.first(list.size() - list.size() / 4);
    const ValueId asked[] = {read_, values_.Int(key.name), kNull};
    const ValueId seen[] = {read_, values_.Int(key.name), values_.List(list)};
    asked_.push_back(values_.List(asked));
    seen_.push_back(values_.List(seen));
  }

  void Append(Key* key) {
    if (key->list.size() >= shape_.list) *key = {names_++, {}};
    key->list.push_back(values_.Int(static_cast<int64_t>(key->list.size())));
    const ValueId mop[] = {append_, values_.Int(key->name), key->list.back()};
    asked_.push_back(values_.List(mop));
    seen_.push_back(asked_.back());
  }

  static constexpr uint32_t kKeys = 10, kClients = 10;
  const LoadShape shape_;
  TestRandom random_{42};
  HistoryBuilder builder_;
  ValueTable& values_ = builder_.values();
  const ValueId append_ = values_.String("append"), read_ = values_.String("r");
  int64_t names_ = 0;
  std::vector<Key> keys_;
  std::vector<ValueId> asked_, seen_;
};

void ExpectAppend(const History& history, Verdict verdict, benchmark::State& state) {
  const CheckResult result = CheckAppend(history, {});
  if (result.verdict != verdict) state.SkipWithError(result.reason.c_str());
}

/// Arguments: transactions, one stale read in how many (0: none).
void Append(benchmark::State& state) {
  const auto stale = static_cast<uint32_t>(state.range(1));
  const History history = AppendLoad({.stale = stale}).Run(state.range(0));
  const PeakMemory memory;
  for (auto _ : state) {
    ExpectAppend(history, stale == 0 ? Verdict::kValid : Verdict::kInvalid, state);
  }
  const auto count = static_cast<double>(state.range(0));
  state.counters["txn/s"] =
      benchmark::Counter(count, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["B/txn"] = memory.Growth() / count;
}
BENCHMARK(Append)
    ->ArgNames({"transactions", "stale"})
    ->Args({100'000, 0})
    ->Args({1'000'000, 0})
    ->Args({1'000'000, 2'000'000})
    ->Args({1'000'000, 1'000})
    ->Unit(benchmark::kMillisecond);

/// The check with its order, which is verified. Arguments: transactions, and whether it is one of
/// begins and commits.
void AppendWithOrder(benchmark::State& state) {
  const History history = AppendLoad({}).Run(state.range(0));
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

/// The part of it from columns of micro-operations in memory to the order of versions and of
/// transactions.
void AppendGraphPhase(benchmark::State& state) {
  const History history = AppendLoad({}).Run(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    Deadline deadline(std::chrono::minutes(10));
    AppendHistory appends(history, &deadline);
    CheckResult result;
    ModelVerdict verdict({}, &result);
    state.ResumeTiming();
    CheckObservations(&appends, &verdict);
    if (!AppendOrder(appends).stuck().empty()) state.SkipWithError("not valid");
  }
  state.counters["txn/s"] = benchmark::Counter(static_cast<double>(state.range(0)),
                                               benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(AppendGraphPhase)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

/// The history as the Journal would have written it.
void WriteHistory(const History& history, const std::filesystem::path& file) {
  std::vector<std::pair<uint32_t, bool>> events(history.event_count());  // operation, and its end?
  const auto operations = history.operations();
  for (uint32_t i = 0; i < operations.size(); ++i) {
    events[operations[i].call] = {i, false};
    if (operations[i].ret != kNever) events[operations[i].ret] = {i, true};
  }
  std::ofstream out(file);
  std::string line;
  Event event;
  for (const auto& [i, returned] : events) {
    const Operation& op = operations[i];
    event.time += 1000;
    event.process = op.process;
    event.type = returned ? EventType::kOk : EventType::kInvoke;
    event.f = history.FunctionName(op.function);
    event.value = history.values().ToJson(returned ? op.output : op.input);
    event.node = "n1";
    line.clear();
    AppendJsonLine(event, &line);
    out << line;
    ++event.index;
  }
}

/// From a JSON Lines file to the verdict. Wall-clock time: one core lexes what another one interns.
void AppendFromFile(benchmark::State& state) {
  const auto file = std::filesystem::temp_directory_path() / "cleave_append_bench.jsonl";
  WriteHistory(AppendLoad({.list = 20}).Run(state.range(0)), file);
  for (auto _ : state) ExpectAppend(ReadHistory(file), Verdict::kValid, state);
  state.SetBytesProcessed(state.iterations() *
                          static_cast<int64_t>(std::filesystem::file_size(file)));
  state.counters["txn/s"] = benchmark::Counter(static_cast<double>(state.range(0)),
                                               benchmark::Counter::kIsIterationInvariantRate);
  std::filesystem::remove(file);
}
BENCHMARK(AppendFromFile)->Arg(1'000'000)->Unit(benchmark::kMillisecond)->UseRealTime();

/// 10^4 to 10^7 transactions.
void AppendGrowth(benchmark::State& state) {
  MeasureGrowth(
      state, 4, 7, [](int64_t n) { return AppendLoad({.list = 20}).Run(n); },
      [&](const History& history) { ExpectAppend(history, Verdict::kValid, state); });
}
BENCHMARK(AppendGrowth)->Iterations(1)->Unit(benchmark::kMillisecond);

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
