// The lattice of models against what is decided of each by itself: where one holds, no model that
// follows from it is violated.
#include <gtest/gtest.h>

#include <map>

#include "checkers/testing/asked_histories.h"
#include "checkers/testing/random_transactions.h"
#include "checkers/transactions/consistency_models.h"
#include "checkers/transactions/rw_register.h"

namespace cleave {
namespace {

History LatticeHistory(TestRandom* random) {
  RandomTransactionOptions shape;
  shape.transactions = 3 + random->Below(4);
  shape.sessions = 2 + random->Below(3);
  shape.keys = 1 + random->Below(3);
  shape.operations = 1 + random->Below(4);
  shape.spoilt = random->Below(2);
  return RandomTransactionHistory(random, shape);
}

TEST(ModelLattice, WhatFollowsFromAModelThatHoldsIsNotViolated) {
  TestRandom random(23);
  std::map<std::string, uint64_t> held, refuted;
  const uint64_t histories = AskedHistories().value_or(50'000) / 20;
  for (uint64_t i = 0; i < histories; ++i) {
    const History history = LatticeHistory(&random);
    NameSet holds, violated;
    std::string said;
    CheckOptions options;
    options.sequential_keys = random.Below(8) == 0;
    for (const ConsistencyModel& model : ConsistencyModels()) {
      options.consistency_models = {model.name};
      const CheckResult result = CheckRwRegister(history, options);
      if (result.verdict == Verdict::kUnknown) continue;
      (result.verdict == Verdict::kValid ? holds : violated).insert(model.name);
      // What is said of the others on the way is what they say themselves, before and after.
      const NameSet of_others = result.data["holds"].get<NameSet>();
      holds.insert(of_others.begin(), of_others.end());
      violated.merge(result.data["not"].get<NameSet>());
      said += std::string(model.name) + ": " + result.reason + "\n";
    }
    for (const std::string& implied : ImpliedModels(holds)) {
      ASSERT_FALSE(violated.contains(implied)) << "history " << i << ", " << implied << "\n"
                                               << said;
    }
    for (const std::string& model : holds) ++held[model];
    for (const std::string& model : violated) ++refuted[model];
  }
  for (const char* const model :
       {"read-committed", "read-atomic", "causal-cerone", "prefix", "parallel-snapshot-isolation",
        "snapshot-isolation", "serializable", "strong-session-read-committed",
        "strong-session-read-atomic", "causal", "strong-session-prefix",
        "strong-session-parallel-snapshot-isolation", "strong-session-snapshot-isolation",
        "strong-session-serializable", "strong-snapshot-isolation", "strict-serializable"}) {
    EXPECT_GT(held[model], histories / 100) << model;
    EXPECT_GT(refuted[model], histories / 100) << model;
  }
}

}  // namespace
}  // namespace cleave
