// Shrinking takes only steps that keep what is possible possible.
#include "checkers/register/register_shrink.h"

#include <gtest/gtest.h>

#include "checkers/testing/random_history.h"

namespace cleave {
namespace {

bool Possible(const std::vector<RegisterOp>& ops, size_t values) {
  const FrontierBounds bounds{std::chrono::steady_clock::now() + std::chrono::minutes(1), 1 << 30};
  return CheckFrontier(ops, values, bounds).decision == FrontierResult::Decision::kLinearizable;
}

RegisterKey RandomPossible(TestRandom* random) {
  RandomRegisterOptions options;
  options.operations = 6 + random->Below(20);
  options.concurrency = 1 + random->Below(4);
  options.values = 1 + random->Below(4);
  options.spoilt = 0;
  options.crash_percent = random->Below(3) * 10;
  const History history = RandomRegisterHistory(random, options);
  std::vector<uint32_t> scratch;
  return ExtractRegister(history, ByKey(history), 0, kNull, &scratch);
}

TEST(RegisterShrink, AWindowOfAPossibleHistoryIsPossible) {
  TestRandom random(5);
  for (int i = 0; i < 20'000; ++i) {
    const RegisterKey key = RandomPossible(&random);
    const Position since = random.Below(60);
    ASSERT_TRUE(Possible(WindowSince(key.ops, since), key.values.size()))
        << "history " << i << " since " << since;
  }
}

TEST(RegisterShrink, LeavingOutWhatIsUnseenKeepsAPossibleHistoryPossible) {
  TestRandom random(6);
  for (int i = 0; i < 20'000; ++i) {
    const RegisterKey key = RandomPossible(&random);
    std::vector<RegisterOp> ops = key.ops;
    for (size_t n = ops.size(); n > 0 && !ops.empty(); --n) {
      const size_t at = random.Below(static_cast<uint32_t>(ops.size()));
      if (ops[at].changes() && !Unseen(ops, at)) continue;
      ops.erase(ops.begin() + static_cast<std::ptrdiff_t>(at));
    }
    ASSERT_TRUE(Possible(ops, key.values.size())) << "history " << i;
  }
}

}  // namespace
}  // namespace cleave
