// Serializability where the order of versions is unknown: time a transaction.
#include <benchmark/benchmark.h>

#include "checkers/testing/random_history.h"
#include "checkers/transactions/isolation_order.h"

namespace cleave {
namespace {

struct OrderLoad {
  uint32_t transactions = 100'000, keys = 1000, sessions = 50;
  uint32_t blind_percent = 0;  // writes of keys that were not read
  bool lost_update = false;    // one transaction in the middle reads an old version
};

/// Transactions of four operations that really ran one after the other, while fifty sessions waited
/// for theirs.
IsolationHistory Serial(const OrderLoad& load) {
  TestRandom random(7);
  IsolationHistory h;
  h.keys = load.keys;
  h.sessions = load.sessions;
  h.known_order.resize(load.keys);
  h.transactions.emplace_back();
  std::vector<uint32_t> current(load.keys, 0), before(load.keys, 0);
  for (uint32_t t = 1; t <= load.transactions; ++t) {
    IsolationTransaction txn;
    txn.transaction = t - 1;
    txn.session = random.Below(load.sessions);
    // Calls are in the order in which transactions ran; returns are not.
    txn.call = 100 * t;
    txn.ret = txn.call + 1 + random.Below(4000);
    txn.reads_begin = static_cast<uint32_t>(h.reads.size());
    txn.writes_begin = static_cast<uint32_t>(h.writes.size());
    const uint32_t keys[] = {random.Below(load.keys / 2),
                             load.keys / 2 + random.Below(load.keys / 2)};
    for (const uint32_t k : keys) {
      const bool blind = random.Below(100) < load.blind_percent;
      const bool lost = load.lost_update && t == load.transactions / 2;
      if (!blind) h.reads.push_back({k, lost ? before[k] : current[k]});
      h.writes.push_back(k);
    }
    for (const uint32_t k : keys) before[k] = std::exchange(current[k], t);
    txn.reads_end = static_cast<uint32_t>(h.reads.size());
    txn.writes_end = static_cast<uint32_t>(h.writes.size());
    h.transactions.push_back(txn);
  }
  return h;
}

void Decide(benchmark::State& state, const OrderLoad& load, const IsolationLevel& level,
            IsolationOrder::Decision expected) {
  const IsolationHistory history = Serial(load);
  IsolationOrder found;
  for (auto _ : state) {
    found = FindIsolationOrder(history, level,
                               std::chrono::steady_clock::now() + std::chrono::minutes(2));
    if (found.decision != expected) return state.SkipWithError("another verdict was expected");
  }
  state.counters["txn_per_s"] =
      benchmark::Counter(load.transactions, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["cycles"] = static_cast<double>(found.cycles);
}

using Kind = IsolationLevel::Kind;
using Decision = IsolationOrder::Decision;

void SerializableReadModifyWrite(benchmark::State& state) {
  Decide(state, {}, {Kind::kSerializable}, Decision::kHolds);
}
BENCHMARK(SerializableReadModifyWrite)->Unit(benchmark::kMillisecond);

void SerializableWithALostUpdate(benchmark::State& state) {
  OrderLoad load;
  load.lost_update = true;
  Decide(state, load, {Kind::kSerializable}, Decision::kViolated);
}
BENCHMARK(SerializableWithALostUpdate)->Unit(benchmark::kMillisecond);

void StrictSerializableReadModifyWrite(benchmark::State& state) {
  Decide(state, {}, {Kind::kSerializable, false, true}, Decision::kHolds);
}
BENCHMARK(StrictSerializableReadModifyWrite)->Unit(benchmark::kMillisecond);

void SnapshotIsolationReadModifyWrite(benchmark::State& state) {
  Decide(state, {}, {Kind::kSnapshot}, Decision::kHolds);
}
BENCHMARK(SnapshotIsolationReadModifyWrite)->Unit(benchmark::kMillisecond);

void ParallelSnapshotIsolationHalfBlind(benchmark::State& state) {
  OrderLoad load;
  load.blind_percent = 50;
  Decide(state, load, {Kind::kParallelSnapshot}, Decision::kHolds);
}
BENCHMARK(ParallelSnapshotIsolationHalfBlind)->Unit(benchmark::kMillisecond);

void ParallelSnapshotIsolationWithALostUpdate(benchmark::State& state) {
  OrderLoad load;
  load.lost_update = true;
  Decide(state, load, {Kind::kParallelSnapshot}, Decision::kViolated);
}
BENCHMARK(ParallelSnapshotIsolationWithALostUpdate)->Unit(benchmark::kMillisecond);

void SerializableHalfBlind(benchmark::State& state) {
  OrderLoad load;
  load.blind_percent = 50;
  Decide(state, load, {Kind::kSerializable}, Decision::kHolds);
}
BENCHMARK(SerializableHalfBlind)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace cleave
