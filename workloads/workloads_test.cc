// The workloads, simulated.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "harness/run/bank.h"
#include "harness/run/simulate.h"
#include "workloads/registry.h"

namespace cleave {
namespace {

using ::testing::ElementsAre;

SimulateOptions Simulated(int threads, size_t invocations) {
  SimulateOptions options;
  options.threads = threads;
  options.seed = 1;
  options.max_invocations = invocations;
  return options;
}

Workload Make(const char* name, uint64_t seed = 1, int64_t key_count = 0, int64_t ops_per_key = 0) {
  WorkloadOptions options;
  options.seed = seed;
  options.concurrency = 10;
  options.key_count = key_count;
  options.ops_per_key = ops_per_key;
  return FindWorkload(name)->make(options);
}

std::vector<SimulatedEvent> Invocations(const Workload& workload, size_t n) {
  return SimulateInvocations(gen::Clients(workload.generator), Simulated(10, n));
}

/// Of the final phase, where there is one.
std::vector<SimulatedEvent> FinalInvocations(const Workload& workload, const Answerer& answer) {
  if (!workload.final_generator) return {};
  SimulateOptions options = Simulated(10, 1'000'000);
  options.answer = answer;
  return SimulateInvocations(gen::Clients(workload.final_generator), options);
}

std::string Text(const std::vector<SimulatedEvent>& events) {
  std::string text;
  for (const SimulatedEvent& e : events) {
    text += std::to_string(e.process) + e.op.f + DumpJson(e.op.key) + DumpJson(e.op.value) + "\n";
  }
  return text;
}

/// Everything that is written to a key, by key.
std::map<std::string, std::vector<int64_t>> Written(const std::vector<SimulatedEvent>& events) {
  std::map<std::string, std::vector<int64_t>> written;
  for (const SimulatedEvent& e : events) {
    if (e.op.f == "write") written[e.op.key].push_back(e.op.value.get<int64_t>());
    if (e.op.f == "cas") written[e.op.key].push_back(e.op.value[1].get<int64_t>());
    if (e.op.f == "add" || e.op.f == "enqueue") written[""].push_back(e.op.value.get<int64_t>());
    if (e.op.f == "insert") {
      for (const Json& id : e.op.value) {
        if (!id.is_null()) written[""].push_back(id.get<int64_t>());
      }
    }
    if (e.op.f != "txn") continue;
    for (const Json& m : e.op.value) {
      if (m[0] != "r") written[m[1]].push_back(m[2].get<int64_t>());
    }
  }
  return written;
}

std::string TestName(const ::testing::TestParamInfo<const char*>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

class EveryWorkload : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Registry, EveryWorkload,
                         ::testing::Values("register", "set", "append", "wr", "bank", "long-fork",
                                           "g2", "counter", "queue", "lock", "lock-fenced"),
                         TestName);

TEST(Workloads, AllAreTested) { EXPECT_EQ(Workloads().size(), 11u); }

TEST_P(EveryWorkload, DoesTheSameFromTheSameSeed) {
  EXPECT_EQ(Text(Invocations(Make(GetParam(), 5), 2000)),
            Text(Invocations(Make(GetParam(), 5), 2000)));
  EXPECT_NE(Text(Invocations(Make(GetParam(), 5), 2000)),
            Text(Invocations(Make(GetParam(), 6), 2000)));
}

TEST_P(EveryWorkload, NeverWritesAValueTwiceToAKey) {
  if (GetParam() == std::string("counter")) GTEST_SKIP() << "what is added are amounts";
  for (const auto& [key, values] : Written(Invocations(Make(GetParam()), 20'000))) {
    EXPECT_EQ(std::set<int64_t>(values.begin(), values.end()).size(), values.size()) << key;
  }
}

TEST_P(EveryWorkload, AsksOnlyForTheFunctionsItNames) {
  const Workload workload = Make(GetParam());
  std::set<std::string> asked;
  for (const SimulatedEvent& e : Invocations(workload, 2000)) asked.insert(e.op.f);
  for (const SimulatedEvent& e : FinalInvocations(workload, Perfect())) asked.insert(e.op.f);
  EXPECT_EQ(asked, std::set<std::string>(workload.functions.begin(), workload.functions.end()));
}

TEST_P(EveryWorkload, HasNoEnd) {
  EXPECT_EQ(Invocations(Make(GetParam(), 1, 2, 10), 30'000).size(), 30'000u);
}

TEST_P(EveryWorkload, EndsEvenWhenFinalReadsNeverSucceed) {
  const Workload workload = Make(GetParam());
  Invocations(workload, 1000);
  EXPECT_LT(FinalInvocations(workload, Crashing(kSecond)).size(), 100'000u);
}

class SmallReads : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Registry, SmallReads,
                         ::testing::Values("register", "append", "wr", "bank", "counter"),
                         TestName);

TEST_P(SmallReads, EveryThreadMakesTheFinalReads) {
  const Workload workload = Make(GetParam());
  Invocations(workload, 1000);
  std::map<int32_t, int> reads;
  for (const auto& e :
       SimulateInvocations(gen::Clients(workload.final_generator), Simulated(10, 100'000))) {
    ++reads[e.thread];
  }
  EXPECT_EQ(reads.size(), 10u);
  for (const auto& [thread, count] : reads) EXPECT_EQ(count, reads[0]) << thread;
}

TEST(Workloads, AnUnknownNameIsNone) { EXPECT_EQ(FindWorkload("ledger"), nullptr); }

TEST(Register, KeysRetireAfterTheirOperations) {
  std::map<std::string, int> operations;
  for (const auto& e : Invocations(Make("register", 1, 2, 50), 5000)) ++operations[e.op.key];
  EXPECT_GE(operations.size(), 100u);
  for (const auto& [key, count] : operations) EXPECT_LE(count, 50) << key;
}

TEST(Register, AsManyKeysAreInUseAtOnceAsAskedFor) {
  for (int64_t keys : {1, 2, 3, 4, 10}) {
    std::set<std::string> used;
    for (const auto& e : Invocations(Make("register", 1, keys, 1'000'000), 1000))
      used.insert(e.op.key);
    EXPECT_EQ(used.size(), size_t(keys));
  }
}

TEST(Register, AThirdOfTheCasFindTheirValueWhenNothingInterferes) {
  std::map<std::string, int64_t> state;
  int ok = 0, all = 0;
  for (const auto& e : Invocations(Make("register"), 20'000)) {
    int64_t& value = state[e.op.key];
    if (e.op.f == "write") value = e.op.value.get<int64_t>();
    if (e.op.f != "cas") continue;
    ++all;
    if (e.op.value[0] != value) continue;
    ++ok;
    value = e.op.value[1].get<int64_t>();
  }
  EXPECT_GT(ok, all / 3);
  EXPECT_GT(all, 4000);
}

TEST(Register, FinalReadsReadTheLatestKeys) {
  const Workload workload = Make("register", 1, 1, 10);
  Invocations(workload, 100);
  std::set<std::string> read;
  for (const auto& e :
       SimulateInvocations(gen::Clients(workload.final_generator), Simulated(10, 1000))) {
    read.insert(e.op.key);
    EXPECT_EQ(e.op.f, "read");
  }
  EXPECT_TRUE(read.contains("k0"));
  EXPECT_TRUE(read.contains("k9"));
}

TEST(Set, ReadsBecomeRarer) {
  const auto events = Invocations(Make("set"), 100'000);
  const auto reads = [&](size_t from, size_t to) {
    return std::count_if(events.begin() + from, events.begin() + to,
                         [](const auto& e) { return e.op.f == "read"; });
  };
  EXPECT_GT(reads(0, 1000), 50);
  EXPECT_LT(reads(50'000, 100'000), 100);
}

std::vector<SimulatedEvent> FinalReadsOfASet(int nodes, const Answerer& answer) {
  WorkloadOptions made;
  made.nodes = nodes;
  made.concurrency = 10;
  SimulateOptions options = Simulated(10, 1000);
  options.answer = answer;
  const GeneratorPtr reads = FindWorkload("set")->make(made).final_generator;
  return SimulateInvocations(gen::Clients(reads), options);
}

TEST(Set, OneThreadOfEachNodeReadsTheWholeSetAfterTheOther) {
  const auto reads = FinalReadsOfASet(3, Perfect(2 * kSecond));
  ASSERT_EQ(reads.size(), 3u);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(reads[i].thread, i);
    EXPECT_EQ(reads[i].time, i * 2 * kSecond);
  }
}

TEST(Set, AFinalReadOfManyElementsMayTakeLongerThanAnOperation) {
  for (const auto& e : FinalReadsOfASet(3, Perfect())) EXPECT_EQ(e.op.timeout, 30 * kSecond);
}

TEST(Set, ANodeThatDoesNotAnswerTheFinalReadDoesNotKeepTheOthersFromIt) {
  std::set<int32_t> threads;
  const auto answer = [](const SimulatedEvent& e) {
    return e.thread == 0 ? SimulatedAnswer{EventType::kFail, 30 * kSecond} : SimulatedAnswer{};
  };
  for (const auto& e : FinalReadsOfASet(3, answer)) {
    threads.insert(e.thread);
    EXPECT_LT(e.time, 11 * kSecond);
  }
  EXPECT_THAT(threads, ElementsAre(0, 1, 2));
}

TEST(Set, MoreNodesThanClientsAreReadByTheClientsThereAre) {
  EXPECT_EQ(FinalReadsOfASet(50, Perfect()).size(), 10u);
}

class MicroOperations : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Registry, MicroOperations, ::testing::Values("append", "wr"), TestName);

TEST_P(MicroOperations, AreOneToFourReadsAndWrites) {
  const std::string write = GetParam() == std::string("wr") ? "w" : "append";
  std::set<size_t> lengths;
  for (const auto& e : Invocations(Make(GetParam()), 5000)) {
    lengths.insert(e.op.value.size());
    for (const Json& m : e.op.value) {
      ASSERT_EQ(m.size(), 3u);
      EXPECT_TRUE(m[0] == write ? m[2].is_number_integer() : m[0] == "r" && m[2].is_null());
    }
  }
  EXPECT_THAT(lengths, ElementsAre(1, 2, 3, 4));
}

TEST_P(MicroOperations, AreAsManyAsAskedForOnKeysAsUnevenAsAskedFor) {
  std::map<std::string, int> uses;
  std::set<size_t> lengths;
  WorkloadOptions options;
  options.max_txn_length = 8;
  options.key_skew = 0;
  options.ops_per_key = 1'000'000;
  for (const auto& e : Invocations(FindWorkload(GetParam())->make(options), 10'000)) {
    lengths.insert(e.op.value.size());
    for (const Json& m : e.op.value) ++uses[m[1]];
  }
  EXPECT_THAT(lengths, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  ASSERT_EQ(uses.size(), 8u);
  for (const auto& [key, count] : uses) EXPECT_NEAR(count, 45'000 / 8, 600) << key;
}

TEST_P(MicroOperations, KeysRetireAfterTheirWrites) {
  const auto written = Written(Invocations(Make(GetParam(), 1, 4, 10), 10'000));
  EXPECT_GT(written.size(), 500u);
  for (const auto& [key, values] : written) EXPECT_LE(values.size(), 10u) << key;
}

TEST_P(MicroOperations, FinalReadsReadEveryLiveKey) {
  const Workload workload = Make(GetParam(), 1, 4, 10);
  const auto written = Written(Invocations(workload, 10'000));
  std::set<std::string> read;
  for (const auto& e :
       SimulateInvocations(gen::Clients(workload.final_generator), Simulated(10, 1000))) {
    for (const Json& m : e.op.value) read.insert(m[1].get<std::string>());
  }
  for (const auto& [key, values] : written) {
    EXPECT_TRUE(values.size() == 10 || read.contains(key)) << key;
  }
}

TEST(Bank, TransfersMoveMoneyBetweenTwoAccountsThatThereAre) {
  std::set<int64_t> seen;
  for (const auto& e : Invocations(Make("bank"), 5000)) {
    if (e.op.f != "transfer") continue;
    const auto from = e.op.value["from"].get<int64_t>(), to = e.op.value["to"].get<int64_t>();
    EXPECT_NE(from, to);
    EXPECT_GT(e.op.value["amount"].get<int64_t>(), 0);
    seen.insert({from, to});
  }
  EXPECT_EQ(seen.size(), static_cast<size_t>(kBankAccounts));
  EXPECT_EQ(*seen.begin(), 0);
  EXPECT_EQ(*seen.rbegin(), kBankAccounts - 1);
}

TEST(LongFork, EachKeyOfAGroupIsWrittenOnceAndTheOthersReadTheWholeGroup) {
  std::map<std::string, int> writes;
  std::map<std::set<std::string>, int> reads;
  for (const auto& e : Invocations(Make("long-fork", 1, 3, 10), 10'000)) {
    std::set<std::string> keys;
    for (const Json& m : e.op.value) keys.insert(m[1]);
    if (e.op.value[0][0] == "r") {
      ++reads[keys];
      EXPECT_EQ(keys.size(), 3u);
    } else {
      ++writes[e.op.value[0][1]];
      EXPECT_EQ(e.op.value.size(), 1u);
    }
  }
  EXPECT_EQ(writes.size(), 3000u);
  for (const auto& [key, count] : writes) EXPECT_EQ(count, 1) << key;
  EXPECT_EQ(reads.size(), 1000u);
  for (const auto& [keys, count] : reads) EXPECT_EQ(count, 7);
}

TEST(LongFork, AGroupIsReadInEveryOrder) {
  std::set<Json> orders;
  for (const auto& e : Invocations(Make("long-fork", 1, 2, 100), 100)) {
    if (e.op.value.size() == 2) orders.insert(e.op.value);
  }
  EXPECT_EQ(orders.size(), 2u);
}

TEST(Queue, MoreGoesInThanComesOutAndOneDrainTakesTheRest) {
  const Workload workload = Make("queue");
  std::map<std::string, int> asked;
  for (const auto& e : Invocations(workload, 10'000)) ++asked[e.op.f];
  EXPECT_NEAR(asked["enqueue"], 6000, 300);
  EXPECT_NEAR(asked["dequeue"], 4000, 300);
  EXPECT_EQ(FinalInvocations(workload, Perfect()).size(), 1u);
}

TEST(Counter, AddsAndReadsAreAboutAsMany) {
  int adds = 0;
  for (const auto& e : Invocations(Make("counter"), 10'000)) {
    if (e.op.f != "add") continue;
    ++adds;
    EXPECT_GE(e.op.value.get<int64_t>(), 1);
    EXPECT_LE(e.op.value.get<int64_t>(), 5);
  }
  EXPECT_NEAR(adds, 5000, 300);
}

TEST(Lock, EachThreadAcquiresAndReleasesInTurnAndAsLongAsItHoldsNothingElse) {
  std::map<int32_t, std::vector<SimulatedEvent>> by_thread;
  for (const auto& e : Invocations(Make("lock"), 2000)) by_thread[e.thread].push_back(e);
  EXPECT_EQ(by_thread.size(), 10u);
  std::set<std::string> keys;
  int64_t longest = 0;
  for (const auto& [thread, events] : by_thread) {
    for (size_t i = 0; i < events.size(); ++i) {
      EXPECT_EQ(events[i].op.f, i % 2 == 0 ? "acquire" : "release");
      EXPECT_EQ(events[i].op.key, events[0].op.key);
      if (i % 2 == 1) longest = std::max(longest, events[i].time - events[i - 1].time);
    }
    keys.insert(events[0].op.key);
  }
  EXPECT_THAT(keys, ElementsAre("k0", "k1", "k2"));
  EXPECT_GT(longest, 5 * kSecond);
  EXPECT_LT(longest, 7 * kSecond);
}

TEST(Lock, WhatWasNotAcquiredIsNotReleased) {
  SimulateOptions options = Simulated(10, 500);
  options.answer = [](const SimulatedEvent& e) {
    return SimulatedAnswer{e.thread % 2 == 0 ? EventType::kFail : EventType::kInfo, kSecond};
  };
  for (const auto& e : SimulateInvocations(gen::Clients(Make("lock").generator), options)) {
    EXPECT_EQ(e.op.f, "acquire");
  }
}

TEST(G2, EveryKeyHasTwoInsertsWithOneRowOfEachTable) {
  std::map<std::string, std::vector<Json>> inserts;
  for (const auto& e : Invocations(Make("g2"), 1000)) inserts[e.op.key].push_back(e.op.value);
  EXPECT_EQ(inserts.size(), 500u);
  std::set<int> first;
  for (const auto& [key, rows] : inserts) {
    ASSERT_EQ(rows.size(), 2u) << key;
    const int a = rows[0][0].is_null() ? 1 : 0;
    first.insert(a);
    EXPECT_TRUE(rows[0][1 - a].is_null() && rows[1][a].is_null()) << key;
    EXPECT_FALSE(rows[0][a].is_null() || rows[1][1 - a].is_null()) << key;
  }
  EXPECT_EQ(first.size(), 2u);
}

}  // namespace
}  // namespace cleave
