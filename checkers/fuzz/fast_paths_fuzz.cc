// Fuzz target: the fast paths for objects, and sets, on the histories of random_object.h and
// random_history.h, whose values are unique as the paths want them. The first byte chooses the
// object, the others are the choices.
#include "checkers/fuzz/encoded_history.h"
#include "checkers/object/fast_paths.h"
#include "checkers/object/random_object.h"
#include "checkers/streaming/set.h"
#include "checkers/testing/oracle.h"

namespace cleave {
namespace {

struct PathOfObject {
  OracleObject kind;
  const char* model;
};
constexpr PathOfObject kPaths[] = {
    {OracleObject::kQueue, "fifo-queue"},
    {OracleObject::kStack, "stack"},
    {OracleObject::kList, "list"},
    {OracleObject::kSet, "linearizable-set"},
    {OracleObject::kCounter, "linearizable-counter"},
    {OracleObject::kTokens, "semaphore"},
};

void ComparePath(const PathOfObject& path, TestRandom random) {
  RandomObjectOptions options;
  options.kind = path.kind;
  // The oracle tries every order of what a queue may hold.
  options.operations = 3 + random.Below(6);
  options.concurrency = 1 + random.Below(5);
  options.crash_percent = random.Below(3) * 10;
  options.spoilt = random.Below(4);
  options.odd_percent = 5;
  if (path.kind != OracleObject::kTokens) options.jumbled = random.Below(40);
  options.permits = 1 + random.Below(2);
  options.down = random.Below(2) == 0;
  const OwnedObject owned = RandomObject(&random, options);
  const FastResult fast = CheckFastPath(path.model, owned.object, options.permits, nullptr);
  if (!fast.applicable) return;
  const bool holds = OracleLinearizableObject(path.kind, owned.object, options.permits);
  CHECK(fast.linearizable() == holds) << path.model << ", linearizable: " << holds
                                      << ", the path: " << fast.anomaly << " " << fast.explanation;
  CHECK(holds || !OracleLinearizableObject(path.kind, owned.object, fast.evidence, options.permits))
      << "possible: " << fast.explanation;
}

void CompareSet(TestRandom random) {
  RandomSetOptions options;
  options.operations = 3 + random.Below(7);
  options.concurrency = 1 + random.Below(4);
  options.crash_percent = random.Below(3) * 15;
  options.fail_percent = random.Below(2) * 10;
  options.spoilt = random.Below(4);
  const History history = RandomSetHistory(&random, options);
  const bool holds = OracleSet(history);
  const CheckResult result = CheckSet(history, {});
  CHECK((result.verdict == Verdict::kInvalid) == !holds) << result.reason << "\n"
                                                         << WordsOf(history);
  for (const Anomaly& anomaly : result.anomalies) {
    CHECK(!OracleSet(history, anomaly.operations)) << "possible: " << anomaly.explanation << "\n"
                                                   << WordsOf(history);
  }
}

}  // namespace
}  // namespace cleave

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const cleave::TestRandom choices({data + 1, size - 1});
  const size_t which = data[0] % (std::size(cleave::kPaths) + 1);
  if (which < std::size(cleave::kPaths)) {
    cleave::ComparePath(cleave::kPaths[which], choices);
  } else {
    cleave::CompareSet(choices);
  }
  return 0;
}
