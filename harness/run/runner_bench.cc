// What the runner itself costs, against a client in this process that answers at once.
//   ops_per_second       operations recorded to disk, one core
//   cpu_us_per_op        controller CPU at 20,000 operations a second
//   resident_per_event   bytes that resident memory grows for each recorded event
#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

#include "harness/run/asio.h"
#include "harness/run/runner.h"

namespace cleave {
namespace {

namespace fs = std::filesystem;

class NullClient : public Client {
 public:
  asio::awaitable<Completion> Invoke(const Invocation&) override {
    Completion completion;
    completion.outcome = Outcome::kOk;
    co_return completion;
  }
};

// The usual stack of a test over independent keys.
GeneratorPtr Usual(int64_t ops, int64_t mean) {
  auto make = [](int64_t k) {
    return gen::Limit(1'000, gen::Fn(k, [](int64_t n, Random& random) {
                        Op op;
                        bool write = random.Chance(0.5);
                        op.f = write ? "write" : "read";
                        if (write) op.value = n;
                        return op;
                      }));
  };
  GeneratorPtr clients = gen::Concurrent(5, -1, make);
  if (mean > 0) clients = gen::Stagger(1, mean, clients);
  return gen::Limit(ops, gen::TimeLimit(3'600 * kSecond, gen::Clients(clients)));
}

class Bench {
 public:
  Bench() {
    std::string name = "/var/tmp/cleave_bench_XXXXXX";
    directory_ = mkdtemp(name.data());
    journal_ = std::make_unique<Journal>(directory_ / "history.jsonl");
    RunnerConfig config;
    config.concurrency = 10;
    config.journal = journal_.get();
    config.open = [](int32_t, int32_t) { return std::make_unique<NullClient>(); };
    config.node_of = [](int32_t thread) { return "n" + std::to_string(thread % 5 + 1); };
    runner_.emplace(io_.get_executor(), config);
  }
  ~Bench() {
    runner_.reset();
    journal_.reset();
    fs::remove_all(directory_);
  }
  void Run(int64_t ops, int64_t mean = 0) {
    asio::co_spawn(io_, runner_->Run(Usual(ops, mean)), asio::detached);
    io_.run();
    io_.restart();
  }
  int64_t events() const { return journal_->events(); }

 private:
  fs::path directory_;
  std::unique_ptr<Journal> journal_;
  asio::io_context io_{1};
  std::optional<Runner> runner_;
};

double CpuSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](timeval t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

int64_t ResidentBytes() {
  std::ifstream in("/proc/self/statm");
  int64_t total = 0, resident = 0;
  in >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

void GeneratorStep(benchmark::State& state) {
  Context context;
  std::vector<int32_t> processes;
  for (int32_t i = 0; i < 10; ++i) {
    context.threads.push_back(i);
    processes.push_back(i);
  }
  context.free = context.threads;
  context.processes = &processes;
  GeneratorPtr g = Usual(INT64_MAX, 50);
  for (auto _ : state) {
    context.chance += 0x9e3779b97f4a7c15;
    Step step = g->Next(context, g);
    context.time = step.time;
    g = std::move(step.next);
  }
}
BENCHMARK(GeneratorStep);

void RunnerThroughput(benchmark::State& state) {
  constexpr int64_t kOps = 200'000;
  double cpu = 0;
  for (auto _ : state) {
    Bench bench;
    double before = CpuSeconds();
    bench.Run(kOps);
    cpu += CpuSeconds() - before;
  }
  auto ops = static_cast<double>(kOps * state.iterations());
  state.counters["ops_per_second"] = benchmark::Counter(ops, benchmark::Counter::kIsRate);
  state.counters["ops_per_cpu_second"] = ops / cpu;
}
BENCHMARK(RunnerThroughput)->Unit(benchmark::kMillisecond)->UseRealTime();

void RunnerAtTwentyThousandPerSecond(benchmark::State& state) {
  constexpr int64_t kOps = 40'000;
  double cpu = 0;
  for (auto _ : state) {
    Bench bench;
    double before = CpuSeconds();
    bench.Run(kOps, kSecond / 20'000);
    cpu += CpuSeconds() - before;
  }
  auto ops = static_cast<double>(kOps * state.iterations());
  state.counters["ops_per_second"] = benchmark::Counter(ops, benchmark::Counter::kIsRate);
  state.counters["cpu_us_per_op"] = cpu / ops * 1e6;
}
BENCHMARK(RunnerAtTwentyThousandPerSecond)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Iterations(2);

void RunnerMemory(benchmark::State& state) {
  int64_t grown = 0, events = 0;
  for (auto _ : state) {
    Bench bench;
    bench.Run(200'000);  // warm
    int64_t resident = ResidentBytes(), before = bench.events();
    bench.Run(1'000'000);
    grown += ResidentBytes() - resident;
    events += bench.events() - before;
  }
  state.counters["resident_per_event"] = static_cast<double>(grown) / static_cast<double>(events);
}
BENCHMARK(RunnerMemory)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

}  // namespace
}  // namespace cleave
