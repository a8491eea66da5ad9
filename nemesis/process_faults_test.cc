// kill and pause, alone and together, on a recording cluster.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nemesis/fault_test_fixture.h"

namespace cleave {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Kill, ShowsThePidsThatAreGone) {
  Harm harm(3);
  const Completion completion = harm.Do("start-kill", R"({"nodes":["n2"]})");
  EXPECT_EQ(DumpJson(completion.value["evidence"]),
            R"({"pids":{"n2":[20]},"gone":true,"effective":true})");
  EXPECT_EQ(DumpJson(completion.value["nodes"]), R"(["n2"])");
  EXPECT_FALSE(harm.cluster.node(1).Running());
}

TEST(Kill, HealingStartsTheServersAgain) {
  Harm harm(3);
  harm.Do("start-kill", R"({"nodes":["n2","n3"]})");
  const Json evidence = harm.Evidence("stop-kill");
  EXPECT_EQ(DumpJson(evidence["running"]), R"({"n2":[100,101],"n3":[100,101]})");
  EXPECT_EQ(evidence["healed"], true);
  EXPECT_EQ(evidence["effective"], true);
  EXPECT_EQ(harm.cluster.node(0).starts, 0);
}

TEST(Kill, OfANodeThatIsDownIsNotEffective) {
  Harm harm(3);
  harm.cluster.node(0).processes.clear();
  const Json evidence = harm.Evidence("start-kill", R"({"nodes":["n1"]})");
  EXPECT_EQ(evidence["effective"], false);
  EXPECT_EQ(DumpJson(evidence["already-down"]), R"(["n1"])");
}

TEST(Kill, ThatLeavesAProcessAliveIsNotEffective) {
  Harm harm(3);
  harm.cluster.node(0).immortal = true;
  const Json evidence = harm.Evidence("start-kill", R"({"nodes":["n1"]})");
  EXPECT_EQ(evidence["effective"], false);
  EXPECT_EQ(DumpJson(evidence["alive"]), R"({"n1":[10]})");
}

TEST(Kill, ANodeThatDoesNotStopIsKilledWithTheOthers) {
  Harm harm(3);
  harm.cluster.node(0).pause_error = "processes did not stop within 2000 ms of SIGSTOP";
  const Completion completion = harm.Do("start-kill", R"({"nodes":["n1","n2"]})");
  EXPECT_EQ(completion.error, "");
  EXPECT_EQ(completion.value["evidence"]["effective"], true);
}

TEST(Kill, ANodeThatSurvivesDoesNotSaveTheOthers) {
  Harm harm(3);
  harm.cluster.node(0).immortal = true;
  harm.cluster.node(0).kill_error = "n1: its processes survive SIGKILL";
  const Completion completion = harm.Do("start-kill", R"({"nodes":["n1","n2"]})");
  EXPECT_EQ(completion.error, "inject");
  EXPECT_EQ(completion.text, "n1: its processes survive SIGKILL");
  EXPECT_FALSE(harm.cluster.node(1).Running());
}

TEST(Kill, HealingContinuesWhatItStoppedAndCouldNotKill) {
  Harm harm(3);
  harm.cluster.node(0).immortal = true;
  harm.Do("start-kill", R"({"nodes":["n1","n2"]})");
  EXPECT_EQ(harm.cluster.node(0).processes[0].state, 'T');
  EXPECT_EQ(harm.Evidence("stop-kill")["healed"], true);
  EXPECT_EQ(harm.cluster.node(0).processes[0].state, 'S');
}

TEST(Kill, IsNotHealedWhileAProcessIsStopped) {
  Harm harm(3);
  harm.cluster.node(0).immortal = true;
  harm.Do("start-kill", R"({"nodes":["n1"]})");
  harm.cluster.node(0).Pause();
  const Json evidence = harm.Evidence("stop-kill");
  EXPECT_EQ(evidence["healed"], false);
  EXPECT_EQ(DumpJson(evidence["stopped"]), R"(["n1"])");
}

TEST(Kill, IsNotHealedUntilTheServerRuns) {
  Harm harm(3);
  harm.Do("start-kill", R"({"nodes":["n1"]})");
  harm.target.broken = true;
  const Completion failed = harm.Do("stop-kill");
  EXPECT_EQ(failed.error, "heal");
  EXPECT_EQ(failed.text, "no such program");
  EXPECT_EQ(failed.value["evidence"]["healed"], false);
  ASSERT_EQ(harm.nemesis.HealOps().size(), 1u);
  harm.target.broken = false;
  EXPECT_EQ(harm.Evidence("stop-kill")["healed"], true);
  EXPECT_TRUE(harm.nemesis.HealOps().empty());
}

TEST(Kill, ShapesStrikeThatManyNodes) {
  const std::pair<const char*, size_t> kCounts[] = {
      {"one", 1}, {"minority", 2}, {"majority", 3}, {"all", 5}};
  for (const auto& [shape, count] : kCounts) {
    Harm harm(5);
    const Json value = harm.Do("start-kill", "{\"shape\":\"" + std::string(shape) + "\"}").value;
    EXPECT_EQ(value["nodes"].size(), count) << shape;
  }
}

TEST(Kill, WhichIsASynonymOfShape) {
  Harm harm(5);
  EXPECT_EQ(harm.Do("start-kill", R"({"which":"majority"})").value["nodes"].size(), 3u);
}

TEST(Kill, LeaderIsKilled) {
  Harm harm(5);
  harm.target.leader = "n3";
  EXPECT_EQ(DumpJson(harm.Do("start-kill", R"({"shape":"leader"})").value["nodes"]), R"(["n3"])");
}

TEST(Kill, WithoutALeaderKillsOneAndSaysSo) {
  Harm harm(5);
  const Json value = harm.Do("start-kill", R"({"shape":"leader"})").value;
  EXPECT_EQ(value["instead-of"], "leader");
  EXPECT_EQ(value["nodes"].size(), 1u);
}

TEST(Kill, PrefersNodesThatRun) {
  Harm harm(5);
  for (int i : {0, 1, 3, 4}) harm.cluster.node(i).processes.clear();
  EXPECT_EQ(DumpJson(harm.Do("start-kill", R"({"shape":"one"})").value["nodes"]), R"(["n3"])");
}

TEST(Kill, UnknownNodesAndShapesAreRefused) {
  for (const char* value :
       {R"({"nodes":["n9"]})", R"({"nodes":[]})", R"({"nodes":["n1","n1"]})", R"({"nodes":"n1"})",
        R"({"shape":"few"})", R"({"shape":1})", R"({"shpae":"all"})"}) {
    Harm harm(3);
    EXPECT_EQ(harm.Do("start-kill", value).error, "choose") << value;
    EXPECT_TRUE(harm.cluster.node(0).Running()) << value;
  }
}

TEST(Pause, ShowsEveryProcessStopped) {
  Harm harm(3);
  const Json evidence = harm.Evidence("start-pause", R"({"nodes":["n1","n3"]})");
  EXPECT_EQ(DumpJson(evidence), R"({"states":{"n1":{"10":"T"},"n3":{"30":"T"}},"effective":true})");
}

TEST(Pause, HealingContinuesEveryProcess) {
  Harm harm(3);
  harm.Do("start-pause", R"({"nodes":["n1"]})");
  EXPECT_EQ(DumpJson(harm.Evidence("stop-pause")),
            R"({"states":{"n1":{"10":"S"}},"effective":true,"healed":true})");
}

TEST(Pause, OfANodeThatIsDownIsNotEffective) {
  Harm harm(3);
  harm.Do("start-kill", R"({"nodes":["n1"]})");
  const Json evidence = harm.Evidence("start-pause", R"({"nodes":["n1"]})");
  EXPECT_EQ(evidence["effective"], false);
  EXPECT_EQ(DumpJson(evidence["already-down"]), R"(["n1"])");
}

TEST(Faults, APausedNodeCanBeKilledAndStartedAgain) {
  Harm harm(3);
  harm.Do("start-pause", R"({"nodes":["n1"]})");
  EXPECT_EQ(harm.Evidence("start-kill", R"({"nodes":["n1"]})")["effective"], true);
  EXPECT_EQ(harm.Evidence("stop-kill")["healed"], true);
  const Json evidence = harm.Evidence("stop-pause");
  EXPECT_EQ(evidence["healed"], true);
  EXPECT_EQ(evidence["effective"], true) << "it was felt until the kill";
}

}  // namespace
}  // namespace cleave
