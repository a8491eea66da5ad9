// counter: half of the operations add a little to the one counter there is, half read it. At the
// end every client reads it: an acknowledged add that is missing then was lost.
#include "workloads/counter.h"

#include "workloads/recent_keys.h"

namespace cleave {
namespace {

constexpr int64_t kMostAdded = 5;

}  // namespace

Workload MakeCounter(const WorkloadOptions& options) {
  const uint64_t seed = Random::For(options.seed, "counter").Next();
  Workload workload;
  workload.interface = "counter";
  workload.functions = {"add", "read"};
  workload.generator = gen::Fn(seed, [](int64_t, Random& random) {
    return random.Chance(0.5) ? MakeOp("read") : MakeOp("add", random.Between(1, kMostAdded));
  });
  workload.final_generator = gen::EachThread(UntilOkWithin(MakeOp("read")));
  workload.checkers = {"counter", "stats", "availability", "vacuous"};
  return workload;
}

}  // namespace cleave
