// Histories of thousands of operations, some of whose answers are wrong: too long for brute force,
// so the engines judge each other. CLEAVE_ORACLE_HISTORIES of a million asks for 100,000
// operations.
#include <gtest/gtest.h>

#include "checkers/object/fast_paths.h"
#include "checkers/object/random_object.h"
#include "checkers/object/search.h"
#include "checkers/online/online.h"
#include "checkers/register/linearizable.h"
#include "checkers/register/register_frontier.h"
#include "checkers/register/register_ops.h"
#include "checkers/register/register_zones.h"
#include "checkers/testing/asked_histories.h"
#include "checkers/testing/random_history.h"
#include "harness/history/excerpt.h"

namespace cleave {
namespace {

struct LargeSize {
  uint32_t operations, histories;
};

std::vector<LargeSize> LargeSizes() {
  const uint64_t histories = AskedHistories().value_or(50'000);
  if (histories >= 1'000'000) return {{1000, 500}, {10'000, 100}, {100'000, 10}};
  if (histories >= 50'000) return {{1000, 60}, {10'000, 4}};
  return {{1000, 10}};
}

SearchBounds Patience() {
  return {std::chrono::steady_clock::now() + std::chrono::seconds(2), uint64_t{1} << 30};
}

std::optional<bool> BySearch(const Model& model, std::span<const ModelOp> ops) {
  const SearchResult found = SearchFrontier(model, ops, Patience());
  if (found.decision == SearchResult::Decision::kLinearizable) return true;
  if (found.decision == SearchResult::Decision::kViolation) return false;
  return std::nullopt;
}

std::optional<bool> ByFrontier(const RegisterKey& key) {
  using Decision = FrontierResult::Decision;
  const FrontierResult found =
      CheckFrontier(key.ops, key.values.size(), {Patience().deadline, Patience().memory});
  if (found.decision == Decision::kLinearizable) return true;
  if (found.decision == Decision::kViolation) return false;
  return std::nullopt;
}

bool Online(const History& history) {
  const auto online = MakeOnlineChecker("linearizable");
  for (const Event& event : EventsOf(history)) online->Take(event);
  return !online->violation();
}

TEST(LargeHistories, EnginesForRegistersAgree) {
  TestRandom random(41);
  std::vector<uint32_t> scratch;
  uint64_t valid = 0, invalid = 0, undecided = 0;
  for (const LargeSize& size : LargeSizes()) {
    for (uint32_t i = 0; i < size.histories; ++i) {
      RandomRegisterOptions options;
      options.operations = size.operations;
      options.concurrency = 2 + random.Below(7);
      options.unique = true;
      options.mismatches = false;
      options.crash_percent = random.Below(2);
      options.fail_percent = 5;
      options.spoilt = random.Below(2);
      const History history = RandomRegisterHistory(&random, options);
      const ByKey keys(history);
      const RegisterKey key = ExtractRegister(history, keys, 0, kNull, &scratch);
      const ZoneResult zones = CheckZones(key, 1);
      ASSERT_TRUE(zones.applicable);
      const bool expected = zones.count == 0;
      ++(expected ? valid : invalid);
      const std::optional<bool> frontier = ByFrontier(key);
      undecided += !frontier;
      ASSERT_EQ(frontier.value_or(expected), expected) << size.operations << " number " << i;
      ASSERT_EQ(Online(history), expected) << size.operations << " number " << i;
    }
  }
  printf("registers: %llu possible, %llu impossible, the frontier left %llu\n",
         static_cast<unsigned long long>(valid), static_cast<unsigned long long>(invalid),
         static_cast<unsigned long long>(undecided));
  if (valid + invalid < 50) return;  // too few to be sure of both
  EXPECT_GT(valid, 1u);
  EXPECT_GT(invalid, 1u);
  EXPECT_LT(undecided, valid + invalid);
}

struct LargeKind {
  OracleObject kind;
  const char* model;
};

class LargeObjects : public testing::TestWithParam<LargeKind> {};

TEST_P(LargeObjects, FastPathAndSearchAgree) {
  const auto [kind, name] = GetParam();
  TestRandom random(42 + static_cast<uint64_t>(kind));
  uint64_t valid = 0, invalid = 0, undecided = 0;
  for (const LargeSize& size : LargeSizes()) {
    // The list that a read shows grows with the history; of queues and stacks the search knows
    // every order that what is inside can have.
    const bool whole = kind == OracleObject::kList || kind == OracleObject::kSet;
    const bool orders = kind == OracleObject::kQueue || kind == OracleObject::kStack;
    for (uint32_t i = 0; i < size.histories; ++i) {
      RandomObjectOptions options;
      options.kind = kind;
      options.operations = std::min(size.operations, whole ? 1000u : orders ? 150u : UINT32_MAX);
      options.concurrency = 2 + random.Below(orders ? 2 : 4);
      options.crash_percent = 0;
      options.fail_percent = 0;
      options.spoilt = random.Below(2);
      options.jumbled = kind == OracleObject::kSemaphore ? 0 : random.Below(100);
      const OwnedObject owned = cleave::RandomObject(&random, options);
      const FastResult fast = CheckFastPath(name, owned.object, 1, nullptr);
      if (!fast.applicable) continue;
      ++(fast.linearizable() ? valid : invalid);
      const auto model = FindModel(name)->make({owned.history.get(), kNull, 1});
      const std::optional<bool> search = BySearch(*model, owned.object.ops);
      undecided += !search;
      ASSERT_EQ(search.value_or(fast.linearizable()), fast.linearizable())
          << name << " of " << size.operations << " number " << i << ": " << fast.explanation;
    }
  }
  printf("%s: %llu possible, %llu impossible, the search left %llu\n", name,
         static_cast<unsigned long long>(valid), static_cast<unsigned long long>(invalid),
         static_cast<unsigned long long>(undecided));
  if (valid + invalid < 50) return;  // too few to be sure of both
  EXPECT_GT(valid, 1u);
  EXPECT_GT(invalid, 1u);
  EXPECT_LT(undecided, valid + invalid);
}

INSTANTIATE_TEST_SUITE_P(Every, LargeObjects,
                         testing::Values(LargeKind{OracleObject::kQueue, "fifo-queue"},
                                         LargeKind{OracleObject::kStack, "stack"},
                                         LargeKind{OracleObject::kCounter, "linearizable-counter"},
                                         LargeKind{OracleObject::kList, "list"},
                                         LargeKind{OracleObject::kSet, "linearizable-set"},
                                         LargeKind{OracleObject::kSemaphore, "mutex"}),
                         [](const auto& info) {
                           std::string name = info.param.model;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace cleave
