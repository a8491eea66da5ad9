// g2: two inserts for each key, at about the same time, of [a, null] and of [null, b]: each reads
// whether either is there already, and inserts its own if not (Jepsen's jepsen.tests.adya). Only
// one may commit: the other would have read what the first then changed (Adya's G2). Numbers of
// rows are unique in all keys.
#include "workloads/g2.h"

#include "workloads/recent_keys.h"

namespace cleave {

Workload MakeG2(const WorkloadOptions& options) {
  const uint64_t seed = Random::For(options.seed, "g2").Next();
  Workload workload;
  workload.interface = "g2";
  workload.functions = {"insert"};
  workload.generator = gen::Fn(seed, [seed](int64_t n, Random&) {
    const int64_t key = n / 2;
    const bool first_is_a = Random(seed + static_cast<uint64_t>(key)).Chance(0.5);
    Op op;
    op.f = "insert";
    op.key = KeyName(key);
    op.value = Json::array({nullptr, nullptr});
    op.value[(n % 2 == 0) == first_is_a ? 0 : 1] = n + 1;
    return op;
  });
  workload.checkers = {"g2", "stats", "availability", "vacuous"};
  return workload;
}

}  // namespace cleave
