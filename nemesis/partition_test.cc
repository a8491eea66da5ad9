// partition on a recording cluster.
#include "nemesis/partition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nemesis/fault_test_fixture.h"

namespace cleave {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr const char* kSplit = R"({"shape":"groups","groups":[["n1"],["n2","n3"]]})";

TEST(Partition, GroupsCutBothDirectionsBetweenThem) {
  Harm harm(3);
  const Completion completion = harm.Do("start-partition", kSplit);
  EXPECT_EQ(completion.error, "");
  EXPECT_EQ(DumpJson(completion.value["links"]), R"(["n1>n2","n1>n3","n2>n1","n3>n1"])");
  EXPECT_EQ(DumpJson(completion.value["nodes"]), R"(["n1"])");
  EXPECT_EQ(completion.value["evidence"]["cut"], completion.value["links"]);
}

TEST(Partition, OneWayCutsWhatEarlierGroupsSend) {
  Harm harm(3);
  harm.Do("start-partition", R"({"groups":[["n1"],["n2","n3"]],"one-way":true})");
  EXPECT_THAT(harm.cluster.network().cut, ElementsAre(Pair(0, 1), Pair(0, 2)));
}

TEST(Partition, IsEffectiveOncePacketsWereDropped) {
  Harm harm(3);
  harm.cluster.network().dropped = 7;
  EXPECT_FALSE(harm.Evidence("start-partition", kSplit).contains("effective"));
  harm.cluster.network().dropped = 10;
  EXPECT_EQ(DumpJson(harm.Evidence("stop-partition")),
            R"({"cut":[],"dropped":3,"effective":true,"healed":true})");
}

TEST(Partition, ThatNobodyFeltIsNotEffective) {
  Harm harm(3);
  harm.Do("start-partition", kSplit);
  EXPECT_EQ(harm.Evidence("stop-partition")["effective"], false);
}

TEST(Partition, ThatTheKernelDoesNotConfirmIsNotEffective) {
  Harm harm(3);
  harm.cluster.network().deaf = true;
  const Json evidence = harm.Evidence("start-partition", kSplit);
  EXPECT_EQ(evidence["effective"], false);
  EXPECT_EQ(evidence["cut"].size(), 0u);
  EXPECT_EQ(evidence["asked"].size(), 4u);
}

TEST(Partition, ReplayingWhatWasChosenCutsTheSameLinks) {
  for (const std::string& shape : PartitionShapes()) {
    Harm first(5, 1), second(5, 99);
    const Json chosen = first.Do("start-partition", "{\"shape\":\"" + shape + "\"}").value;
    const Json again =
        second.Do("start-partition", DumpJson(first.nemesis.schedule().faults[0].value)).value;
    EXPECT_EQ(again, chosen) << shape;
    EXPECT_EQ(first.cluster.network().cut, second.cluster.network().cut) << shape;
    EXPECT_THAT(first.cluster.network().cut, ::testing::Not(IsEmpty())) << shape;
  }
}

TEST(Partition, LeaderIsIsolated) {
  Harm harm(5);
  harm.target.leader = "n4";
  const Json value = harm.Do("start-partition", R"({"shape":"leader"})").value;
  EXPECT_EQ(DumpJson(value["nodes"]), R"(["n4"])");
  EXPECT_EQ(value["shape"], "leader");
}

TEST(Partition, WithoutALeaderIsolatesOneAndSaysSo) {
  Harm harm(5);
  const Json value = harm.Do("start-partition", R"({"shape":"leader"})").value;
  EXPECT_EQ(value["shape"], "one");
  EXPECT_EQ(value["instead-of"], "leader");
  EXPECT_EQ(value["nodes"].size(), 1u);
}

TEST(Partition, ParametersThatCannotBeAreRefusedAndCutNothing) {
  const std::pair<const char*, const char*> kWrong[] = {
      {R"({"shape":"helves"})", "there is no shape \"helves\""},
      {R"({"shape":"bridge"})", "needs at least 3 nodes and there are 2"},
      {R"({"links":["n1>n9"]})", "there is no node \"n9\"; the nodes are n1, n2"},
      {R"({"links":["n1-n2"]})", "must look like \"n1>n3\""},
      {R"({"links":["n1>n1"]})", "from a node to itself"},
      {R"({"links":[]})", "cuts no link"},
      {R"({"groups":[["n1"],["n1","n2"]]})", "node n1 is in two groups"},
      {R"({"groups":[["n1"]]})", "two or more"},
      {R"({"shape":"halves","one-way":1})", "true or false"},
      {R"({"shape":7})", "must be a string"},
      {R"([1])", "must be an object"},
  };
  for (const auto& [value, words] : kWrong) {
    Harm harm(2);
    const Completion completion = harm.Do("start-partition", value);
    EXPECT_EQ(completion.error, "choose") << value;
    EXPECT_THAT(completion.text, HasSubstr(words));
    EXPECT_THAT(harm.cluster.network().cut, IsEmpty());
    EXPECT_THAT(harm.nemesis.Active(), IsEmpty());
  }
}

}  // namespace
}  // namespace cleave
