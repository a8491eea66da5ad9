// The searches against brute force, for every model, on random small histories.
#include "checkers/object/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "checkers/object/object.h"
#include "checkers/object/random_model_ops.h"

namespace cleave {
namespace {

using SearchDecision = SearchResult::Decision;

uint64_t HistoriesPerModel() {
  const char* asked = std::getenv("CLEAVE_ORACLE_HISTORIES");
  return asked == nullptr ? 50'000 / 16 : std::strtoull(asked, nullptr, 10) / 16;
}

/// The definition: some of the crashed operations, in some order that respects real time, every
/// step possible. No shortcuts but to remember what failed.
class Definition {
 public:
  Definition(const Model& model, std::span<const ModelOp> ops) : model_(model), ops_(ops) {}
  bool Holds() { return From(0, model_.Initial()); }

 private:
  bool From(uint32_t done, const ModelState& state) {
    if (!failed_.insert({done, state}).second) return false;
    bool complete = true;
    for (uint32_t i = 0; i < ops_.size(); ++i)
      complete &= ops_[i].crashed() || (done >> i & 1) != 0;
    if (complete) return true;
    for (uint32_t i = 0; i < ops_.size(); ++i) {
      if ((done >> i & 1) != 0 || !Minimal(i, done)) continue;
      std::vector<ModelState> next;
      model_.Step(state, ops_[i], &next);
      for (const ModelState& after : next) {
        if (From(done | uint32_t{1} << i, after)) return true;
      }
    }
    return false;
  }
  bool Minimal(uint32_t i, uint32_t done) const {
    for (uint32_t j = 0; j < ops_.size(); ++j) {
      if ((done >> j & 1) == 0 && ops_[j].ret < ops_[i].call) return false;
    }
    return true;
  }

  const Model& model_;
  const std::span<const ModelOp> ops_;
  std::set<std::pair<uint32_t, ModelState>> failed_;
};

/// Whether an order is one of all completed operations, respects real time, and can be executed.
bool IsWitness(const Model& model, std::span<const ModelOp> ops,
               const std::vector<uint32_t>& order) {
  std::vector<bool> done(ops.size(), false);
  std::set<ModelState> states{model.Initial()};
  Position latest_call = 0;
  for (const uint32_t i : order) {
    if (done[i] || ops[i].ret < latest_call) return false;
    done[i] = true;
    latest_call = std::max(latest_call, ops[i].call);
    std::vector<ModelState> next;
    for (const ModelState& state : states) model.Step(state, ops[i], &next);
    states = {next.begin(), next.end()};
  }
  for (uint32_t i = 0; i < ops.size(); ++i) {
    if (!done[i] && !ops[i].crashed()) return false;
  }
  return !states.empty();
}

class SearchOfModel : public testing::TestWithParam<size_t> {};

TEST_P(SearchOfModel, AgreesWithTheDefinition) {
  const ModelVocabulary words;
  const ModelInfo& info = Models()[GetParam()];
  const auto model = info.make({&words.history, kNull, 2});
  TestRandom random(GetParam() + 1);
  uint64_t valid = 0, invalid = 0;
  for (uint64_t i = 0; i < HistoriesPerModel(); ++i) {
    const auto ops =
        RandomModelOps(words, info, *model, &random, 2 + random.Below(7), 1 + random.Below(4));
    const bool holds = Definition(*model, ops).Holds();
    ++(holds ? valid : invalid);
    const SearchBounds bounds{std::chrono::steady_clock::now() + std::chrono::minutes(1)};
    for (const auto search : {SearchFrontier, SearchDepthFirst, Search}) {
      const SearchResult found = search(*model, ops, bounds);
      ASSERT_EQ(found.decision, holds ? SearchDecision::kLinearizable : SearchDecision::kViolation)
          << info.name << " history " << i << " by " << found.engine;
      if (holds) {
        ASSERT_TRUE(IsWitness(*model, ops, found.order)) << info.name << " history " << i;
        continue;
      }
      const ObjectEvidence evidence =
          ShrinkObject(*model, {&words.history, kNoKey, ops}, found, bounds);
      ASSERT_FALSE(Definition(*model, evidence.ops).Holds()) << info.name << " history " << i;
    }
  }
  EXPECT_GT(valid, HistoriesPerModel() / 10);
  EXPECT_GT(invalid, HistoriesPerModel() / 100);
}

std::string NameOfModel(const testing::TestParamInfo<size_t>& info) {
  std::string name = Models()[info.param].name;
  std::erase(name, '-');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Every, SearchOfModel, testing::Range<size_t>(0, Models().size()),
                         NameOfModel);

}  // namespace
}  // namespace cleave
