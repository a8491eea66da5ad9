// How fast the fast paths judge one object: operations in memory, ten at a time.
#include <benchmark/benchmark.h>

#include <cmath>
#include <memory>
#include <set>
#include <string>

#include "checkers/object/chain_path.h"
#include "checkers/object/counter_path.h"
#include "checkers/object/fifo_path.h"
#include "checkers/object/priority_path.h"
#include "checkers/object/semaphore_path.h"
#include "checkers/object/stack_path.h"
#include "checkers/testing/growth.h"
#include "checkers/testing/random_history.h"

namespace cleave {
namespace {

constexpr uint32_t kClients = 10;

/// A valid history in memory: each operation is called, takes effect and returns at random moments.
/// `choose` fills in what is called, `apply` makes it happen; where it says that it cannot yet, the
/// operation waits. Those that are open in the end stay open.
class BenchObject {
 public:
  explicit BenchObject(int64_t operations) : count_(static_cast<size_t>(operations)) {
    push = builder_.Function("push");
    pop = builder_.Function("pop");
  }

  template <class Choose, class Apply>
  void Run(Choose choose, Apply apply) {
    TestRandom random(42);
    struct Client {
      uint32_t op = 0;
      bool busy = false, applied = false;
    };
    std::vector<Client> clients(kClients);
    Position now = 0;
    object_.ops.reserve(count_);
    while (object_.ops.size() < count_) {
      const uint32_t who = random.Below(kClients);
      Client& client = clients[who];
      if (!client.busy) {
        client = {static_cast<uint32_t>(object_.ops.size()), true, false};
        ModelOp op;
        op.input = kNull;
        op.call = now++;
        op.operation = who;
        choose(&random, who, &op);
        object_.ops.push_back(op);
      } else if (!client.applied) {
        client.applied = apply(who, &object_.ops[client.op]);
      } else {
        object_.ops[client.op].ret = now++;
        client.busy = false;
      }
    }
  }

  /// The history knows who did an operation: one operation for each client.
  void Finish() {
    for (uint32_t client = 0; client < kClients; ++client) {
      RawEvent event;
      event.process = static_cast<int32_t>(client);
      event.value = kNull;
      builder_.Add(event);
    }
    history_ = builder_.Finish();
    object_.history = &history_;
  }
  const ObjectHistory& object() const { return object_; }
  double count() const { return static_cast<double>(count_); }

  ValueTable& values() { return builder_.values(); }
  FunctionId push, pop;

 private:
  const size_t count_;
  HistoryBuilder builder_;
  History history_;
  ObjectHistory object_;
};

/// Which one comes out next.
enum class Next : uint8_t { kFirst, kLast, kSmallest };

void Container(BenchObject* bench, FunctionId put, FunctionId take, Next which) {
  std::vector<ValueId> inside;
  std::set<std::pair<int64_t, ValueId>> by_size;
  size_t front = 0;
  int64_t fresh = 0;
  bench->Run(
      [&](TestRandom* random, uint32_t, ModelOp* op) {
        op->function = random->Below(2) ? put : take;
        if (op->function != put) return;
        // In no order of size, and unique: the factor is odd.
        op->input = bench->values().Int(which == Next::kSmallest ? ++fresh * 7'654'321 % (1 << 24)
                                                                 : ++fresh);
      },
      [&](uint32_t, ModelOp* op) {
        if (op->function == put && which == Next::kSmallest) {
          by_size.emplace(bench->values().AsInt(op->input), op->input);
        } else if (op->function == put) {
          inside.push_back(op->input);
        } else if (which == Next::kSmallest) {
          op->output = by_size.empty() ? kNull : by_size.begin()->second;
          if (!by_size.empty()) by_size.erase(by_size.begin());
        } else if (front == inside.size()) {
          op->output = kNull;
        } else if (which == Next::kFirst) {
          op->output = inside[front++];
        } else {
          op->output = inside.back();
          inside.pop_back();
        }
        return true;
      });
}

void Fifo(BenchObject* bench) { Container(bench, kEnqueue, kDequeue, Next::kFirst); }
void Priority(BenchObject* bench) { Container(bench, kEnqueue, kDequeue, Next::kSmallest); }
void Stack(BenchObject* bench) { Container(bench, bench->push, bench->pop, Next::kLast); }

void Counter(BenchObject* bench) {
  int64_t count = 0;
  const ValueId one = bench->values().Int(1);
  bench->Run(
      [&](TestRandom* random, uint32_t, ModelOp* op) {
        op->function = random->Below(2) ? kAdd : kRead;
        if (op->function == kAdd) op->input = one;
      },
      [&](uint32_t, ModelOp* op) {
        if (op->function == kAdd) ++count;
        if (op->function == kRead) op->output = bench->values().Int(count);
        return true;
      });
}

/// Whole reads. Of n operations, the square root are adds: all lists together have n elements.
void Chain(BenchObject* bench, FunctionId add) {
  const auto rarely = static_cast<uint32_t>(std::sqrt(bench->count()));
  std::vector<ValueId> elements;
  int64_t fresh = 0;
  ValueId list = kNull;
  bench->Run(
      [&](TestRandom* random, uint32_t, ModelOp* op) {
        op->function = random->Below(rarely) == 0 ? add : FunctionId{kRead};
        if (op->function == add) op->input = bench->values().Int(++fresh);
      },
      [&](uint32_t, ModelOp* op) {
        if (op->function == add) {
          elements.push_back(op->input);
          list = bench->values().List(elements);
        } else {
          op->output = list;
        }
        return true;
      });
}
void List(BenchObject* bench) { Chain(bench, kAppend); }
void Set(BenchObject* bench) { Chain(bench, kAdd); }

void Mutex(BenchObject* bench) {
  std::vector<bool> holds(kClients, false);
  uint32_t held = 0;
  bench->Run([&](TestRandom*, uint32_t who,
                 ModelOp* op) { op->function = holds[who] ? kRelease : kAcquire; },
             [&](uint32_t who, ModelOp* op) {
               if (op->function == kAcquire && held > 0) return false;
               holds[who] = op->function == kAcquire;
               held = holds[who];
               return true;
             });
}
FastResult CheckMutexPath(const ObjectHistory& object, std::vector<uint32_t>* order) {
  return CheckSemaphorePath(object, 1, order);
}

struct PathRow {
  const char* name;
  void (*fill)(BenchObject*);
  FastResult (*check)(const ObjectHistory&, std::vector<uint32_t>*);

  std::unique_ptr<BenchObject> Make(int64_t operations) const {
    auto bench = std::make_unique<BenchObject>(operations);
    fill(bench.get());
    bench->Finish();
    return bench;
  }
};
constexpr PathRow kPaths[] = {
    {"FifoQueue", Fifo, CheckFifoPath},
    {"Stack", Stack, CheckStackPath},
    {"Counter", Counter, CheckCounterPath},
    {"AppendOnlyList", List, CheckListPath},
    {"GrowOnlySet", Set, CheckGrowSetPath},
    {"Mutex", Mutex, CheckMutexPath},
    {"PriorityQueue", Priority, CheckPriorityPath},
};

/// With the order that shows it, or without.
void JudgeObject(benchmark::State& state, const PathRow& row) {
  const auto bench = row.Make(state.range(0));
  const bool wanted = state.range(1) != 0;
  const PeakMemory memory;
  for (auto _ : state) {
    std::vector<uint32_t> order;
    const FastResult result = row.check(bench->object(), wanted ? &order : nullptr);
    if (!result.linearizable()) state.SkipWithError(result.explanation.c_str());
    if (order.empty() == wanted) state.SkipWithError("no order, or one that nobody asked for");
  }
  const auto operations = static_cast<double>(state.range(0));
  state.counters["B/op"] = memory.Growth() / operations;
  state.counters["ops/s"] =
      benchmark::Counter(operations, benchmark::Counter::kIsIterationInvariantRate);
}

void ObjectGrowth(benchmark::State& state, const PathRow& row) {
  MeasureGrowth(
      state, 4, 7, [&](int64_t n) { return row.Make(n); },
      [&](const std::unique_ptr<BenchObject>& bench) { row.check(bench->object(), nullptr); });
}

[[maybe_unused]] const bool registered_paths = [] {
  for (const PathRow& row : kPaths) {
    const std::string name = row.name;
    benchmark::RegisterBenchmark(name.c_str(), JudgeObject, row)
        ->ArgNames({"operations", "order"})
        ->ArgsProduct({{1'000'000}, {0, 1}})
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark((name + "Growth").c_str(), ObjectGrowth, row)
        ->Iterations(1)
        ->Unit(benchmark::kMillisecond);
  }
  return true;
}();

}  // namespace
}  // namespace cleave
