// Serializability and snapshot isolation against what they mean: executed in every order.
#include "checkers/transactions/isolation_order.h"

#include <gtest/gtest.h>

#include "checkers/testing/asked_histories.h"
#include "checkers/testing/isolation_oracle.h"
#include "checkers/testing/random_history.h"
#include "checkers/testing/tiny_isolation.h"
#include "checkers/transactions/isolation_core.h"

namespace cleave {
namespace {

using OrderDecision = IsolationOrder::Decision;
using OrderKind = IsolationLevel::Kind;

uint64_t HowManyOrders() { return AskedHistories().value_or(50'000); }

/// Executes transactions in every order: each begins and, at once or later, commits.
class Execution {
 public:
  Execution(const IsolationHistory& history, const IsolationLevel& level)
      : h_(history),
        level_(level),
        assumed_(OracleAssumptions(history)),
        state_(h_.transactions.size(), State::kIdle) {
    current_.assign(h_.keys, IsolationHistory::kInitial);
    committed_.assign(h_.transactions.size(), 0);
    snapshot_.resize(h_.transactions.size());
    state_[IsolationHistory::kInitial] = State::kDone;
  }

  bool Possible() {
    bool done = true;
    for (uint32_t t = 1; t < state_.size(); ++t) {
      done &= state_[t] == State::kDone;
      if (state_[t] == State::kIdle && MayBegin(t) && Begin(t)) return true;
      if (state_[t] == State::kOpen && Commit(t)) return true;
    }
    return done && InAssumedOrder(assumed_, committed_);
  }

 private:
  enum class State : uint8_t { kIdle, kOpen, kDone };

  bool Precedes(uint32_t a, uint32_t b) const {
    const IsolationTransaction &x = h_.transactions[a], &y = h_.transactions[b];
    return (level_.sessions && x.session == y.session && x.call < y.call && x.ret != kNever) ||
           (level_.real_time && x.ret < y.call);
  }

  bool MayBegin(uint32_t t) const {
    for (uint32_t other = 1; other < state_.size(); ++other) {
      if (other != t && state_[other] != State::kDone && Precedes(other, t)) return false;
    }
    for (const ExternalRead& read : h_.ReadsOf(t)) {
      if (current_[read.key] != read.writer) return false;
    }
    return true;
  }

  bool Begin(uint32_t t) {
    snapshot_[t] = current_;
    state_[t] = State::kOpen;
    const bool serial = level_.kind == OrderKind::kSerializable;
    if (serial ? Commit(t) : Possible()) return true;
    state_[t] = State::kIdle;
    return false;
  }

  /// The first to commit wins, except under prefix consistency.
  bool Commit(uint32_t t) {
    for (const uint32_t key : h_.WritesOf(t)) {
      const bool overlaps = current_[key] != snapshot_[t][key];
      if (overlaps && level_.kind != OrderKind::kPrefix) return false;
      if (!InKnownOrder(key, current_[key], t)) return false;
    }
    const std::vector<uint32_t> before = current_;
    for (const uint32_t key : h_.WritesOf(t)) current_[key] = t;
    state_[t] = State::kDone;
    committed_[t] = ++commits_;
    if (Possible()) return true;
    --commits_;
    state_[t] = State::kOpen;
    current_ = before;
    return false;
  }

  bool InKnownOrder(uint32_t key, uint32_t before, uint32_t after) const {
    const std::vector<uint32_t>& known = h_.known_order[key];
    const auto place = std::find(known.begin(), known.end(), before);
    if (before == IsolationHistory::kInitial) return known.empty() || known.front() == after;
    if (place == known.end()) return std::find(known.begin(), known.end(), after) == known.end();
    return place + 1 == known.end() || place[1] == after;
  }

  const IsolationHistory& h_;
  const IsolationLevel level_;
  const std::vector<AssumedPair> assumed_;
  std::vector<State> state_;
  std::vector<uint32_t> committed_;  // by transaction: the how manieth
  uint32_t commits_ = 0;
  std::vector<uint32_t> current_;                // by key: whose version
  std::vector<std::vector<uint32_t>> snapshot_;  // by transaction: at its begin
};

/// Transactions of which each reads what somebody may have written: as often possible as not.
IsolationHistory RandomIsolation(TestRandom* random, uint32_t count, uint32_t keys,
                                 bool known_orders) {
  IsolationHistory h;
  h.keys = keys;
  h.sessions = 1 + random->Below(3);
  h.known_order.resize(keys);
  h.transactions.emplace_back();
  std::vector<std::vector<uint32_t>> writers(keys, {IsolationHistory::kInitial});
  std::vector<uint32_t> session_free(h.sessions, 0);
  for (uint32_t t = 1; t <= count; ++t) {
    IsolationTransaction txn;
    txn.transaction = t - 1;
    txn.session = random->Below(static_cast<uint32_t>(h.sessions));
    txn.call = std::max(2 * t, session_free[txn.session]);
    txn.ret = txn.call + 1 + 2 * random->Below(count);
    session_free[txn.session] = txn.ret + 1;
    if (random->Below(8) == 0) txn.ret = kNever;
    txn.writes_begin = static_cast<uint32_t>(h.writes.size());
    for (uint32_t k = 0; k < keys; ++k) {
      if (random->Below(2) != 0) continue;
      h.writes.push_back(k);
      writers[k].push_back(t);
    }
    txn.writes_end = static_cast<uint32_t>(h.writes.size());
    h.transactions.push_back(txn);
  }
  std::sort(h.transactions.begin() + 1, h.transactions.end(),
            [](const auto& a, const auto& b) { return a.call < b.call; });
  // Numbers follow the calls, and so must the writers.
  for (auto& of : writers) of.assign(1, IsolationHistory::kInitial);
  for (uint32_t t = 1; t <= count; ++t) {
    for (const uint32_t k : h.WritesOf(t)) writers[k].push_back(t);
  }
  for (uint32_t t = 1; t <= count; ++t) {
    IsolationTransaction& txn = h.transactions[t];
    txn.reads_begin = static_cast<uint32_t>(h.reads.size());
    for (uint32_t k = 0; k < keys; ++k) {
      if (random->Below(2) != 0) continue;
      // Mostly one of the latest before it.
      auto of = writers[k];
      std::erase(of, t);
      uint32_t at = random->Below(static_cast<uint32_t>(of.size()));
      while (random->Below(3) != 0 && at + 1 < of.size() && of[at + 1] < t) ++at;
      if (of[at] > t && random->Below(4) != 0) at = 0;
      h.reads.push_back({k, of[at]});
    }
    txn.reads_end = static_cast<uint32_t>(h.reads.size());
  }
  for (uint32_t k = 0; known_orders && k < keys; ++k) {
    for (size_t i = 1; i < writers[k].size() && random->Below(4) != 0; ++i) {
      h.known_order[k].push_back(writers[k][i]);
    }
  }
  return h;
}

void Assume(TestRandom* random, IsolationHistory* h) {
  h->assumptions = {random->Below(2) == 0, random->Below(2) == 0, random->Below(2) == 0};
}

/// Nothing can be executed in one order under parallel snapshot isolation: its definitions stand in
/// for that.
bool IsPossible(const IsolationHistory& h, const IsolationLevel& level) {
  if (level.kind == OrderKind::kParallelSnapshot) return OracleParallelSnapshot(h, level.sessions);
  return Execution(h, level).Possible();
}

/// None of the transactions can be left out.
void ExpectSmallest(const IsolationHistory& h, const IsolationLevel& level,
                    const std::vector<uint32_t>& suspects) {
  const auto core =
      SmallerCore(h, level, suspects, std::chrono::steady_clock::now() + std::chrono::minutes(1));
  EXPECT_FALSE(IsPossible(Restricted(h, core), level)) << IsolationText(h);
  for (size_t i = 0; i < core.size(); ++i) {
    std::vector<uint32_t> rest = core;
    rest.erase(rest.begin() + static_cast<ptrdiff_t>(i));
    EXPECT_TRUE(IsPossible(Restricted(h, rest), level)) << IsolationText(h);
  }
}

/// What is certain may go round in a circle: then in one that the level forbids.
void ExpectForbiddenCircle(const IsolationHistory& h, const IsolationLevel& level) {
  const auto circle = ShortestCircle(CertainRelations(h, level), level,
                                     static_cast<uint32_t>(h.transactions.size()));
  const auto is_rw = [](const IsolationRelation& r) {
    return r.type == IsolationRelation::Type::kRw;
  };
  for (size_t i = 0; i < circle.size(); ++i) {
    const IsolationRelation& next = circle[(i + 1) % circle.size()];
    EXPECT_EQ(circle[i].to, next.from);
    if (level.kind == OrderKind::kSnapshot || level.kind == OrderKind::kPrefix) {
      EXPECT_FALSE(is_rw(circle[i]) && is_rw(next)) << IsolationText(h);
    }
  }
  if (level.kind == OrderKind::kParallelSnapshot) {
    EXPECT_LE(std::count_if(circle.begin(), circle.end(), is_rw), 1) << IsolationText(h);
  }
}

struct OrderKindCase {
  OrderKind kind;
  const char* name;
  IsolationAxiom axiom;
};
constexpr OrderKindCase kOrderKinds[] = {
    {OrderKind::kSerializable, "serializable", IsolationAxiom::kSerializable},
    {OrderKind::kSnapshot, "snapshot isolation", IsolationAxiom::kSnapshotIsolation},
    {OrderKind::kParallelSnapshot, "parallel snapshot isolation",
     IsolationAxiom::kParallelSnapshotIsolation},
    {OrderKind::kPrefix, "prefix", IsolationAxiom::kPrefix},
};

/// Every eighth, and all of them in the long run.
TEST(IsolationOrder, AgreesWithBothDefinitionsOfParallelSnapshotIsolationOnTinyHistories) {
  const uint64_t every = HowManyOrders() >= 200'000 ? 1 : 8;
  uint64_t histories = 0, holds = 0, violated = 0;
  ForEachTinyIsolationHistory([&](const IsolationHistory& h) {
    if (histories++ % every != 0) return true;
    for (const bool sessions : {false, true}) {
      const IsolationLevel level{OrderKind::kParallelSnapshot, sessions, false};
      const bool expected = OracleParallelSnapshot(h, sessions);
      ++(expected ? holds : violated);
      EXPECT_EQ(OracleIsolation(h, IsolationAxiom::kParallelSnapshotIsolation, sessions), expected)
          << IsolationText(h);
      const IsolationOrder found =
          FindIsolationOrder(h, level, std::chrono::steady_clock::now() + std::chrono::minutes(1));
      EXPECT_EQ(found.decision, expected ? OrderDecision::kHolds : OrderDecision::kViolated)
          << IsolationText(h);
    }
    return !testing::Test::HasFailure();
  });
  printf("%llu tiny histories: of those judged %llu hold, %llu are violated\n",
         static_cast<unsigned long long>(histories), static_cast<unsigned long long>(holds),
         static_cast<unsigned long long>(violated));
  EXPECT_GT(holds, histories / every / 10);
  EXPECT_GT(violated, histories / every / 10);
}

/// Biswas & Enea's axioms know sessions, and no real time.
TEST(IsolationOrder, AgreesWithTheAxioms) {
  TestRandom random(4);
  uint64_t holds = 0, violated = 0;
  for (uint64_t i = 0; i < HowManyOrders(); ++i) {
    const IsolationHistory h =
        RandomIsolation(&random, 2 + random.Below(4), 1 + random.Below(3), random.Below(3) == 0);
    for (const auto& [kind, name, axiom] : kOrderKinds) {
      const bool sessions = random.Below(2) == 0;
      const bool expected = OracleIsolation(h, axiom, sessions);
      const IsolationOrder found = FindIsolationOrder(
          h, {kind, sessions, false}, std::chrono::steady_clock::now() + std::chrono::minutes(1));
      ++(expected ? holds : violated);
      ASSERT_EQ(found.decision, expected ? OrderDecision::kHolds : OrderDecision::kViolated)
          << "history " << i << " " << name << "\n"
          << IsolationText(h);
    }
  }
  EXPECT_GT(holds, HowManyOrders() / 5);
  EXPECT_GT(violated, HowManyOrders() / 5);
}

struct DecisionCounts {
  uint64_t holds = 0, violated = 0;
  uint64_t by_assumption = 0;  // violated, though it holds where nothing is assumed
};

/// Decides a level in both ways, and judges the evidence.
void ExpectSameDecision(const IsolationHistory& h, const char* name, const IsolationLevel& level,
                        DecisionCounts* counts) {
  const bool expected = IsPossible(h, level);
  const IsolationOrder found =
      FindIsolationOrder(h, level, std::chrono::steady_clock::now() + std::chrono::minutes(1));
  ++(expected ? counts->holds : counts->violated);
  ASSERT_EQ(found.decision, expected ? OrderDecision::kHolds : OrderDecision::kViolated)
      << name << (level.sessions ? " sessions" : "") << (level.real_time ? " real time" : "")
      << "\n"
      << IsolationText(h);
  if (expected) return;
  IsolationHistory plain = h;
  plain.assumptions = {};
  if (!OracleAssumptions(h).empty()) counts->by_assumption += IsPossible(plain, level);
  ASSERT_FALSE(IsPossible(Restricted(h, found.core), level))
      << "the core is possible\n"
      << IsolationText(h) << testing::PrintToString(found.core);
  ExpectSmallest(h, level, found.core);
  ExpectForbiddenCircle(h, level);
}

void ExpectSameDecisions(uint32_t seed, bool assume) {
  TestRandom random(seed);
  DecisionCounts counts;
  for (uint64_t i = 0; i < HowManyOrders() && !testing::Test::HasFatalFailure(); ++i) {
    IsolationHistory h =
        RandomIsolation(&random, 2 + random.Below(4), 1 + random.Below(3), random.Below(3) == 0);
    if (assume) Assume(&random, &h);
    for (const auto& [kind, name, axiom] : kOrderKinds) {
      const bool sessions = random.Below(2) == 0;
      const bool real_time = random.Below(2) == 0 && kind != OrderKind::kParallelSnapshot;
      ExpectSameDecision(h, name, {kind, sessions, real_time}, &counts);
    }
  }
  printf("%llu hold, %llu violated, %llu by what is assumed\n",
         static_cast<unsigned long long>(counts.holds),
         static_cast<unsigned long long>(counts.violated),
         static_cast<unsigned long long>(counts.by_assumption));
  EXPECT_GT(counts.holds, HowManyOrders() / 5);
  EXPECT_GT(counts.violated, HowManyOrders() / 5);
  EXPECT_GE(counts.by_assumption, assume ? HowManyOrders() / 50 : 0);
}

TEST(IsolationOrder, AgreesWithExecutionInEveryOrder) { ExpectSameDecisions(3, false); }

TEST(IsolationOrder, AgreesWithExecutionInEveryOrderThatSuitsWhatIsAssumedOfKeys) {
  ExpectSameDecisions(4, true);
}

}  // namespace
}  // namespace cleave
