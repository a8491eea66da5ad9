// set: elements 0, 1, 2, … are added, each once. Reads become rarer as the set grows (about 50 for
// every e-fold of its size), so that the history grows linearly although each read holds the whole
// set. At the end one client of each node reads until it succeeds: what was acknowledged and is
// missing then is lost. A read of a large set keeps a node busy for seconds: they go one after
// another and may take long.
#include "workloads/set.h"

#include <algorithm>

#include "workloads/recent_keys.h"

namespace cleave {
namespace {

constexpr double kReads = 50;
constexpr double kMostlyAdds = 0.1;  // reads at the start
constexpr int64_t kFinalRead = 30 * kSecond;
// After so long the next node reads too: one that does not answer must not keep the others from it.
constexpr int64_t kPatience = 10 * kSecond;

/// Threads are spread over the nodes in turn, so that the first threads have a node each.
GeneratorPtr FinalReadsByNode(int nodes) {
  Op read;
  read.f = "read";
  read.timeout = kFinalRead;
  std::vector<GeneratorPtr> reads;
  for (int32_t node = 0; node < nodes; ++node) {
    reads.push_back(gen::TimeLimit(
        kPatience,
        gen::OnThreads([node](int32_t thread) { return thread == node; }, UntilOkWithin(read))));
  }
  return gen::Sequence(std::move(reads));
}

}  // namespace

Workload MakeSet(const WorkloadOptions& options) {
  const uint64_t seed = Random::For(options.seed, "set").Next();
  const int nodes = std::min(options.nodes, options.concurrency);
  Workload workload;
  workload.interface = "set";
  workload.functions = {"add", "read"};
  workload.generator = gen::Fn(seed, [](int64_t n, Random& random) {
    Op op;
    op.f = "read";
    if (random.Chance(std::min(kMostlyAdds, kReads / static_cast<double>(n + 1)))) return op;
    op.f = "add";
    op.value = n;
    return op;
  });
  workload.final_generator = FinalReadsByNode(nodes);
  workload.final_time = nodes * kPatience;
  workload.checkers = {"set", "stats", "availability", "vacuous"};
  return workload;
}

}  // namespace cleave
