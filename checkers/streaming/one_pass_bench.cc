// How fast the one-pass checkers are: operations a second, from memory.
#include <benchmark/benchmark.h>

#include "checkers/streaming/bank.h"
#include "checkers/streaming/counter.h"
#include "checkers/streaming/queue.h"
#include "checkers/streaming/unique_ids.h"
#include "checkers/testing/random_history.h"

namespace cleave {
namespace {

/// Ten clients, each busy half of the time. `next` chooses, `done` says what was learned.
template <class Next, class Done>
History OnePassLoad(int64_t operations, Next next, Done done) {
  HistoryBuilder builder;
  builder.Reserve(static_cast<size_t>(2 * operations));
  TestRandom random(42);
  std::vector<RawEvent> open(10);
  std::vector<bool> busy(10, false);
  while (operations > 0) {
    const uint32_t client = random.Below(10);
    RawEvent& event = open[client];
    if (busy[client]) {
      event.type = EventType::kOk;
      builder.Add(event);
    } else {
      --operations;
      event = {};
      event.process = static_cast<int32_t>(client);
      next(&builder, &event, &random);
      builder.Add(event);
      done(&builder, &event, &random);
    }
    busy[client] = !busy[client];
  }
  return builder.Finish();
}

void JudgeLoad(benchmark::State& state, const History& history,
               CheckResult (*check)(const History&, const CheckOptions&)) {
  for (auto _ : state) {
    const CheckResult result = check(history, {});
    if (result.verdict != Verdict::kValid) state.SkipWithError(result.reason.c_str());
  }
  state.counters["op/s"] = benchmark::Counter(static_cast<double>(history.operations().size()),
                                              benchmark::Counter::kIsIterationInvariantRate);
}

void Counter(benchmark::State& state) {
  int64_t counter = 0;
  const History history = OnePassLoad(
      state.range(0),
      [](HistoryBuilder* builder, RawEvent* event, TestRandom* random) {
        event->function = random->Below(2) == 0 ? kAdd : kRead;
        event->value = kNull;
        if (event->function == kAdd) {
          event->value = builder->values().Int(static_cast<int64_t>(random->Below(9)) - 4);
        }
      },
      [&](HistoryBuilder* builder, RawEvent* event, TestRandom*) {
        if (event->function == kAdd) {
          counter += builder->values().AsInt(event->value);
        } else {
          event->value = builder->values().Int(counter);
        }
      });
  JudgeLoad(state, history, CheckCounter);
}
BENCHMARK(Counter)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void TotalQueue(benchmark::State& state) {
  int64_t in = 0, out = 0;
  const History history = OnePassLoad(
      state.range(0),
      [&](HistoryBuilder* builder, RawEvent* event, TestRandom* random) {
        const bool enqueue = in - out < 100 || random->Below(2) == 0;
        // Fewer go in than are asked for, so that the queue is found empty in the end.
        event->function = enqueue && in < state.range(0) * 9 / 20 ? kEnqueue : kDequeue;
        event->value = event->function == kEnqueue ? builder->values().Int(in++) : kNull;
      },
      [&](HistoryBuilder* builder, RawEvent* event, TestRandom*) {
        if (event->function == kDequeue && out < in) event->value = builder->values().Int(out++);
      });
  JudgeLoad(state, history, CheckTotalQueue);
}
BENCHMARK(TotalQueue)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void UniqueIds(benchmark::State& state) {
  int64_t id = 0;
  const History history = OnePassLoad(
      state.range(0),
      [](HistoryBuilder* builder, RawEvent* event, TestRandom*) {
        event->function = builder->Function("generate");
      },
      [&](HistoryBuilder* builder, RawEvent* event, TestRandom*) {
        event->value = builder->values().Int(id++);
      });
  JudgeLoad(state, history, CheckUniqueIds);
}
BENCHMARK(UniqueIds)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

/// Eight accounts; half of the operations are reads of them all.
void Bank(benchmark::State& state) {
  std::vector<int64_t> balances(8, 100);
  const History history = OnePassLoad(
      state.range(0),
      [&](HistoryBuilder* builder, RawEvent* event, TestRandom* random) {
        ValueTable& values = builder->values();
        event->value = kNull;
        if (random->Below(2) == 0) return;
        event->function = kTransfer;
        const uint32_t from = random->Below(8), to = random->Below(8);
        const int64_t amount = std::min<int64_t>(random->Below(5), balances[from]);
        balances[from] -= amount;
        balances[to] += amount;
        const ValueId parts[] = {values.String("from"),   values.Int(from),
                                 values.String("to"),     values.Int(to),
                                 values.String("amount"), values.Int(amount)};
        event->value = values.Map(parts);
      },
      [&](HistoryBuilder* builder, RawEvent* event, TestRandom*) {
        if (event->function == kTransfer) return;
        std::vector<ValueId> sheet;
        for (size_t account = 0; account < balances.size(); ++account) {
          sheet.push_back(builder->values().String(std::to_string(account)));
          sheet.push_back(builder->values().Int(balances[account]));
        }
        event->value = builder->values().Map(sheet);
      });
  JudgeLoad(state, history, CheckBank);
}
BENCHMARK(Bank)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace cleave
