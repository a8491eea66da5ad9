// set: elements 0, 1, 2, … are added, each once. Reads become rarer as the set grows (about 50 for
// every e-fold of its size), so that the history grows linearly although each read holds the whole
// set. At the end every thread reads until it succeeds: what was acknowledged and is missing then
// is lost.
#include "workloads/set.h"

#include <algorithm>

#include "workloads/recent_keys.h"

namespace cleave {
namespace {

constexpr double kReads = 50;
constexpr double kMostlyAdds = 0.1;  // reads at the start

}  // namespace

Workload MakeSet(const WorkloadOptions& options) {
  const uint64_t seed = Random::For(options.seed, "set").Next();
  Op read;
  read.f = "read";
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
  workload.final_generator = gen::EachThread(UntilOkWithin(std::move(read)));
  workload.checkers = {"set", "stats", "availability", "vacuous"};
  return workload;
}

}  // namespace cleave
