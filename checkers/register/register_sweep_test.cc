// The sweep against brute force, over several keys: what it decides is linearizable, it decides
// whatever it should, and counts right.
#include "checkers/register/register_sweep.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "checkers/testing/oracle.h"
#include "checkers/testing/random_history.h"
#include "harness/history/notation.h"

namespace cleave {
namespace {

constexpr uint32_t kKeys = 3;

/// The same operations on one of a few keys each: by what was written or read, so that a key's
/// operations remain possible, or now and then by chance, so that values stray.
History OverKeys(const History& history, TestRandom* random, uint32_t stray_percent) {
  struct Moment {
    Position at;
    RawEvent event;
  };
  std::vector<Moment> moments;
  HistoryBuilder builder;
  ValueTable& values = builder.values();
  const auto copy = [&](ValueId id) {
    return id == kNoValue ? kNoValue : values.FromJson(history.values().ToJson(id));
  };
  for (size_t i = 0; i < history.operations().size(); ++i) {
    const Operation& op = history.operations()[i];
    const ValueId subject = op.function == kRead ? op.output : op.input;
    const uint32_t key =
        random->Below(100) < stray_percent ? random->Below(kKeys) : subject % kKeys;
    RawEvent event;
    event.process = static_cast<int32_t>(i);  // each operation its own, so that all may stay open
    event.function = op.function;
    event.key = key == 0 ? kNoValue : values.Int(key);
    event.value = copy(op.input);
    moments.push_back({op.call, event});
    if (op.ret == kNever) continue;
    event.type = op.outcome == Outcome::kOk ? EventType::kOk : EventType::kFail;
    event.value = copy(op.output);
    moments.push_back({op.ret, event});
  }
  std::sort(moments.begin(), moments.end(),
            [](const Moment& a, const Moment& b) { return a.at < b.at; });
  for (const Moment& moment : moments) EXPECT_FALSE(builder.Add(moment.event));
  return builder.Finish();
}

bool Constrains(const Operation& op) {
  if (op.function == kRead) return op.outcome == Outcome::kOk;
  return op.outcome != Outcome::kFail;
}

/// Most operations that constrain the key open at once, at the call of each.
uint32_t ConcurrencyByHand(const History& history, const std::vector<uint32_t>& operations) {
  uint32_t most = 0;
  for (const uint32_t i : operations) {
    uint32_t open = 0;
    for (const uint32_t j : operations) {
      const Operation& a = history.operations()[i];
      const Operation& b = history.operations()[j];
      open += Constrains(b) && b.ret != kNever && b.call <= a.call && b.ret > a.call;
    }
    most = std::max(most, open);
  }
  return most;
}

TEST(RegisterSweep, DecidesExactlyWhatIsLinearizableAmongUniqueValues) {
  TestRandom random(31);
  uint32_t decided = 0, undecided = 0;
  for (int n = 0; n < 30'000; ++n) {
    RandomRegisterOptions options;
    options.operations = 4 + random.Below(12);
    options.concurrency = 1 + random.Below(6);
    options.unique = true;
    options.cas = false;
    options.crash_percent = random.Below(3) * 15;
    options.spoilt = random.Below(3);
    const History one = RandomRegisterHistory(&random, options);
    const History history = OverKeys(one, &random, random.Below(2) * 10);
    const auto swept = SweepRegisters(history, kNull);
    ASSERT_EQ(swept.size(), history.keys().size() + 1);
    const bool all = OracleLinearizable(history, kNull);
    for (size_t key = 0; key < swept.size(); ++key) {
      std::vector<uint32_t> operations;
      uint32_t constraining = 0;
      for (uint32_t i = 0; i < history.operations().size(); ++i) {
        const Operation& op = history.operations()[i];
        if (std::min<size_t>(op.key, history.keys().size()) != key) continue;
        operations.push_back(i);
        constraining += Constrains(op);
      }
      ASSERT_EQ(swept[key].used, !operations.empty());
      if (operations.empty()) continue;
      ++(swept[key].decided ? decided : undecided);
      // Where a value strays, the key that it strays to takes the blame, or the one that wrote it.
      ASSERT_TRUE(swept[key].decided || !all) << "history " << n << " key " << key;
      if (!swept[key].decided) continue;
      ASSERT_TRUE(OracleLinearizable(history, operations, kNull)) << "history " << n;
      ASSERT_EQ(swept[key].operations, constraining) << "history " << n;
      ASSERT_EQ(swept[key].concurrency, ConcurrencyByHand(history, operations)) << "history " << n;
    }
  }
  EXPECT_GT(decided, 30'000u);
  EXPECT_GT(undecided, 5'000u);
}

TEST(RegisterSweep, WhateverItDecidesIsLinearizable) {
  TestRandom random(32);
  uint32_t decided = 0;
  for (int n = 0; n < 50'000; ++n) {
    RandomRegisterOptions options;
    options.operations = 2 + random.Below(8);
    options.concurrency = 1 + random.Below(5);
    options.values = 1 + random.Below(6);
    options.unique = random.Below(3) == 0;
    options.cas = random.Below(4) == 0;
    options.spoilt = random.Below(3);
    const History history = RandomRegisterHistory(&random, options);
    if (!SweepRegisters(history, kNull).back().decided) continue;
    ++decided;
    ASSERT_TRUE(OracleLinearizable(history, kNull)) << "history " << n;
  }
  EXPECT_GT(decided, 5'000u);
}

bool Decides(std::string_view notation) {
  return SweepRegisters(ParseNotation(notation), kNull).back().decided;
}

TEST(RegisterSweep, LeavesWhatIsNotPlainToOthers) {
  EXPECT_TRUE(Decides("p0: r=nil | p0: w1 ok | p1: r=1 | p0: w2 fail"));
  EXPECT_FALSE(Decides("p0: w1 ok | p0: w1 ok"));
  EXPECT_FALSE(Decides("p0: wnil ok"));
  EXPECT_FALSE(Decides("p0: w1 ok | p0: c1>2 ok"));
  EXPECT_FALSE(Decides("p0: a1 ok"));
}

TEST(RegisterSweep, AValueOnTwoKeysLeavesOneOfThemToOthers) {
  const auto swept = SweepRegisters(
      ParseNotation("p0: k1.w1 ok | p0: k2.w1 ok | p0: k2.r=1 | p0: k3.w2 ok"), kNull);
  EXPECT_TRUE(swept[0].decided);
  EXPECT_FALSE(swept[1].decided);
  EXPECT_TRUE(swept[2].decided);
  EXPECT_FALSE(swept[3].used);
}

}  // namespace
}  // namespace cleave
