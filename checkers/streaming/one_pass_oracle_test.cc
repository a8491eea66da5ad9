// Counters, queues and long forks against brute force, on random small histories: half of what
// happens is real, under random schedules, and some answers are spoilt.
#include <gtest/gtest.h>

#include <functional>

#include "checkers/streaming/counter.h"
#include "checkers/streaming/long_fork.h"
#include "checkers/streaming/queue.h"
#include "checkers/testing/asked_histories.h"
#include "checkers/testing/one_pass_run.h"
#include "checkers/testing/random_history.h"

namespace cleave {
namespace {

int OnePassHistories() { return static_cast<int>(AskedHistories().value_or(30'000)); }

/// How many reads are no sum of what must and what can count, over all subsets of the latter.
uint64_t ImpossibleReads(const History& history) {
  const auto ops = history.operations();
  const ValueTable& values = history.values();
  uint64_t impossible = 0;
  for (const Operation& read : ops) {
    if (read.function != kRead || read.outcome != Outcome::kOk) continue;
    int64_t sure = 0;
    std::vector<int64_t> maybe;
    for (const Operation& add : ops) {
      if (add.function != kAdd || add.outcome == Outcome::kFail || add.call > read.ret) continue;
      if (add.ret < read.call) {
        sure += values.AsInt(add.input);
      } else {
        maybe.push_back(values.AsInt(add.input));
      }
    }
    int64_t low = INT64_MAX, high = INT64_MIN;
    for (uint32_t subset = 0; subset < 1u << maybe.size(); ++subset) {
      int64_t sum = sure;
      for (size_t i = 0; i < maybe.size(); ++i) sum += (subset >> i & 1) ? maybe[i] : 0;
      low = std::min(low, sum);
      high = std::max(high, sum);
    }
    const int64_t seen = values.AsInt(read.output);
    impossible += seen < low || seen > high;
  }
  return impossible;
}

TEST(OnePassOracle, CounterBoundsAreThoseOfAllSubsets) {
  uint64_t invalid = 0;
  for (int h = 0; h < OnePassHistories(); ++h) {
    TestRandom random(static_cast<uint64_t>(h));
    const bool spoil = h % 2 == 1;
    const History history = RandomCounterHistory(&random, spoil);
    const CheckResult result = CheckCounter(history, {});
    const uint64_t expected = ImpossibleReads(history);
    ASSERT_EQ(result.anomaly_count, expected) << "seed " << h;
    ASSERT_TRUE(spoil || expected == 0) << "seed " << h;
    invalid += expected > 0;
  }
  EXPECT_GT(invalid, OnePassHistories() / 20u);
}

/// A queue's history, taken apart.
struct QueueParts {
  struct Out {
    ValueId value;
    Position ret;
  };
  std::vector<const Operation*> enqueues;  // that did not fail
  std::vector<Out> outs;
  uint32_t crashed_dequeues = 0;
  bool crashed_drain = false;
  Position last_look = 0;  // the last call of who then found the queue empty

  explicit QueueParts(const History& history) {
    for (const Operation& op : history.operations()) {
      const bool ok = op.outcome == Outcome::kOk;
      if (op.function == kEnqueue) {
        if (op.outcome != Outcome::kFail) enqueues.push_back(&op);
      } else if (op.outcome == Outcome::kInfo) {
        (op.function == kDrain) ? crashed_drain = true : (++crashed_dequeues, true);
      } else if (op.function == kDrain && ok) {
        for (const ValueId v : history.values().Elements(op.output)) outs.push_back({v, op.ret});
        last_look = std::max(last_look, op.call);
      } else if (ok) {
        outs.push_back({op.output, op.ret});
      } else if (op.has_observed) {
        last_look = std::max(last_look, op.call);
      }
    }
  }

  /// Over all ways to say which enqueue each `out` came from: the least number of acknowledged
  /// elements that somebody missed. UINT32_MAX where there is no way.
  uint32_t LeastMissing(size_t out, std::vector<bool>* used) const {
    if (out == outs.size()) {
      uint32_t missing = 0;
      for (size_t e = 0; e < enqueues.size(); ++e) {
        missing +=
            !(*used)[e] && enqueues[e]->outcome == Outcome::kOk && enqueues[e]->ret < last_look;
      }
      return missing;
    }
    uint32_t least = UINT32_MAX;
    for (size_t e = 0; e < enqueues.size(); ++e) {
      if ((*used)[e] || enqueues[e]->input != outs[out].value ||
          enqueues[e]->call > outs[out].ret) {
        continue;
      }
      (*used)[e] = true;
      least = std::min(least, LeastMissing(out + 1, used));
      (*used)[e] = false;
    }
    return least;
  }
};

TEST(OnePassOracle, QueuesAgreeWithAllWaysToMatchWhatCameOut) {
  uint64_t unmatched = 0, lost = 0, valid = 0;
  for (int h = 0; h < OnePassHistories(); ++h) {
    TestRandom random(static_cast<uint64_t>(h));
    const bool unique = h % 4 < 2, spoil = h % 2 == 1;
    const History history = RandomQueueHistory(&random, spoil, unique);
    const QueueParts parts(history);
    std::vector<bool> used(parts.enqueues.size(), false);
    const uint32_t missing = parts.LeastMissing(0, &used);
    const bool matched = missing != UINT32_MAX;
    const bool loses = matched && !parts.crashed_drain && missing > parts.crashed_dequeues;
    const CheckResult queue = CheckQueue(history, {}), total = CheckTotalQueue(history, {});
    ASSERT_EQ(queue.verdict == Verdict::kInvalid, !matched) << "seed " << h << ": " << queue.reason;
    const bool invalid = total.verdict == Verdict::kInvalid;
    // An element that was enqueued more than once may hide that one of it is lost.
    const bool agrees = unique ? invalid == (!matched || loses) : !invalid || !matched || loses;
    ASSERT_TRUE(agrees) << "seed " << h << ": " << total.reason;
    ASSERT_TRUE(spoil || !invalid) << "seed " << h << ": " << total.reason;
    unmatched += !matched;
    lost += loses;
    valid += total.verdict == Verdict::kValid;
  }
  const uint64_t few = static_cast<uint64_t>(OnePassHistories()) / 100;
  EXPECT_GT(unmatched, few);
  EXPECT_GT(lost, few);
  EXPECT_GT(valid, few);
}

/// Whether some two reads of the same keys see, each, what the other does not.
bool HasFork(const History& history) {
  const ValueTable& values = history.values();
  std::vector<std::map<ValueId, ValueId>> reads;
  for (const Operation& op : history.operations()) {
    if (op.outcome != Outcome::kOk) continue;
    std::map<ValueId, ValueId> read;
    for (const ValueId mop : values.Elements(op.output)) {
      const auto parts = values.Elements(mop);
      if (values.AsText(parts[0]) == "r") read[parts[1]] = parts[2];
    }
    reads.push_back(read);
  }
  for (const auto& a : reads) {
    for (const auto& b : reads) {
      bool same = a.size() == b.size(), a_more = false, b_more = false;
      for (const auto& [key, value] : a) {
        const auto it = b.find(key);
        if (it == b.end()) {
          same = false;
        } else {
          a_more |= value != kNull && it->second == kNull;
          b_more |= value == kNull && it->second != kNull;
        }
      }
      if (same && a_more && b_more) return true;
    }
  }
  return false;
}

TEST(OnePassOracle, LongForksAreThoseOfAllPairsOfReads) {
  uint64_t forks = 0;
  for (int h = 0; h < OnePassHistories(); ++h) {
    TestRandom random(static_cast<uint64_t>(h));
    const bool spoil = h % 2 == 1;
    uint32_t written = 0, next_key = 0;  // a bit for each key
    OnePassRun run{&random, 9};
    const auto mop = [](ValueTable* values, const char* f, uint32_t key, ValueId value) {
      const ValueId parts[] = {values->String(f), values->Int(key), value};
      return values->List(parts);
    };
    run.next = [&](RawEvent* event, ValueTable* values) {
      event->function = kTxn;
      std::vector<ValueId> mops;
      if (next_key < 4 && random.Below(2) == 0) {
        mops.push_back(mop(values, "w", next_key++, values->Int(1)));
      } else {
        const uint32_t begin = random.Below(2), end = 3 + random.Below(2);
        for (uint32_t k = begin; k < end; ++k) mops.push_back(mop(values, "r", k, kNull));
      }
      event->value = values->List(mops);
    };
    run.happen = [&](RawEvent* event, ValueTable* values) {
      const auto asked = values->Elements(event->value);
      std::vector<ValueId> mops(asked.begin(), asked.end());
      for (ValueId& m : mops) {
        const std::vector<ValueId> parts(values->Elements(m).begin(), values->Elements(m).end());
        const auto key = static_cast<uint32_t>(values->AsInt(parts[1]));
        if (values->AsText(parts[0]) == "w") {
          written |= 1u << key;
        } else {
          const bool flip = spoil && random.Below(5) == 0;
          const bool seen = ((written >> key & 1) != 0) != flip;
          m = mop(values, "r", key, seen ? values->Int(1) : kNull);
        }
      }
      event->value = values->List(mops);
    };
    const History history = run.Make();
    const bool fork = HasFork(history);
    const CheckResult result = CheckLongFork(history, {});
    ASSERT_EQ(result.verdict == Verdict::kInvalid, fork) << "seed " << h << ": " << result.reason;
    ASSERT_TRUE(spoil || !fork);
    forks += fork;
  }
  EXPECT_GT(forks, OnePassHistories() / 50u);
}

}  // namespace
}  // namespace cleave
