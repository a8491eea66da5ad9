// Read committed, read atomic and causal consistency against brute force, on every tiny history and
// on many random ones (CLEAVE_ORACLE_HISTORIES, 50,000 unless set). A cycle that is given as
// evidence is judged by itself: every edge must be what it says.
#include <gtest/gtest.h>

#include <algorithm>

#include "checkers/testing/asked_histories.h"
#include "checkers/testing/isolation_oracle.h"
#include "checkers/testing/random_transactions.h"
#include "checkers/testing/tiny_isolation.h"
#include "checkers/transactions/weak_levels.h"

namespace cleave {
namespace {

using WeakKind = WeakLevel::Kind;

constexpr struct {
  WeakLevel level;
  IsolationAxiom axiom;
  const char* name;
} kWeakLevels[] = {
    {{WeakKind::kReadCommitted, false}, IsolationAxiom::kReadCommitted, "read committed"},
    {{WeakKind::kReadAtomic, false}, IsolationAxiom::kReadAtomic, "read atomic"},
    {{WeakKind::kCausal, false}, IsolationAxiom::kCausal, "causal"},
    {{WeakKind::kReadCommitted, true}, IsolationAxiom::kReadCommitted, "sessions, read committed"},
    {{WeakKind::kReadAtomic, true}, IsolationAxiom::kReadAtomic, "sessions, read atomic"},
    {{WeakKind::kCausal, true}, IsolationAxiom::kCausal, "sessions, causal"},
};
constexpr size_t kForms = std::size(kWeakLevels);
constexpr uint64_t kClockMemory = uint64_t{1} << 30;

bool WroteKey(const IsolationHistory& h, uint32_t t, uint32_t key) {
  const auto keys = h.WritesOf(t);
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

bool HasRead(const IsolationHistory& h, uint32_t reader, uint32_t key, uint32_t writer) {
  for (const ExternalRead& read : h.ReadsOf(reader)) {
    if (read.key == key && read.writer == writer) return true;
  }
  return false;
}

bool FollowsInSession(const IsolationHistory& h, uint32_t a, uint32_t b) {
  return a != 0 && a < b && h.transactions[a].session == h.transactions[b].session &&
         h.transactions[a].ret != kNever;
}

bool InKnownOrder(const IsolationHistory& h, uint32_t key, uint32_t a, uint32_t b) {
  const std::vector<uint32_t>& known = h.known_order[key];
  const auto at = std::find(known.begin(), known.end(), a);
  if (at == known.end() || !WroteKey(h, b, key)) return false;
  return std::find(known.begin(), at, b) == at;
}

bool IsAssumed(const IsolationHistory& h, uint32_t key, uint32_t a, uint32_t b) {
  const std::vector<AssumedPair> pairs = OracleAssumptions(h);
  return std::any_of(pairs.begin(), pairs.end(), [&](const AssumedPair& pair) {
    return pair.key == key && pair.before == a && pair.after == b;
  });
}

/// A read of `key` from `writer` behind a read from `seen`.
bool ReadsLater(const IsolationHistory& h, uint32_t reader, uint32_t key, uint32_t writer,
                uint32_t seen) {
  bool saw = false;
  for (const ExternalRead& read : h.ReadsOf(reader)) {
    if (saw && read.key == key && read.writer == writer) return true;
    saw = saw || read.writer == seen;
  }
  return false;
}

bool IsPlainEdge(const IsolationHistory& h, WeakLevel level, const CommitEdge& e) {
  switch (e.reason) {
    case CommitReason::kInitial: return e.from == 0 && e.to != 0;
    case CommitReason::kSession: return level.sessions && FollowsInSession(h, e.from, e.to);
    case CommitReason::kRead: return HasRead(h, e.to, e.key, e.from);
    case CommitReason::kVersions:
      return InKnownOrder(h, e.key, e.from, e.to) || IsAssumed(h, e.key, e.from, e.to);
    case CommitReason::kForced: return false;  // see EdgeHolds
  }
  return false;
}

/// The edge, and what explains it, under the level's axiom.
bool EdgeHolds(const IsolationHistory& h, WeakLevel level, const WeakStep& step) {
  const CommitEdge& e = step.edge;
  if (e.reason != CommitReason::kForced) return step.seen_by.empty() && IsPlainEdge(h, level, e);
  if (e.from == e.to || !WroteKey(h, e.from, e.key) || !HasRead(h, e.reader, e.key, e.to)) {
    return false;
  }
  if (step.seen_by.empty() || step.seen_by.back().to != e.reader) return false;
  uint32_t at = e.from;
  for (const CommitEdge& seen : step.seen_by) {
    const bool known = seen.reason == CommitReason::kRead || seen.reason == CommitReason::kSession;
    if (!known || seen.from != at || !IsPlainEdge(h, level, seen)) return false;
    at = seen.to;
  }
  switch (level.kind) {
    case WeakKind::kReadCommitted:
      return step.seen_by.size() == 1 && step.seen_by[0].reason == CommitReason::kRead &&
             ReadsLater(h, e.reader, e.key, e.to, e.from);
    case WeakKind::kReadAtomic: return step.seen_by.size() == 1;
    case WeakKind::kCausal: return true;
  }
  return false;
}

bool IsCycle(const IsolationHistory& h, WeakLevel level, const std::vector<WeakStep>& cycle) {
  if (cycle.size() < 2) return false;
  for (size_t i = 0; i < cycle.size(); ++i) {
    if (!EdgeHolds(h, level, cycle[i])) return false;
    if (cycle[i].edge.to != cycle[(i + 1) % cycle.size()].edge.from) return false;
  }
  return true;
}

struct LevelCounts {
  uint64_t histories = 0, holds[kForms] = {};  // as kWeakLevels
};

/// Compares all levels; false where one differs.
testing::AssertionResult LevelsAgree(const IsolationHistory& h, LevelCounts* seen) {
  ++seen->histories;
  for (size_t form = 0; form < kForms; ++form) {
    const auto& [level, axiom, name] = kWeakLevels[form];
    Deadline deadline(std::chrono::minutes(1));
    const WeakVerdict verdict = CheckWeakLevel(h, level, &deadline, kClockMemory);
    const bool expected = OracleIsolation(h, axiom, level.sessions);
    if (verdict.holds != expected) {
      return testing::AssertionFailure() << name << ": the oracle says " << expected << "\n"
                                         << IsolationText(h);
    }
    if (expected && !verdict.cycle.empty()) return testing::AssertionFailure() << name;
    if (!expected && !IsCycle(h, level, verdict.cycle)) {
      std::string text;
      for (const WeakStep& step : verdict.cycle) {
        text += "t" + std::to_string(step.edge.from) + " → t" + std::to_string(step.edge.to) +
                " reason " + std::to_string(static_cast<int>(step.edge.reason)) + " reader t" +
                std::to_string(step.edge.reader) + "\n";
      }
      return testing::AssertionFailure() << name << ": no cycle:\n" << text << IsolationText(h);
    }
    seen->holds[form] += expected;
  }
  return testing::AssertionSuccess();
}

uint64_t OracleHistories() { return AskedHistories().value_or(50'000); }

TEST(WeakLevelsOracle, EveryHistoryOfThreeTransactionsOfTwoOperations) {
  LevelCounts seen;
  ForEachTinyIsolationHistory([&](const IsolationHistory& h) {
    const testing::AssertionResult agree = LevelsAgree(h, &seen);
    EXPECT_TRUE(agree);
    return static_cast<bool>(agree);
  });
  for (size_t form = 0; form < kForms; ++form) {
    EXPECT_GT(form % 3 == 0 ? seen.histories : seen.holds[form - 1], seen.holds[form]) << form;
    if (form < 3) continue;
    EXPECT_GT(seen.holds[form - 3], seen.holds[form]) << form;
  }
}

TEST(WeakLevelsOracle, RandomHistoriesOfRegisters) {
  TestRandom random(7);
  LevelCounts seen;
  for (uint64_t i = 0; i < OracleHistories(); ++i) {
    RandomTransactionOptions options;
    options.transactions = 3 + random.Below(3);
    options.sessions = 2 + random.Below(3);
    options.keys = 1 + random.Below(3);
    options.spoilt = random.Below(4) == 0;
    const History history = RandomTransactionHistory(&random, options);
    Deadline deadline(std::chrono::minutes(1));
    const RegisterHistory registers(history, &deadline);
    CheckResult result;
    if (!CheckObservations(registers, {}, &result)) continue;
    IsolationHistory h = MakeIsolationHistory(registers);
    // Some of what a store could tell: the first two versions of a key, in either order.
    if (h.keys > 0 && random.Below(4) == 0) {
      const uint32_t key = random.Below(static_cast<uint32_t>(h.keys));
      for (uint32_t t = 1; t < h.transactions.size() && h.known_order[key].size() < 2; ++t) {
        if (WroteKey(h, t, key)) h.known_order[key].push_back(t);
      }
      if (random.Below(2)) std::reverse(h.known_order[key].begin(), h.known_order[key].end());
    }
    if (random.Below(2) == 0) {
      h.assumptions = {random.Below(2) == 0, random.Below(2) == 0, random.Below(2) == 0};
    }
    ASSERT_TRUE(LevelsAgree(h, &seen)) << "history " << i;
  }
  for (const uint64_t holds : seen.holds) {
    EXPECT_GT(holds, seen.histories / 10);
    EXPECT_LT(holds, seen.histories - seen.histories / 100);
  }
}

/// By the definition again, for histories with too many orders to try them: every edge that the
/// level forces, by a closure over all pairs, and then whether they make a cycle.
class EveryEdge {
 public:
  EveryEdge(const IsolationHistory& h, bool sessions) : h_(h), n_(h.transactions.size()) {
    sees_.assign(n_, std::vector<bool>(n_, false));
    for (uint32_t b = 1; b < n_; ++b) {
      for (uint32_t a = 0; a < b; ++a) {
        sees_[a][b] = a == 0 || (sessions && FollowsInSession(h, a, b));
      }
      for (const ExternalRead& read : h.ReadsOf(b)) sees_[read.writer][b] = true;
    }
  }

  bool Holds(WeakKind level) const {
    const Pairs causes = Closure(sees_);
    Pairs before = sees_;
    for (uint32_t t3 = 1; t3 < n_; ++t3) {
      for (const ExternalRead& read : h_.ReadsOf(t3)) {
        for (uint32_t t2 = 1; t2 < n_; ++t2) {
          if (t2 == read.writer || t2 == t3 || !WroteKey(h_, t2, read.key)) continue;
          const bool seen = level == WeakKind::kCausal ? causes[t2][t3]
                            : level == WeakKind::kReadAtomic
                                ? sees_[t2][t3]
                                : ReadsLater(h_, t3, read.key, read.writer, t2);
          if (seen) before[t2][read.writer] = true;
        }
      }
    }
    const Pairs closed = Closure(std::move(before));
    for (uint32_t t = 0; t < n_; ++t) {
      if (closed[t][t]) return false;
    }
    return true;
  }

 private:
  using Pairs = std::vector<std::vector<bool>>;
  static Pairs Closure(Pairs pairs) {
    for (size_t c = 0; c < pairs.size(); ++c) {
      for (size_t a = 0; a < pairs.size(); ++a) {
        if (!pairs[a][c]) continue;
        for (size_t b = 0; b < pairs.size(); ++b) {
          if (pairs[c][b]) pairs[a][b] = true;
        }
      }
    }
    return pairs;
  }

  const IsolationHistory& h_;
  const size_t n_;
  Pairs sees_;
};

TEST(WeakLevelsOracle, LongerHistoriesAgreeWithAllTheirEdges) {
  TestRandom random(11);
  LevelCounts seen;
  for (uint64_t i = 0; i < OracleHistories() / 25; ++i) {
    RandomTransactionOptions options;
    options.transactions = 8 + random.Below(random.Below(4) == 0 ? 80 : 15);
    options.sessions = 2 + random.Below(6);
    options.keys = 2 + random.Below(8);
    options.operations = 2 + random.Below(6);
    options.spoilt = random.Below(3) == 0;
    const History history = RandomTransactionHistory(&random, options);
    Deadline deadline(std::chrono::minutes(1));
    const RegisterHistory registers(history, &deadline);
    CheckResult result;
    if (!CheckObservations(registers, {}, &result)) continue;
    const IsolationHistory h = MakeIsolationHistory(registers);
    ++seen.histories;
    const EveryEdge with_sessions(h, true), without(h, false);
    const uint32_t far_ahead = random.Below(2) == 0 ? random.Below(8) : CommitOrder::kFarAhead;
    for (size_t form = 0; form < kForms; ++form) {
      const auto& [level, axiom, name] = kWeakLevels[form];
      const WeakVerdict verdict = CheckWeakLevel(h, level, &deadline, kClockMemory, far_ahead);
      const EveryEdge& every = level.sessions ? with_sessions : without;
      ASSERT_EQ(verdict.holds, every.Holds(level.kind)) << name << "\n" << IsolationText(h);
      ASSERT_TRUE(verdict.holds || IsCycle(h, level, verdict.cycle)) << IsolationText(h);
      seen.holds[form] += verdict.holds;
    }
  }
  for (const uint64_t holds : seen.holds) {
    EXPECT_GT(holds, seen.histories / 10);
    EXPECT_LT(holds, seen.histories - seen.histories / 20);
  }
}

}  // namespace
}  // namespace cleave
