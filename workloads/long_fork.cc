// long-fork: keys come in groups. Each key is written once, by a transaction of its own; the other
// operations of its group read all of its keys, in any order (Jepsen's jepsen.tests.long-fork).
// Writes and reads of a group are close together in time, so that reads see some of its keys.
#include "workloads/long_fork.h"

#include <algorithm>
#include <numeric>

#include "workloads/recent_keys.h"
#include "workloads/transactions.h"

namespace cleave {
namespace {

constexpr int64_t kKeysOfGroup = 2;
constexpr int64_t kOpsOfGroup = 16;

/// Where among a group's operations its keys are written: known of any operation of the group.
std::vector<int64_t> Places(uint64_t seed, int64_t group, int64_t keys, int64_t operations) {
  std::vector<int64_t> places(static_cast<size_t>(operations));
  std::iota(places.begin(), places.end(), 0);
  Random random(seed + static_cast<uint64_t>(group));
  random.Shuffle(places);
  places.resize(static_cast<size_t>(keys));
  return places;
}

}  // namespace

Workload MakeLongFork(const WorkloadOptions& options) {
  const int64_t keys = options.key_count > 0 ? options.key_count : kKeysOfGroup;
  const int64_t operations =
      std::max(options.ops_per_key > 0 ? options.ops_per_key : kOpsOfGroup, keys + 1);
  const uint64_t seed = Random::For(options.seed, "long-fork").Next();
  Workload workload;
  workload.interface = "wr";
  workload.functions = {"txn"};
  workload.generator = gen::Fn(seed, [=](int64_t n, Random& random) {
    const int64_t group = n / operations;
    const auto places = Places(seed, group, keys, operations);
    Op op;
    op.f = "txn";
    op.value = Json::array();
    const auto written = std::find(places.begin(), places.end(), n % operations);
    if (written != places.end()) {
      op.value.push_back(MicroOp("w", group * keys + (written - places.begin()), 1));
      return op;
    }
    std::vector<int64_t> order(static_cast<size_t>(keys));
    std::iota(order.begin(), order.end(), group * keys);
    random.Shuffle(order);
    for (const int64_t key : order) op.value.push_back(MicroOp("r", key, nullptr));
    return op;
  });
  workload.checkers = {"long-fork", "stats", "availability", "vacuous"};
  return workload;
}

}  // namespace cleave
