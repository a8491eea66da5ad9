// The lattice of consistency models.
#include "checkers/transactions/consistency_models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cleave {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

TEST(ConsistencyModels, EveryModelComesBehindWhatItImplies) {
  NameSet known;
  for (const ConsistencyModel& model : ConsistencyModels()) {
    known.insert(model.name);
    for (const std::string& implied : ImpliedModels({model.name})) {
      EXPECT_THAT(known, Contains(implied)) << model.name;
    }
  }
}

TEST(ConsistencyModels, EveryNameAndAliasIsFoundAndNoneIsTwice) {
  const std::vector<std::string> names = ConsistencyModelNames();
  EXPECT_EQ(NameSet(names.begin(), names.end()).size(), names.size());
  for (const std::string& name : names) EXPECT_NE(FindConsistencyModel(name), nullptr) << name;
  EXPECT_STREQ(FindConsistencyModel("PL-SS")->name, "strict-serializable");
  EXPECT_EQ(FindConsistencyModel("PL-4"), nullptr);
  EXPECT_THROW(ImpliedModels({"PL-4"}), std::invalid_argument);
  EXPECT_THROW(RuledOutModels({"G3"}), std::invalid_argument);
}

TEST(ConsistencyModels, EveryProscribedAnomalyIsKnown) {
  for (const ConsistencyModel& model : ConsistencyModels()) {
    EXPECT_NO_THROW(ProscribedAnomalies({model.name})) << model.name;
  }
  const std::vector<std::string> names = TransactionAnomalyNames();
  for (const std::string& name : names) {
    for (const std::string& implied : ImpliedAnomalies({name}))
      EXPECT_THAT(names, Contains(implied));
  }
}

TEST(ConsistencyModels, AStrongerModelProscribesNoLess) {
  for (const ConsistencyModel& model : ConsistencyModels()) {
    const NameSet strong = ProscribedAnomalies({model.name});
    for (const std::string& weaker : ImpliedModels({model.name})) {
      for (const std::string& anomaly : ProscribedAnomalies({weaker}))
        EXPECT_TRUE(strong.contains(anomaly)) << model.name << ", " << weaker << ": " << anomaly;
    }
  }
}

TEST(ConsistencyModels, AnAnomalyRulesOutExactlyWhatProscribesIt) {
  for (const std::string& anomaly : TransactionAnomalyNames()) {
    const NameSet ruled_out = RuledOutModels({anomaly});
    for (const ConsistencyModel& model : ConsistencyModels()) {
      EXPECT_EQ(ruled_out.contains(model.name), ProscribedAnomalies({model.name}).contains(anomaly))
          << anomaly << ", " << model.name;
    }
  }
}

TEST(ConsistencyModels, TheWeakestRuledOutAreWhatAnAnomalyIsNamedBy) {
  const auto weakest = [](const std::string& anomaly) {
    return WeakestModels(RuledOutModels({anomaly}));
  };
  EXPECT_THAT(weakest("G0"), ElementsAre("read-uncommitted"));
  EXPECT_THAT(weakest("G1c"), ElementsAre("read-committed"));
  EXPECT_THAT(weakest("G1a"), ElementsAre("read-committed"));
  EXPECT_THAT(weakest("G-single"), ElementsAre("consistent-view"));
  EXPECT_THAT(weakest("G-single-item"), ElementsAre("consistent-view", "repeatable-read"));
  EXPECT_THAT(weakest("G-nonadjacent-item"), ElementsAre("repeatable-read", "snapshot-isolation"));
  EXPECT_THAT(weakest("G2-item"), ElementsAre("repeatable-read"));
  EXPECT_THAT(weakest("G2"), ElementsAre("serializable"));
  EXPECT_THAT(weakest("internal"), ElementsAre("read-atomic"));
  EXPECT_THAT(weakest("G1c-process"), ElementsAre("strong-session-read-committed"));
  EXPECT_THAT(weakest("G-single-realtime"), ElementsAre("strong-snapshot-isolation"));
  EXPECT_THAT(weakest("G2-realtime"), ElementsAre("strict-serializable"));
}

TEST(ConsistencyModels, WriteSkewIsAllowedBySnapshotIsolation) {
  EXPECT_THAT(ProscribedAnomalies({"snapshot-isolation"}), Not(Contains("G2-item")));
  EXPECT_THAT(ProscribedAnomalies({"serializable"}), Contains("G2-item"));
  EXPECT_THAT(ProscribedAnomalies({"parallel-snapshot-isolation"}), Not(Contains("G-nonadjacent")));
}

TEST(ConsistencyModels, StrongestAndWeakestLeaveOutTheRest) {
  EXPECT_THAT(StrongestModels({"PL-1", "serializable", "SI"}), ElementsAre("serializable"));
  EXPECT_THAT(WeakestModels({"PL-1", "serializable", "SI"}), ElementsAre("read-uncommitted"));
}

}  // namespace
}  // namespace cleave
