// What sections derive from a history: fault windows, recovery, cited operations.
#include "reports/facts.h"

#include <gtest/gtest.h>

namespace cleave {
namespace {

class FaultHistory : public ::testing::Test {
 protected:
  void Nemesis(EventType type, const std::string& f, const Json& value, int64_t time) {
    Add({.type = type,
         .process = kNemesis,
         .function = builder_.Function(f),
         .value = builder_.values().FromJson(value),
         .time = time});
  }
  void Read(int32_t process, const std::string& node, EventType type, int64_t call, int64_t ret) {
    RawEvent event{
        .process = process, .value = kNull, .node = builder_.values().String(node), .time = call};
    Add(event);
    event.type = type;
    event.time = ret;
    Add(event);
  }
  void Add(const RawEvent& event) { ASSERT_EQ(builder_.Add(event), std::nullopt); }
  HistoryBuilder builder_;
};

TEST_F(FaultHistory, WindowHoldsBothEndsAndTheirEvidence) {
  Nemesis(EventType::kInvoke, "start-partition", {{"shape", "halves"}}, 10);
  Nemesis(EventType::kInfo, "start-partition",
          {{"nodes", {"n1"}}, {"groups", {{"n1"}, {"n2", "n3"}}}}, 20);
  Nemesis(EventType::kInvoke, "stop-partition", nullptr, 30);
  Nemesis(EventType::kInfo, "stop-partition",
          {{"evidence", {{"effective", true}, {"healed", true}}}}, 40);
  const History history = builder_.Finish();
  const auto windows = FaultWindows(history);
  ASSERT_EQ(windows.size(), 1u);
  EXPECT_EQ(windows[0].asked, 10);
  EXPECT_EQ(windows[0].start, 20);
  EXPECT_EQ(windows[0].heal, 30);
  EXPECT_EQ(windows[0].healed, 40);
  EXPECT_EQ(windows[0].effective, true);
  EXPECT_EQ(Describe(windows[0]), "partition halves: n1 | n2 n3");
}

TEST_F(FaultHistory, FaultThatTheRunEndedInIsNeverHealed) {
  Nemesis(EventType::kInvoke, "start-kill", {{"nodes", {"n1"}}}, 10);
  const History history = builder_.Finish();
  const auto windows = FaultWindows(history);
  ASSERT_EQ(windows.size(), 1u);
  EXPECT_EQ(windows[0].start, kNoTime);
  EXPECT_EQ(windows[0].healed, kNoTime);
}

TEST_F(FaultHistory, AStopThatDidNotHealLeavesTheFaultOpenForTheNextStop) {
  Nemesis(EventType::kInfo, "start-kill", {{"nodes", {"n1"}}}, 10);
  Nemesis(EventType::kInfo, "stop-kill", {{"evidence", {{"healed", false}}}}, 20);
  Nemesis(EventType::kInfo, "stop-kill", {{"evidence", {{"healed", true}}}}, 50);
  const History history = builder_.Finish();
  const auto windows = FaultWindows(history);
  ASSERT_EQ(windows.size(), 1u);
  EXPECT_EQ(windows[0].healed, 50);
}

TEST_F(FaultHistory, AStartThatWasRefusedDoesNotTakeTheStopOfTheActiveFault) {
  Nemesis(EventType::kInvoke, "start-partition", {{"shape", "halves"}}, 10);
  Nemesis(EventType::kInfo, "start-partition", {{"nodes", {"n1"}}}, 20);
  Nemesis(EventType::kInvoke, "start-partition", {{"shape", "one"}}, 30);
  Nemesis(EventType::kInfo, "start-partition", {{"error", "partition is active already"}}, 40);
  Nemesis(EventType::kInvoke, "stop-partition", nullptr, 50);
  Nemesis(EventType::kInfo, "stop-partition", {{"evidence", {{"healed", true}}}}, 60);
  const History history = builder_.Finish();
  const auto windows = FaultWindows(history);
  ASSERT_EQ(windows.size(), 2u);
  EXPECT_EQ(windows[0].healed, 60);
  EXPECT_EQ(windows[1].healed, kNoTime);
}

TEST_F(FaultHistory, RecoveryIsTheFirstOkOperationCalledAfterTheHeal) {
  Nemesis(EventType::kInfo, "start-pause", {{"nodes", {"n1"}}}, 0);
  Nemesis(EventType::kInfo, "stop-pause", nullptr, 100);
  Read(0, "n1", EventType::kFail, 110, 120);
  Read(0, "n1", EventType::kOk, 130, 140);
  Read(0, "n1", EventType::kOk, 150, 160);
  Read(1, "n2", EventType::kFail, 170, 180);
  const History history = builder_.Finish();
  const auto windows = FaultWindows(history);
  ASSERT_EQ(windows.at(0).recovered.size(), 2u);
  EXPECT_EQ(windows[0].recovered[0], std::pair(std::string("n1"), int64_t{140}));
  EXPECT_EQ(windows[0].recovered[1], std::pair(std::string("n2"), kNoTime));
}

TEST_F(FaultHistory, CitedOperationIsFoundByTheEventOfItsInvocation) {
  Read(0, "n1", EventType::kOk, 1, 2);
  Read(0, "n1", EventType::kOk, 3, 4);
  const History history = builder_.Finish();
  EXPECT_EQ(OperationAt(history, 2), 1u);
  EXPECT_EQ(OperationAt(history, 1), std::nullopt);
  EXPECT_EQ(OperationsOf({{"operations", {{{"index", 2}}, {{"index", 99}}, {{"index", "x"}}, 7}}},
                         history),
            std::vector<uint32_t>{1});
}

TEST_F(FaultHistory, ClockOfAHistoryWithoutTimesCountsEvents) {
  Read(0, "n1", EventType::kOk, kNoTime, kNoTime);
  const History history = builder_.Finish();
  const Clock clock(history);
  EXPECT_FALSE(clock.has_times());
  EXPECT_EQ(clock.Return(0), 1);
}

TEST(CommandLine, QuotesWhatAShellWouldChange) {
  EXPECT_EQ(CommandLine({{"command", {"cleave", "test", "a b", "it's", ""}}}),
            "cleave test 'a b' 'it'\\''s' ''");
}

}  // namespace
}  // namespace cleave
