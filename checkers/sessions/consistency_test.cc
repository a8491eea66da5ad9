// Consistency levels: one claim a test, and brute force on random small histories.
#include "checkers/sessions/consistency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "checkers/no_index.h"
#include "checkers/sessions/session_history.h"
#include "checkers/testing/asked_histories.h"
#include "checkers/testing/random_history.h"
#include "harness/history/notation.h"

namespace cleave {
namespace {

using Level = ConsistencyLevel;
using ::testing::HasSubstr;

std::string Held(std::string_view notation) {
  return StrongestConsistency(ParseNotation(notation), {});
}

TEST(Consistency, AStaleReadOfAnotherSessionIsSequential) {
  EXPECT_EQ(Held("p0: w1 ok | p0: w2 ok | p1: r=1"), "sequential");
}

TEST(Consistency, AStoreBufferIsCausalAndNotSequential) {
  EXPECT_EQ(Held("p0: x.w1 ok | p1: y.w1 ok | p0: y.r=nil | p1: x.r=nil"), "causal");
}

TEST(Consistency, AnEffectWithoutItsCauseIsPramAndNotCausal) {
  EXPECT_EQ(Held("p0: x.w1 ok | p1: x.r=1 | p1: y.w1 ok | p2: y.r=1 | p2: x.r=nil"),
            "pram, writes-follow-reads");
}

TEST(Consistency, ForgettingOnesOwnWriteBreaksReadYourWrites) {
  EXPECT_EQ(Held("p0: w1 ok | p0: r=nil"),
            "monotonic-reads, monotonic-writes, writes-follow-reads");
  const CheckResult result =
      CheckConsistency(Level::kReadYourWrites, ParseNotation("p0: w1 ok | p0: r=nil"), {});
  EXPECT_EQ(result.verdict, Verdict::kInvalid);
  EXPECT_THAT(result.reason, HasSubstr("the initial value must not be older"));
}

TEST(Consistency, GoingBackInTimeBreaksMonotonicReads) {
  EXPECT_EQ(
      CheckConsistency(Level::kMonotonicReads, ParseNotation("p0: w1 ok | p1: r=1 | p1: r=nil"), {})
          .verdict,
      Verdict::kInvalid);
}

TEST(Consistency, WritesSeenInTheWrongOrderBreakMonotonicWrites) {
  const History history = ParseNotation("p0: w1 ok | p0: w2 ok | p1: r=2 | p1: r=1");
  EXPECT_EQ(CheckConsistency(Level::kMonotonicWrites, history, {}).verdict, Verdict::kInvalid);
  EXPECT_EQ(CheckConsistency(Level::kMonotonicReads, history, {}).verdict, Verdict::kValid);
}

TEST(Consistency, AReplySeenBeforeItsQuestionBreaksWritesFollowReads) {
  const History history = ParseNotation("p0: w1 ok | p1: r=1 | p1: w2 ok | p2: r=2 | p2: r=1");
  EXPECT_EQ(CheckConsistency(Level::kWritesFollowReads, history, {}).verdict, Verdict::kInvalid);
  EXPECT_EQ(CheckConsistency(Level::kMonotonicWrites, history, {}).verdict, Verdict::kValid);
}

TEST(Consistency, RepeatedValuesAreUnknown) {
  const CheckResult result =
      CheckConsistency(Level::kCausal, ParseNotation("p0: w1 ok | p1: w1 ok"), {});
  EXPECT_EQ(result.verdict, Verdict::kUnknown);
  EXPECT_THAT(result.reason, HasSubstr("written more than once"));
}

TEST(Consistency, AValueFromNowhereBreaksEveryLevel) { EXPECT_EQ(Held("p0: r=7"), "none"); }

TEST(Consistency, ACrashedWriteMayHaveHappenedOrNot) {
  EXPECT_EQ(Held("p0: w1 info | p1: r=1 | p1: r=1"), "sequential");
  EXPECT_EQ(Held("p0: w1 info | p1: r=nil"), "sequential");
}

/// Whether the operations that `takes` names have an order that keeps sessions (and `causes`), in
/// which those that `counts` names read the last write. By trying all of them.
class EveryOrder {
 public:
  EveryOrder(const SessionHistory& sessions, std::function<bool(uint32_t)> takes,
             std::function<bool(uint32_t)> counts)
      : sessions_(sessions), takes_(std::move(takes)), counts_(std::move(counts)) {}

  bool Exists() {
    std::vector<uint32_t> current(sessions_.keys, SessionOp::kInitialWrite);
    std::vector<bool> done(sessions_.ops.size(), false);
    return From(done, current);
  }

 private:
  bool From(std::vector<bool> done, std::vector<uint32_t> current) {
    if (!failed_.insert({done, current}).second) return false;
    bool all = true;
    for (const auto& session : sessions_.sessions) {
      uint32_t at = 0;
      while (at < session.size() && (done[session[at]] || !takes_(session[at]))) ++at;
      if (at == session.size()) continue;
      all = false;
      const SessionOp& op = sessions_.ops[session[at]];
      if (op.reads && counts_(session[at]) && current[op.key] != op.from) continue;
      auto then_done = done;
      auto then = current;
      then_done[session[at]] = true;
      if (op.writes) then[op.key] = session[at];
      if (From(then_done, then)) return true;
    }
    return all;
  }

  const SessionHistory& sessions_;
  std::function<bool(uint32_t)> takes_, counts_;
  std::set<std::pair<std::vector<bool>, std::vector<uint32_t>>> failed_;
};

bool OracleSequential(const SessionHistory& sessions) {
  const auto all = [](uint32_t) { return true; };
  return EveryOrder(sessions, all, all).Exists();
}

bool OraclePram(const SessionHistory& sessions) {
  for (uint32_t s = 0; s < sessions.sessions.size(); ++s) {
    const auto mine = [&](uint32_t i) { return sessions.ops[i].session == s; };
    const auto seen = [&](uint32_t i) { return mine(i) || sessions.ops[i].writes; };
    if (!EveryOrder(sessions, seen, mine).Exists()) return false;
  }
  return true;
}

/// Some order of all operations keeps causality (sessions and reads from, transitively); each read
/// sees the last write of its key, in that order, among those that cause it.
bool OracleCausal(const SessionHistory& sessions) {
  const size_t n = sessions.ops.size();
  std::vector<std::vector<bool>> causes(n, std::vector<bool>(n, false));
  for (const auto& session : sessions.sessions) {
    for (size_t i = 1; i < session.size(); ++i) causes[session[i - 1]][session[i]] = true;
  }
  for (uint32_t i = 0; i < n; ++i) {
    const uint32_t from = sessions.ops[i].from;
    if (sessions.ops[i].reads && from != SessionOp::kInitialWrite) causes[from][i] = true;
  }
  for (size_t k = 0; k < n; ++k) {
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j < n; ++j) {
        if (causes[i][k] && causes[k][j]) causes[i][j] = true;
      }
    }
  }
  std::vector<uint32_t> order;
  for (uint32_t i = 0; i < n; ++i) {
    if (causes[i][i]) return false;
    if (sessions.ops[i].writes) order.push_back(i);
  }
  do {
    std::vector<size_t> place(n, 0);
    for (size_t i = 0; i < order.size(); ++i) place[order[i]] = i + 1;
    bool good = true;
    for (const uint32_t a : order) {
      for (const uint32_t b : order) good &= !causes[a][b] || place[a] < place[b];
    }
    for (uint32_t r = 0; r < n && good; ++r) {
      const SessionOp& read = sessions.ops[r];
      if (!read.reads) continue;
      uint32_t last = SessionOp::kInitialWrite;
      for (const uint32_t w : order) {
        if (causes[w][r] && sessions.ops[w].key == read.key) last = w;
      }
      good &= last == read.from;
    }
    if (good) return true;
  } while (std::next_permutation(order.begin(), order.end()));
  return false;
}

/// Sessions on two keys; reads take any version.
History RandomSessions(TestRandom* random) {
  std::string notation;
  const uint32_t processes = 1 + random->Below(3);
  std::vector<uint32_t> written(2, 0);
  for (uint32_t i = 0, n = 2 + random->Below(6); i < n; ++i) {
    const uint32_t key = random->Below(2);
    const char* name = key == 0 ? "x" : "y";
    notation += "p" + std::to_string(random->Below(processes)) + ": " + name;
    if (random->Below(2) == 0) {
      notation += ".w" + std::to_string(++written[key]) + " ok\n";
    } else {
      const uint32_t value = random->Below(written[key] + 1);
      notation += value == 0 ? ".r=nil\n" : ".r=" + std::to_string(value) + "\n";
    }
  }
  return ParseNotation(notation);
}

TEST(Consistency, LevelsAgreeWithBruteForce) {
  const uint64_t histories = AskedHistories() ? *AskedHistories() / 5 : 20'000;
  TestRandom random(3);
  const std::vector<std::pair<Level, bool (*)(const SessionHistory&)>> levels = {
      {Level::kSequential, OracleSequential},
      {Level::kCausal, OracleCausal},
      {Level::kPram, OraclePram}};
  std::vector<uint64_t> valid(levels.size(), 0), invalid(levels.size(), 0);
  for (uint64_t i = 0; i < histories; ++i) {
    const History history = RandomSessions(&random);
    const SessionHistory sessions = ExtractSessions(history, {});
    for (size_t l = 0; l < levels.size(); ++l) {
      const bool holds = levels[l].second(sessions);
      ++(holds ? valid : invalid)[l];
      const CheckResult result = CheckConsistency(levels[l].first, history, {});
      ASSERT_EQ(VerdictName(result.verdict),
                std::string(VerdictName(holds ? Verdict::kValid : Verdict::kInvalid)))
          << i << " " << result.checker << ": " << result.reason;
    }
  }
  for (size_t l = 0; l < levels.size(); ++l) {
    EXPECT_GT(valid[l], histories / 20);
    EXPECT_GT(invalid[l], histories / 50);
  }
}

}  // namespace
}  // namespace cleave
