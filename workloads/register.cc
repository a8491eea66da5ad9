// register: groups of threads each work on a key of their own, ops_per_key operations long, then
// take the next key. Reads, writes and compare-and-sets come 4 : 3 : 3.
//
// Every write and every cas stores a value that nothing else stores in that key (the number of the
// operation), so that checking needs no search. A cas expects a value that a recent operation of
// the key wrote: often the current one, so that a good part succeeds, and often the same for two of
// them at once.
#include "workloads/register.h"

#include <algorithm>

#include "workloads/recent_keys.h"

namespace cleave {
namespace {

constexpr int64_t kOpsPerKey = 150;
constexpr int kThreadsPerKey = 5;
constexpr size_t kFinalKeys = 20;

enum class Kind { kRead, kWrite, kCas };

/// What operation n of a key is: known of any n, so that a cas finds the writes before it.
Kind KindOf(uint64_t seed, int64_t n) {
  Random random(seed + static_cast<uint64_t>(n));
  const uint64_t draw = random.Below(10);
  return draw < 4 ? Kind::kRead : draw < 7 ? Kind::kWrite : Kind::kCas;
}

/// The value of one of the last few operations before n that store one; 0 where there is none. A
/// cas may have failed, so that its value is a worse guess than a write's.
int64_t PlausibleValue(uint64_t seed, int64_t n, Random& random) {
  for (int64_t i = n - 1; i >= 0; --i) {
    const Kind kind = KindOf(seed, i);
    if (kind == Kind::kRead) continue;
    if (random.Chance(kind == Kind::kWrite ? 0.6 : 0.4)) return i + 1;
  }
  return 0;
}

Op MakeOp(uint64_t seed, int64_t n, Random& random) {
  Op op;
  const int64_t value = n + 1;
  const Kind kind = KindOf(seed, n);
  const int64_t expected = kind == Kind::kCas ? PlausibleValue(seed, n, random) : 0;
  if (kind == Kind::kRead) {
    op.f = "read";
  } else if (expected == 0) {
    op.f = "write";
    op.value = value;
  } else {
    op.f = "cas";
    op.value = Json::array({expected, value});
  }
  return op;
}

GeneratorPtr KeyGenerator(uint64_t seed, int64_t key, int64_t operations) {
  const uint64_t key_seed = Random::For(seed, "register " + KeyName(key)).Next();
  return gen::Limit(operations, gen::Fn(key_seed, [key_seed](int64_t n, Random& random) {
                      return MakeOp(key_seed, n, random);
                    }));
}

/// Every thread reads every recent key once it can.
GeneratorPtr FinalReads(const RecentKeys& recent) {
  std::vector<GeneratorPtr> reads;
  for (int64_t key : recent.Latest()) {
    Op read;
    read.f = "read";
    read.key = KeyName(key);
    reads.push_back(UntilOkWithin(std::move(read)));
  }
  return gen::EachThread(gen::Sequence(std::move(reads)));
}

}  // namespace

Workload MakeRegister(const WorkloadOptions& options) {
  const int64_t operations = options.ops_per_key > 0 ? options.ops_per_key : kOpsPerKey;
  const int64_t keys_at_once = std::clamp<int64_t>(
      options.key_count > 0 ? options.key_count : options.concurrency / kThreadsPerKey, 1,
      options.concurrency);
  // Rounded up: never more groups than keys asked for; the last group may be smaller.
  const int threads = static_cast<int>((options.concurrency + keys_at_once - 1) / keys_at_once);
  auto recent = std::make_shared<RecentKeys>(std::max<size_t>(kFinalKeys, keys_at_once));
  const uint64_t seed = options.seed;
  Workload workload;
  workload.interface = "register";
  workload.functions = {"read", "write", "cas"};
  const auto make = [=](int64_t key) {
    recent->Note(key);
    return KeyGenerator(seed, key, operations);
  };
  workload.generator = gen::Concurrent(threads, -1, make, KeyName);
  workload.final_generator = Late([recent] { return FinalReads(*recent); });
  workload.checkers = {"linearizable", "stats", "availability", "vacuous"};
  return workload;
}

}  // namespace cleave
