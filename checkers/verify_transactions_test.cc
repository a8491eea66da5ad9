// Orders of transactions: every valid verdict's passes the verifier, and the verifier accepts
// exactly what the definitions do, here written down a second time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <sstream>

#include "checkers/checker.h"
#include "checkers/testing/asked_histories.h"
#include "checkers/testing/random_history.h"
#include "checkers/testing/random_transactions.h"
#include "checkers/transactions/order_witness.h"
#include "checkers/witness.h"
#include "harness/history/notation.h"

namespace cleave {
namespace {

using ::testing::HasSubstr;

uint64_t HowManyTransactionalHistories() { return AskedHistories().value_or(4'000); }

/// What the verifier says of an order, by indices.
std::string RefusalUnder(const char* level, std::string_view notation, std::vector<uint32_t> order,
                         const char* model = "list-append") {
  const History history = ParseNotation(notation);
  return Verify(history, {{model, kNoKey, std::move(order), level}}, {}).value_or("");
}

constexpr const char* kSkewToVerify = "rxay1 ryax1 rxay1! ryax1!";

TEST(VerifyTransactions, AWriteSkewIsAnOrderOfBeginsAndCommitsButNoSerialOne) {
  EXPECT_EQ(RefusalUnder("snapshot-isolation", kSkewToVerify, {0, 1, 0, 1}), "");
  EXPECT_EQ(RefusalUnder("strong-snapshot-isolation", kSkewToVerify, {0, 1, 1, 0}), "");
  EXPECT_THAT(RefusalUnder("serializable", kSkewToVerify, {0, 1}),
              HasSubstr("reads key \"y\" as null where it is [1]"));
  EXPECT_THAT(RefusalUnder("snapshot-isolation", kSkewToVerify, {0, 0, 1, 1}),
              HasSubstr("reads key"));
}

TEST(VerifyTransactions, TheFirstCommitterWins) {
  const char* text = "ax1 ax2 ax1! ax2!";
  EXPECT_EQ(RefusalUnder("snapshot-isolation", text, {0, 0, 1, 1}), "");
  EXPECT_THAT(RefusalUnder("snapshot-isolation", text, {0, 1, 0, 1}), HasSubstr("another one"));
  EXPECT_EQ(RefusalUnder("snapshot-isolation", "p0: ax1ax2 ok | p0: rx12 ok", {0, 0, 1, 1}), "");
}

TEST(VerifyTransactions, RealTimeAndSessionsAreRespectedWhereTheLevelAsksForThem) {
  const char* others = "p0: ax1 ok | p1: rx ok";
  EXPECT_EQ(RefusalUnder("strong-session-serializable", others, {1, 0}), "");
  EXPECT_THAT(RefusalUnder("strict-serializable", others, {1, 0}), HasSubstr("had returned"));
  EXPECT_THAT(RefusalUnder("strong-snapshot-isolation", others, {1, 1, 0, 0}), HasSubstr("had re"));
  const char* own = "p0: ax1 ok | p0: rx ok";
  EXPECT_EQ(RefusalUnder("serializable", own, {1, 0}), "");
  EXPECT_THAT(RefusalUnder("strong-session-serializable", own, {1, 0}), HasSubstr("had returned"));
  EXPECT_EQ(RefusalUnder("snapshot-isolation", own, {0, 1, 1, 0}), "");
  EXPECT_THAT(RefusalUnder("strong-session-snapshot-isolation", own, {0, 1, 1, 0}),
              HasSubstr("had returned"));
}

TEST(VerifyTransactions, ASessionEndsWithATransactionOfUnknownOutcome) {
  const char* text = "p0: ax1 info | p0: rx ok | p1: rx1 ok";
  EXPECT_EQ(RefusalUnder("strong-session-serializable", text, {1, 0, 2}), "");
  EXPECT_EQ(RefusalUnder("strict-serializable", text, {1, 0, 2}), "");
}

TEST(VerifyTransactions, WhatIsOkIsThereOnceWhatFailedIsNotAndWhatIsUnknownMayBe) {
  const char* text = "p0: ax1 ok | p1: ax2 fail | p2: ay3 info";
  EXPECT_EQ(RefusalUnder("serializable", text, {0}), "");
  EXPECT_EQ(RefusalUnder("serializable", text, {0, 2}), "");
  EXPECT_THAT(RefusalUnder("serializable", text, {2}), HasSubstr("not in the order"));
  EXPECT_THAT(RefusalUnder("serializable", text, {0, 0}), HasSubstr("too often"));
  EXPECT_THAT(RefusalUnder("snapshot-isolation", text, {0, 0, 0}), HasSubstr("too often"));
  EXPECT_THAT(RefusalUnder("snapshot-isolation", text, {0, 0, 2}), HasSubstr("does not commit"));
  EXPECT_THAT(RefusalUnder("serializable", text, {0, 1}), HasSubstr("failed"));
}

TEST(VerifyTransactions, ATransactionReadsItsOwnWrites) {
  EXPECT_EQ(RefusalUnder("serializable", "p0: ax1 ok | p1: ax2rx12 ok", {0, 1}), "");
  EXPECT_THAT(RefusalUnder("serializable", "p0: ax1 ok | p1: ax2rx1 ok", {0, 1}),
              HasSubstr("as [1] where it is [1] and its own [2]"));
  EXPECT_EQ(RefusalUnder("serializable", "p0: wx1 ok | p1: wx2rx=2 ok", {0, 1}, "rw-register"), "");
  EXPECT_THAT(RefusalUnder("serializable", "p0: wx1 ok | p1: wx2rx=1 ok", {0, 1}, "rw-register"),
              HasSubstr("reads key"));
}

TEST(VerifyTransactions, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(RefusalUnder("causal", kSkewToVerify, {0, 1}), HasSubstr("no order can show causal"));
  EXPECT_THAT(RefusalUnder("serializable", kSkewToVerify, {0, 1}, "rw-register"),
              HasSubstr("registers"));
  EXPECT_THAT(RefusalUnder("serializable", kSkewToVerify, {0, 1}, "stack"),
              HasSubstr("no transactions"));
  EXPECT_THAT(RefusalUnder("serializable", "p0: w1 ok", {0}), HasSubstr("no transaction"));
  EXPECT_THAT(RefusalUnder("serializable", "p0: txn(5)=5", {0}), HasSubstr("no transaction"));
  EXPECT_THAT(RefusalUnder("serializable", "p0: txn([1,[2,3]])=[1,[2,3]]", {0}),
              HasSubstr("no transaction"));
}

TEST(VerifyTransactions, WithoutRealTimeNothingIsStrict) {
  HistoryBuilder builder;
  builder.SetNoRealTime();
  const History history = builder.Finish();
  EXPECT_EQ(Verify(history, {{"rw-register", kNoKey, {}, "serializable"}}, {}), std::nullopt);
  EXPECT_THAT(Verify(history, {{"rw-register", kNoKey, {}, "strict-serializable"}}, {}).value(),
              HasSubstr("no real time"));
}

TEST(VerifyTransactions, FilesGiveBackWhatWasWritten) {
  const History history = ParseNotation("p0: ax1 ok | p0: rx1 ok");
  std::stringstream file;
  WriteWitnesses(file, history, {{"list-append", kNoKey, {0, 1}, "strict-serializable"}});
  EXPECT_EQ(file.str(),
            "{\"model\":\"list-append\",\"level\":\"strict-serializable\",\"key\":null,"
            "\"order\":[0,2]}\n");
  const auto read = ReadWitnesses(file, history);
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].level, "strict-serializable");
  EXPECT_EQ(Verify(history, read, {}), std::nullopt);
}

/// The definitions again, pair by pair, from where each transaction begins and commits.
class OrderByDefinition {
 public:
  OrderByDefinition(const History& history, const Witness& witness, const IsolationLevel& level)
      : h_(history), ops_(history.operations()), lists_(witness.model == "list-append") {
    level_ = level;
    snapshot_ = level.kind == IsolationLevel::Kind::kSnapshot;
    for (size_t p = 0; p < witness.order.size(); ++p) places_[witness.order[p]].push_back(p);
  }

  bool Right() const {
    for (uint32_t t = 0; t < ops_.size(); ++t) {
      const bool there = places_.contains(t);
      if (ops_[t].outcome == Outcome::kFail && there) return false;
      if (ops_[t].outcome == Outcome::kOk && !there) return false;
      if (there && places_.at(t).size() != (snapshot_ ? 2 : 1)) return false;
    }
    for (const auto& [a, x] : places_) {
      if (ops_[a].outcome == Outcome::kOk && !Reads(a)) return false;
      for (const auto& [b, y] : places_) {
        if (a == b) continue;
        if (MustPrecede(a, b) && x.back() > y.front()) return false;
        const bool concurrent = x.front() < y.back() && y.front() < x.back();
        if (concurrent && WriteTheSame(a, b)) return false;
      }
    }
    return true;
  }

 private:
  using Key = std::pair<KeyId, ValueId>;
  struct Mop {
    bool write;
    Key key;
    ValueId value;
  };

  std::vector<Mop> Mops(uint32_t t) const {
    std::vector<Mop> mops;
    const bool ok = ops_[t].outcome == Outcome::kOk;
    for (const ValueId id : h_.values().Elements(ok ? ops_[t].output : ops_[t].input)) {
      const auto parts = h_.values().Elements(id);
      mops.push_back({h_.values().AsText(parts[0]) != "r", {ops_[t].key, parts[1]}, parts[2]});
    }
    return mops;
  }

  /// The versions of a key that were committed before `t` began, in order.
  std::vector<ValueId> Snapshot(uint32_t t, const Key& key) const {
    std::map<size_t, uint32_t> by_commit;
    for (const auto& [other, places] : places_) {
      if (other != t && places.back() < places_.at(t).front()) by_commit[places.back()] = other;
    }
    std::vector<ValueId> versions;
    for (const auto& [place, other] : by_commit) {
      for (const Mop& m : Mops(other)) {
        if (m.write && m.key == key) versions.push_back(m.value);
      }
    }
    return versions;
  }

  bool Reads(uint32_t t) const {
    std::vector<Mop> earlier;
    for (const Mop& m : Mops(t)) {
      std::vector<ValueId> versions = Snapshot(t, m.key);
      for (const Mop& e : earlier) {
        if (e.write && e.key == m.key) versions.push_back(e.value);
      }
      earlier.push_back(m);
      if (m.write) continue;
      const ValueId last = versions.empty() ? kNull : versions.back();
      if (!lists_ && m.value != last) return false;
      if (lists_ && (m.value == kNull ? std::vector<ValueId>() : ListOf(m.value)) != versions)
        return false;
    }
    return true;
  }
  std::vector<ValueId> ListOf(ValueId list) const {
    const auto elements = h_.values().Elements(list);
    return {elements.begin(), elements.end()};
  }

  bool MustPrecede(uint32_t a, uint32_t b) const {
    if (level_.real_time && ops_[a].ret < ops_[b].call) return true;
    if (!level_.sessions || ops_[a].process != ops_[b].process || a > b) return false;
    for (uint32_t t = a; t < b; ++t) {  // what follows a crash is another client
      if (ops_[t].process == ops_[a].process && ops_[t].outcome == Outcome::kInfo) return false;
    }
    return true;
  }

  bool WriteTheSame(uint32_t a, uint32_t b) const {
    for (const Mop& x : Mops(a)) {
      for (const Mop& y : Mops(b)) {
        if (x.write && y.write && x.key == y.key) return true;
      }
    }
    return false;
  }

  const History& h_;
  const std::span<const Operation> ops_;
  const bool lists_;
  IsolationLevel level_;
  bool snapshot_;
  std::map<uint32_t, std::vector<size_t>> places_;
};

struct WitnessCounts {
  uint64_t accepted = 0, refused = 0;
  std::map<std::string, uint64_t> levels;
};

/// Swaps two places, leaves one out, doubles one, or puts any transaction in.
Witness Mutated(Witness witness, const History& history, TestRandom* random) {
  auto& order = witness.order;
  const auto any = [&] { return random->Below(static_cast<uint32_t>(order.size())); };
  for (uint32_t n = 1 + random->Below(2); n > 0 && !order.empty(); --n) {
    const auto at = order.begin() + any();
    switch (random->Below(4)) {
      case 0: std::swap(*at, order[any()]); break;
      case 1: order.erase(at); break;
      case 2: order.insert(at, order[any()]); break;
      default: order.insert(at, random->Below(static_cast<uint32_t>(history.operations().size())));
    }
  }
  return witness;
}

void ExpectRightOrders(const char* checker, const History& history, const OrderedModel& model,
                       TestRandom* random, WitnessCounts* counts) {
  std::vector<Witness> witnesses;
  CheckOptions options;
  options.witnesses = &witnesses;
  options.consistency_models = {model.name};
  const CheckResult result = RunChecker(*FindChecker(checker), history, options);
  ASSERT_EQ(witnesses.size(), result.verdict == Verdict::kValid ? 1u : 0u)
      << model.name << ": " << result.reason << " " << result.data.dump();
  if (witnesses.empty()) return;
  ++counts->levels[model.name];
  ASSERT_EQ(witnesses[0].level, model.name);
  ASSERT_EQ(Verify(history, witnesses, {}), std::nullopt) << model.name;
  ASSERT_TRUE(OrderByDefinition(history, witnesses[0], model.level).Right()) << model.name;
  for (int i = 0; i < 4; ++i) {
    const Witness other = Mutated(witnesses[0], history, random);
    const bool right = OrderByDefinition(history, other, model.level).Right();
    const auto refused = Verify(history, {other}, {});
    ASSERT_EQ(!refused.has_value(), right)
        << model.name << " " << testing::PrintToString(other.order) << refused.value_or("");
    ++(right ? counts->accepted : counts->refused);
  }
}

std::string TransactionTexts(const History& history) {
  std::string text;
  for (uint32_t i = 0; i < history.operations().size(); ++i) {
    const Operation& op = history.operations()[i];
    text += std::to_string(i) + " p" + std::to_string(op.process) + " [" + std::to_string(op.call) +
            "," + (op.ret == kNever ? "∞" : std::to_string(op.ret)) + "] " + history.Describe(i) +
            "\n";
  }
  return text;
}

void ExpectEveryValidHistoryHasAnOrder(const char* checker,
                                       const std::function<History(TestRandom*)>& make) {
  TestRandom random(91);
  WitnessCounts counts;
  for (uint64_t i = 0; i < HowManyTransactionalHistories(); ++i) {
    const History history = make(&random);
    for (const OrderedModel& model : OrderedModels()) {
      ExpectRightOrders(checker, history, model, &random, &counts);
      ASSERT_FALSE(testing::Test::HasFatalFailure()) << "history " << i << "\n"
                                                     << TransactionTexts(history);
    }
  }
  std::string levels;
  for (const auto& [level, count] : counts.levels) {
    levels += level + " " + std::to_string(count) + ", ";
    EXPECT_GT(count, HowManyTransactionalHistories() / 10) << level;
  }
  EXPECT_EQ(counts.levels.size(), OrderedModels().size());
  EXPECT_GT(counts.accepted, HowManyTransactionalHistories() / 5);
  EXPECT_GT(counts.refused, HowManyTransactionalHistories() / 5);
  printf("%smutants right %llu, wrong %llu\n", levels.c_str(),
         static_cast<unsigned long long>(counts.accepted),
         static_cast<unsigned long long>(counts.refused));
}

TEST(TransactionWitness, EveryValidHistoryOfListsHasAnOrderAndTheVerifierAgreesWithTheDefinition) {
  ExpectEveryValidHistoryHasAnOrder("append", [](TestRandom* random) {
    RandomAppendOptions options;
    options.transactions = 2 + random->Below(6);
    options.concurrency = 1 + random->Below(4);
    options.keys = 1 + random->Below(3);
    options.crash_percent = random->Below(3) * 10;
    options.fail_percent = random->Below(2) * 10;
    options.spoilt = random->Below(3);
    return RandomAppendHistory(random, options);
  });
}

TEST(TransactionWitness, EveryValidHistoryOfRegistersHasAnOrderAndSoDoesItsVerifier) {
  ExpectEveryValidHistoryHasAnOrder("rw-register", [](TestRandom* random) {
    RandomTransactionOptions options;
    options.transactions = 2 + random->Below(5);
    options.sessions = 1 + random->Below(3);
    options.keys = 1 + random->Below(3);
    options.spoilt = random->Below(2);
    return RandomTransactionHistory(random, options);
  });
}

TEST(TransactionWitness, AModelThatNoOrderShowsHasNoneAndSaysSo) {
  std::vector<Witness> witnesses;
  CheckOptions options;
  options.witnesses = &witnesses;
  options.consistency_models = {"read-committed"};
  const CheckResult result =
      RunChecker(*FindChecker("append"), ParseNotation("p0: ax1 ok | p0: rx1 ok"), options);
  EXPECT_EQ(result.verdict, Verdict::kValid);
  EXPECT_TRUE(witnesses.empty());
  EXPECT_THAT(result.data["no-witness"].get<std::string>(), HasSubstr("shows read-committed"));
}

}  // namespace
}  // namespace cleave
