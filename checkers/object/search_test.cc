// The searches against brute force, for every model, on random small histories.
#include "checkers/object/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "checkers/object/model_oracle.h"
#include "checkers/object/object.h"
#include "checkers/object/vocabulary.h"
#include "checkers/testing/random_history.h"

namespace cleave {
namespace {

using SearchDecision = SearchResult::Decision;

uint64_t HistoriesPerModel() {
  const char* asked = std::getenv("CLEAVE_ORACLE_HISTORIES");
  return asked == nullptr ? 50'000 / 16 : std::strtoull(asked, nullptr, 10) / 16;
}

/// Random operations on a real object, a few answers spoilt.
class RandomObject {
 public:
  RandomObject(const Vocabulary& words, const ModelInfo& info, const Model& model,
               TestRandom* random)
      : words_(words), info_(info), model_(model), random_(*random) {}

  std::vector<ModelOp> Make(uint32_t count, uint32_t processes) {
    std::vector<uint32_t> open;
    Position at = 0;
    while (ops_.size() < count || !open.empty()) {
      if (ops_.size() < count && open.size() < processes &&
          (open.empty() || random_.Below(2) == 0)) {
        open.push_back(static_cast<uint32_t>(ops_.size()));
        Invoke(at++, FreeProcess(open));
        done_.push_back(false);
      } else if (random_.Below(2) == 0) {
        Happen(open[random_.Below(static_cast<uint32_t>(open.size()))]);
      } else {
        const uint32_t i = random_.Below(static_cast<uint32_t>(open.size()));
        Complete(open[i], at++);
        open.erase(open.begin() + i);
      }
    }
    if (random_.Below(2) == 0) Spoil();
    std::erase_if(ops_, [&](const ModelOp& op) { return op.crashed() && model_.Observes(op); });
    return ops_;
  }

 private:
  int32_t FreeProcess(const std::vector<uint32_t>& open) const {
    std::set<int32_t> used;
    for (size_t i = 0; i + 1 < open.size(); ++i) used.insert(ops_[open[i]].process);
    int32_t process = 0;
    while (used.count(process) > 0) ++process;
    return process;
  }

  void Invoke(Position at, int32_t process) {
    const auto& name =
        info_.functions[random_.Below(static_cast<uint32_t>(info_.functions.size()))];
    ModelOp op;
    op.function = words_.Function(name);
    op.input = Any(words_.Inputs(info_, name));
    op.call = at;
    op.operation = static_cast<uint32_t>(ops_.size());
    op.process = process;
    ops_.push_back(op);
  }
  ValueId Any(const std::vector<ValueId>& from) {
    return from[random_.Below(static_cast<uint32_t>(from.size()))];
  }

  void Happen(uint32_t i) {
    if (done_[i]) return;
    ModelOp op = ops_[i];
    for (int attempt = 0; attempt < 60; ++attempt) {
      op.output = attempt == 0 ? kNull : Any(words_.Answers(info_));
      std::vector<ModelState> next;
      model_.Step(state_, op, &next);
      if (next.empty()) continue;
      state_ = next[random_.Below(static_cast<uint32_t>(next.size()))];
      ops_[i].output = op.output;
      done_[i] = true;
      return;
    }
  }
  void Complete(uint32_t i, Position at) {
    Happen(i);
    if (done_[i] && random_.Below(8) != 0) {
      ops_[i].ret = at;
    } else {
      ops_[i].output = kNoValue;
    }
  }
  void Spoil() {
    ModelOp& op = ops_[random_.Below(static_cast<uint32_t>(ops_.size()))];
    if (op.crashed()) return;
    const bool lock =
        op.function == kAcquire || op.function == kRelease;  // the answer says nothing
    if (lock) op.function = op.function == kAcquire ? kRelease : kAcquire;
    if (!lock) op.output = Any(words_.Answers(info_));
  }

  const Vocabulary& words_;
  const ModelInfo& info_;
  const Model& model_;
  TestRandom& random_;
  ModelState state_ = model_.Initial();
  std::vector<ModelOp> ops_;
  std::vector<bool> done_;
};

class SearchOfModel : public testing::TestWithParam<size_t> {};

TEST_P(SearchOfModel, AgreesWithTheDefinition) {
  const Vocabulary& words = Vocabulary::Get();
  const ModelInfo& info = Models()[GetParam()];
  const auto model = info.make({&words.history(), kNull, 2});
  TestRandom random(GetParam() + 1);
  uint64_t valid = 0, invalid = 0;
  for (uint64_t i = 0; i < HistoriesPerModel(); ++i) {
    const auto ops =
        RandomObject(words, info, *model, &random).Make(2 + random.Below(7), 1 + random.Below(4));
    const bool holds = OracleOfModel(*model, ops);
    ++(holds ? valid : invalid);
    const SearchBounds bounds{std::chrono::steady_clock::now() + std::chrono::minutes(1)};
    for (const auto search : {SearchFrontier, SearchDepthFirst, Search}) {
      const SearchResult found = search(*model, ops, bounds);
      ASSERT_EQ(found.decision, holds ? SearchDecision::kLinearizable : SearchDecision::kViolation)
          << info.name << " history " << i << " by " << found.engine;
      if (holds) {
        ASSERT_TRUE(IsLinearization(*model, ops, found.order)) << info.name << " history " << i;
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
