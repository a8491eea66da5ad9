// The workloads, simulated.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

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
    if (e.op.f == "add") written[""].push_back(e.op.value.get<int64_t>());
    if (e.op.f != "txn") continue;
    for (const Json& m : e.op.value) {
      if (m[0] == "append") written[m[1]].push_back(m[2].get<int64_t>());
    }
  }
  return written;
}

class EveryWorkload : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Registry, EveryWorkload, ::testing::Values("register", "set", "append"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(EveryWorkload, DoesTheSameFromTheSameSeed) {
  EXPECT_EQ(Text(Invocations(Make(GetParam(), 5), 2000)),
            Text(Invocations(Make(GetParam(), 5), 2000)));
  EXPECT_NE(Text(Invocations(Make(GetParam(), 5), 2000)),
            Text(Invocations(Make(GetParam(), 6), 2000)));
}

TEST_P(EveryWorkload, NeverWritesAValueTwiceToAKey) {
  for (const auto& [key, values] : Written(Invocations(Make(GetParam()), 20'000))) {
    EXPECT_EQ(std::set<int64_t>(values.begin(), values.end()).size(), values.size()) << key;
  }
}

TEST_P(EveryWorkload, AsksOnlyForTheFunctionsItNames) {
  const Workload workload = Make(GetParam());
  std::set<std::string> asked;
  for (const SimulatedEvent& e : Invocations(workload, 2000)) asked.insert(e.op.f);
  EXPECT_EQ(asked, std::set<std::string>(workload.functions.begin(), workload.functions.end()));
}

TEST_P(EveryWorkload, HasNoEnd) {
  EXPECT_EQ(Invocations(Make(GetParam(), 1, 2, 10), 30'000).size(), 30'000u);
}

TEST_P(EveryWorkload, EndsEvenWhenFinalReadsNeverSucceed) {
  const Workload workload = Make(GetParam());
  Invocations(workload, 1000);
  SimulateOptions options = Simulated(10, 1'000'000);
  options.answer = Crashing(kSecond);
  EXPECT_LT(SimulateInvocations(gen::Clients(workload.final_generator), options).size(), 100'000u);
}

class SmallReads : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Registry, SmallReads, ::testing::Values("register", "append"),
                         [](const auto& info) { return std::string(info.param); });

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

TEST(Workloads, AnUnknownNameIsNone) { EXPECT_EQ(FindWorkload("bank"), nullptr); }

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

TEST(Append, TransactionsAreOneToFourReadsAndAppends) {
  for (const auto& e : Invocations(Make("append"), 5000)) {
    EXPECT_GE(e.op.value.size(), 1u);
    EXPECT_LE(e.op.value.size(), 4u);
    for (const Json& m : e.op.value) {
      ASSERT_EQ(m.size(), 3u);
      EXPECT_TRUE(m[0] == "append" ? m[2].is_number_integer() : m[0] == "r" && m[2].is_null());
    }
  }
}

TEST(Append, KeysRetireAfterTheirAppends) {
  const auto written = Written(Invocations(Make("append", 1, 4, 10), 10'000));
  EXPECT_GT(written.size(), 500u);
  for (const auto& [key, values] : written) EXPECT_LE(values.size(), 10u) << key;
}

TEST(Append, FinalReadsReadEveryLiveKey) {
  const Workload workload = Make("append", 1, 4, 10);
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

}  // namespace
}  // namespace cleave
