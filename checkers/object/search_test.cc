// The searches against brute force, for every model, on random small histories. The verifier
// replays the orders that they find.
#include "checkers/object/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "checkers/object/model_oracle.h"
#include "checkers/object/object.h"
#include "checkers/object/random_model_ops.h"
#include "checkers/object/recorded_object.h"
#include "checkers/testing/asked_histories.h"

namespace cleave {
namespace {

using SearchDecision = SearchResult::Decision;

uint64_t HistoriesPerModel() { return AskedHistories().value_or(50'000); }

class SearchOfModel : public testing::TestWithParam<size_t> {};

TEST_P(SearchOfModel, AgreesWithTheDefinition) {
  const Vocabulary& words = Vocabulary::Get();
  const ModelInfo& info = Models()[GetParam()];
  const auto model = info.make({&words.history(), kNull, 2});
  TestRandom random(GetParam() + 1);
  uint64_t valid = 0, invalid = 0;
  for (uint64_t i = 0; i < HistoriesPerModel(); ++i) {
    const auto ops =
        RandomModelOps(words, info, *model, &random, 2 + random.Below(7), 1 + random.Below(4));
    const bool holds = OracleOfModel(*model, ops);
    ++(holds ? valid : invalid);
    const SearchBounds bounds{std::chrono::steady_clock::now() + std::chrono::minutes(1)};
    for (const auto search : {SearchFrontier, SearchDepthFirst, Search}) {
      const SearchResult found = search(*model, ops, bounds);
      ASSERT_EQ(found.decision, holds ? SearchDecision::kLinearizable : SearchDecision::kViolation)
          << info.name << " history " << i << " by " << found.engine;
      if (holds) {
        const ObjectHistory object{&words.history(), kNoKey, ops};
        ASSERT_EQ(RefusedOrder(info.name, object, true, found.order, 2), "")
            << info.name << " history " << i << " by " << found.engine;
        continue;
      }
      const ObjectEvidence evidence =
          ShrinkObject(*model, {&words.history(), kNoKey, ops}, found, bounds);
      ASSERT_FALSE(OracleOfModel(*model, evidence.ops)) << info.name << " history " << i;
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
