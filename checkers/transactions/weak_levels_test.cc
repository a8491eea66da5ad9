// Read committed, read atomic and causal consistency on histories that others published, and what
// the evidence says.
#include "checkers/transactions/weak_levels.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

#include "harness/history/reader.h"

namespace cleave {
namespace {

IsolationHistory IsolationOf(const History& history) {
  Deadline deadline(std::chrono::minutes(1));
  const RegisterHistory registers(history, &deadline);
  CheckResult result;
  EXPECT_TRUE(CheckObservations(registers, {}, &result));
  return MakeIsolationHistory(registers);
}

/// With sessions.
WeakVerdict JudgeWeak(const IsolationHistory& history, WeakLevel::Kind kind) {
  Deadline deadline(std::chrono::minutes(1));
  return CheckWeakLevel(history, {kind, true}, &deadline, uint64_t{1} << 30);
}

/// The strongest of the levels that holds, as AWDIT's folders name them.
std::string Strongest(const History& history) {
  const IsolationHistory h = IsolationOf(history);
  if (JudgeWeak(h, WeakLevel::Kind::kCausal).holds) return "causal";
  if (JudgeWeak(h, WeakLevel::Kind::kReadAtomic).holds) return "read-atomic";
  return JudgeWeak(h, WeakLevel::Kind::kReadCommitted).holds ? "read-committed" : "none";
}

/// In AWDIT's test format, with / for a line's end.
std::string StrongestOf(std::string text) {
  std::replace(text.begin(), text.end(), '/', '\n');
  return Strongest(ReadHistoryText(text, "it", {HistoryFormat::kAwditTest}));
}

TEST(WeakLevels, ACycleOfSessionsAndReadsBreaksAll) {
  EXPECT_EQ(StrongestOf("r 1 1/-/w 0 0/=/r 0 0/-/w 1 1"), "none");
}

TEST(WeakLevels, AnOlderVersionBehindANewerOneBreaksReadCommitted) {
  EXPECT_EQ(StrongestOf("w 0 1/w 1 1/-/w 0 2/w 1 2/=/r 0 2/r 1 1"), "none");
}

TEST(WeakLevels, TheInitialStateBehindAVersionBreaksReadCommitted) {
  const History history = ReadHistoryText("w(0,1,0,0)\nw(1,1,0,0)\nr(0,1,1,1)\nr(1,0,1,1)\n", "it");
  EXPECT_EQ(Strongest(history), "none");
}

TEST(WeakLevels, AFracturedReadBreaksReadAtomic) {
  EXPECT_EQ(StrongestOf("w 0 1/w 1 1/=/w 0 2/w 1 2/=/r 0 1/r 1 2"), "read-committed");
  EXPECT_EQ(StrongestOf("w 0 0/=/w 0 1/=/r 0 0/r 0 1"), "read-committed");
}

TEST(WeakLevels, AVersionThatWasReplacedBeforeItsCauseBreaksCausal) {
  EXPECT_EQ(StrongestOf("w 0 1/-/w 0 2/=/r 0 2/w 1 1/=/r 0 1/r 1 1"), "read-atomic");
}

TEST(WeakLevels, ALongForkAndALostUpdateAreCausal) {
  EXPECT_EQ(StrongestOf("w 0 0/w 1 0/=/w 0 1/-/r 0 1/r 1 0/=/w 1 1/-/r 1 1/r 0 0"), "causal");
  EXPECT_EQ(StrongestOf("w 0 0/=/r 0 0/w 0 1/=/r 0 0/w 0 2"), "causal");
}

TEST(WeakLevels, ASecondReadOfAnotherVersionIsACycleOfItsTwoWriters) {
  const History history = ReadHistoryText("w 0 1\n=====\nw 0 2\n=====\nr 0 1\nr 0 2\n", "it");
  const WeakVerdict verdict = JudgeWeak(IsolationOf(history), WeakLevel::Kind::kReadAtomic);
  ASSERT_EQ(verdict.cycle.size(), 2u);
  for (const WeakStep& step : verdict.cycle) {
    EXPECT_EQ(step.edge.reason, CommitReason::kForced);
    EXPECT_EQ(step.edge.reader, 3u);
    ASSERT_EQ(step.seen_by.size(), 1u);
    EXPECT_EQ(step.seen_by[0].reason, CommitReason::kRead);
  }
}

TEST(WeakLevels, CausesAreToldStepByStep) {
  // t1, t2 write x, t3 reads t2's and writes y, t4 reads that y and yet t1's x.
  const History history = ReadHistoryText("w 0 1\n-\nw 0 2\n=\nr 0 2\nw 1 1\n=\nr 1 1\nr 0 1\n",
                                          "it", {HistoryFormat::kAwditTest});
  const WeakVerdict verdict = JudgeWeak(IsolationOf(history), WeakLevel::Kind::kCausal);
  ASSERT_EQ(verdict.cycle.size(), 2u);
  const auto forced =
      std::find_if(verdict.cycle.begin(), verdict.cycle.end(),
                   [](const WeakStep& step) { return step.edge.reason == CommitReason::kForced; });
  ASSERT_NE(forced, verdict.cycle.end());
  ASSERT_EQ(forced->seen_by.size(), 2u);
  EXPECT_EQ(forced->seen_by[0].reason, CommitReason::kRead);
  EXPECT_EQ(forced->seen_by[1].reason, CommitReason::kRead);
  EXPECT_EQ(forced->seen_by[0].to, forced->seen_by[1].from);
}

/// Process 0 writes x, and then y, which process 1 reads without x.
History CrashAndGoOn(const std::string& first_outcome) {
  return ReadHistoryText(
      R"({"process":0,"type":"invoke","f":"txn","value":[["w","x",1],["w","z",1]]}
{"process":0,"type":")" +
          first_outcome + R"(","f":"txn","value":[["w","x",1],["w","z",1]]}
{"process":0,"type":"invoke","f":"txn","value":[["w","y",1]]}
{"process":0,"type":"ok","f":"txn","value":[["w","y",1]]}
{"process":1,"type":"invoke","f":"txn","value":[["r","y",null],["r","x",null]]}
{"process":1,"type":"ok","f":"txn","value":[["r","y",1],["r","x",null]]}
{"process":1,"type":"invoke","f":"txn","value":[["r","z",null]]}
{"process":1,"type":"ok","f":"txn","value":[["r","z",1]]}
)",
      "it");
}

TEST(WeakLevels, NothingFollowsATransactionOfUnknownOutcomeInItsSession) {
  EXPECT_EQ(Strongest(CrashAndGoOn("ok")), "read-atomic");
  EXPECT_EQ(Strongest(CrashAndGoOn("info")), "causal");
}

TEST(WeakLevels, AKnownOrderOfVersionsCounts) {
  const History history = ReadHistoryText("w 0 1\n=====\nr 0 1\nw 0 2\n", "it");
  IsolationHistory h = IsolationOf(history);
  EXPECT_TRUE(JudgeWeak(h, WeakLevel::Kind::kReadCommitted).holds);
  h.known_order[0] = {2, 1};
  const WeakVerdict verdict = JudgeWeak(h, WeakLevel::Kind::kReadCommitted);
  ASSERT_EQ(verdict.cycle.size(), 2u);
  EXPECT_EQ(verdict.cycle[0].edge.reason == CommitReason::kVersions ||
                verdict.cycle[1].edge.reason == CommitReason::kVersions,
            true);
}

TEST(WeakLevels, AwditsOwnHistoriesAreAsStrongAsTheirFoldersSay) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(CLEAVE_SHARED_HISTORIES) / "awdit";
  if (!fs::exists(folder)) GTEST_SKIP() << "no recorded histories in " << folder;
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".txt") continue;
    const fs::path& file = entry.path();
    ++files;
    EXPECT_EQ(Strongest(ReadHistory(file, {HistoryFormat::kAwditTest})),
              file.parent_path().filename())
        << file;
  }
  EXPECT_GT(files, 0);
}

}  // namespace
}  // namespace cleave
