// queue: elements 0, 1, 2, … are enqueued, each once, and dequeued; three go in for two that are
// asked for, so that there is always something that can be lost. At the end one drain takes what is
// left: what was acknowledged and has not come out by then is lost.
#include "workloads/queue.h"

#include "workloads/recent_keys.h"

namespace cleave {
namespace {

constexpr double kEnqueues = 0.6;
constexpr int64_t kDrainTime = 30 * kSecond;

}  // namespace

Workload MakeQueue(const WorkloadOptions& options) {
  const uint64_t seed = Random::For(options.seed, "queue").Next();
  Workload workload;
  workload.interface = "queue";
  workload.functions = {"enqueue", "dequeue", "drain"};
  workload.generator = gen::Fn(seed, [](int64_t n, Random& random) {
    return random.Chance(kEnqueues) ? MakeOp("enqueue", n) : MakeOp("dequeue");
  });
  Op drain = MakeOp("drain");
  drain.timeout = kDrainTime;
  workload.final_generator = UntilOkWithin(std::move(drain));
  workload.checkers = {"total-queue", "stats", "availability", "vacuous"};
  return workload;
}

}  // namespace cleave
