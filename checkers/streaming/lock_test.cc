// Locks: one claim a test, and the model of a fenced mutex as the oracle.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "checkers/streaming/verdict_of_test_helper.h"
#include "checkers/testing/asked_histories.h"
#include "checkers/testing/random_history.h"

namespace cleave {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Lock, HoldersOneAfterTheOtherAreValid) {
  EXPECT_EQ(VerdictOf("lock", "p0: acquire()=3 | p0: release() ok | p1: acquire()=5"), "valid");
}

TEST(Lock, WhoAcquiresWhileAnotherHoldsIsASecondHolder) {
  const CheckResult result = ResultOf(
      "lock",
      "p0@n1: acquire()=3 | p1@n2: acquire()=5 | p1: release() ok | p0: release()=\"expired\"");
  EXPECT_EQ(result.anomalies.at(0).name, "two-holders");
  EXPECT_THAT(result.anomalies[0].operations, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(
      result.anomalies[0].explanation,
      HasSubstr("process 0 acquired it on n1 (event 1, token 3) and called release at event "
                "6, which found that its lease had expired"));
  EXPECT_EQ(result.anomalies[0].detail["expired"], Json::array({0}));
  EXPECT_EQ(result.data["expired"], 1);
}

TEST(Lock, AHoldingEndsWhenItsReleaseIsCalledWhateverComesOfIt) {
  EXPECT_EQ(VerdictOf("lock", "p0: acquire()=3 | p0: release() info | p1: acquire()=5"), "valid");
  EXPECT_EQ(VerdictOf("lock", "p0: acquire()=3 | p0: release() | p1: acquire()=5 | p0: ok"),
            "valid");
}

TEST(Lock, AnAcquisitionOfUnknownOutcomeHoldsNothing) {
  EXPECT_EQ(VerdictOf("lock", "p0: acquire() info | p1: acquire()=5"), "valid");
}

TEST(Lock, AHoldingThatNothingEndsLasts) {
  EXPECT_EQ(VerdictOf("lock", "p0: acquire()=3 | p1: acquire()=5"), "two-holders");
}

TEST(Lock, AReleaseThatFailedHasNotHappened) {
  EXPECT_EQ(VerdictOf("lock", "p0: acquire()=3 | p0: release() fail | p1: acquire()=5"),
            "two-holders");
}

TEST(Lock, KeysAreLocks) {
  EXPECT_EQ(VerdictOf("lock", "p0: x.acquire()=3 | p1: y.acquire()=2"), "valid");
}

TEST(Lock, AProcessThatAcquiresTwiceIsTwoHolders) {
  EXPECT_EQ(VerdictOf("lock", "p0: acquire()=3 | p0: acquire()=4"), "two-holders");
}

TEST(Lock, WhoReleasesWhatItDoesNotHoldIsNamed) {
  EXPECT_EQ(VerdictOf("lock", "p0: acquire()=3 | p1: release() ok"), "not-held");
}

TEST(Lock, ATokenThatDoesNotGrowIsOld) {
  for (const char* second : {"3", "2"}) {
    const CheckResult result = ResultOf(
        "lock", std::string("p0: acquire()=3 | p0: release() ok | p1: acquire()=") + second);
    EXPECT_EQ(result.anomalies.at(0).name, "old-token");
    EXPECT_THAT(result.anomalies[0].operations, ElementsAre(0, 1, 2));
  }
}

TEST(Lock, ATokenMayBeOlderThanThatOfAnAcquisitionBesideIt) {
  EXPECT_EQ(
      VerdictOf("lock",
                "p0: acquire() | p1: acquire()=3 | p1: release() ok | p0: =4 | p0: release() ok"),
      "valid");
  EXPECT_EQ(VerdictOf("lock", "p0: acquire() | p1: acquire()=3 | p1: release() ok | p0: =2"),
            "old-token");
}

// etcd gave a waiter whose lease had expired the token of the one before it, and refused its
// commit.
TEST(Lock, AnOldTokenWithWhichWorkWasRefusedIsHarmless) {
  const std::string before = "p0: acquire()=3 | p0: commit() ok | p1: acquire()=3 | p1: commit() ";
  EXPECT_EQ(VerdictOf("lock", before + "fail"), "valid");
  EXPECT_EQ(VerdictOf("lock", before + "ok"), "old-token");
}

TEST(Lock, WithoutTokensOnlyHoldersAreJudged) {
  EXPECT_EQ(VerdictOf("lock", "p0: acquire() ok | p0: release() ok | p1: acquire() ok"), "valid");
}

TEST(Lock, WorkThatWasRefusedHarmsNobody) {
  const CheckResult result = ResultOf(
      "lock", "p0: acquire()=3 | p1: acquire()=5 | p1: commit() ok | p0: commit() fail lock-lost");
  EXPECT_EQ(result.verdict, Verdict::kValid);
  EXPECT_EQ(result.data["refused"], 1);
}

TEST(Lock, WorkThatBothCommitIsThatOfTwoHolders) {
  EXPECT_EQ(
      VerdictOf("lock", "p0: acquire()=3 | p1: acquire()=5 | p1: commit() ok | p0: commit() ok"),
      "two-holders");
  EXPECT_EQ(
      VerdictOf("lock", "p0: acquire()=3 | p1: acquire()=5 | p1: commit() ok | p0: commit() info"),
      "valid");
  EXPECT_EQ(VerdictOf("lock", "p0: acquire()=3 | p1: acquire()=5 | p1: commit() ok"), "valid");
}

TEST(Lock, WhereNobodyHoldsNothingIsKnown) {
  EXPECT_EQ(VerdictOf("lock", "p0: acquire() info"), "unknown");
  EXPECT_EQ(VerdictOf("lock", "p0: acquire()=3 | p0: commit() fail"), "unknown");
}

TEST(Lock, AnotherFunctionIsUnknown) {
  EXPECT_THAT(ResultOf("lock", "p0: acquire()=3 | p0: steal() ok").reason, HasSubstr("steal"));
}

/// Processes that acquire and release in turn; the lock keeps its word or, where `spoil` says so,
/// not always. In every third history, releases are commits.
struct RandomLock {
  TestRandom* random;
  bool spoil, commits;
  HistoryBuilder builder;

  void Add(int32_t process, const char* f, EventType type, ValueId value = kNull) {
    RawEvent event;
    event.process = process;
    event.function = builder.Function(f);
    event.type = type;
    event.value = value;
    CHECK(!builder.Add(event).has_value());
  }

  enum class State { kIdle, kAcquiring, kGranted, kHolding, kReleasing };
  struct Process {
    int32_t number;
    State state = State::kIdle;
    int64_t token = 0;
    bool lost = false;  // taken away while it held
  };

  /// The history; in `accepted` the same without what was refused and with releases for commits.
  History Make() {
    const char* const end = commits ? "commit" : "release";
    std::vector<Process> processes = {{0}, {1}, {2}};
    Process* owner = nullptr;
    int64_t tokens = 0;
    for (int step = 0; step < 30; ++step) {
      Process& p = processes[random->Below(3)];
      if (spoil && owner != nullptr && random->Below(8) == 0) {
        owner->lost = true;
        owner = nullptr;
      }
      const bool crash = random->Below(16) == 0;
      switch (p.state) {
        case State::kIdle:
          Add(p.number, "acquire", EventType::kInvoke);
          p.state = State::kAcquiring;
          break;
        case State::kAcquiring:
          if (crash) {
            Retire(&p, "acquire");
          } else if (owner == nullptr) {
            owner = &p;
            p.lost = false;
            tokens += spoil && random->Below(6) == 0 ? -1 : 1;
            p.token = tokens;
            p.state = State::kGranted;
          }
          break;
        case State::kGranted:
          if (crash) {
            if (owner == &p) owner = nullptr;
            Retire(&p, "acquire");
            break;
          }
          Add(p.number, "acquire", EventType::kOk, builder.values().Int(p.token));
          p.state = State::kHolding;
          break;
        case State::kHolding:
          Add(p.number, end, EventType::kInvoke);
          p.state = State::kReleasing;
          break;
        case State::kReleasing: {
          const bool refused = commits && p.lost && random->Below(4) != 0;
          if (owner == &p) owner = nullptr;
          if (crash) {
            Retire(&p, end);
            break;
          }
          Add(p.number, end, refused ? EventType::kFail : EventType::kOk);
          p.state = State::kIdle;
          break;
        }
      }
    }
    return builder.Finish();
  }

  void Retire(Process* p, const char* f) {
    Add(p->number, f, EventType::kInfo);
    *p = {p->number + 3};
  }
};

/// Without the acquisitions whose commit was not ok, and with releases in place of commits.
History Accepted(const History& history) {
  struct Row {
    Position at;
    const Operation* op;
    bool returns;
  };
  std::vector<Row> rows;
  std::map<int32_t, const Operation*> acquired;
  std::vector<const Operation*> kept;
  for (const Operation& op : history.operations()) {
    if (op.function == kAcquire && op.outcome == Outcome::kOk) {
      acquired[op.process] = &op;
    } else if (op.function == kAcquire) {
      kept.push_back(&op);
    } else if (op.outcome == Outcome::kOk) {
      kept.push_back(acquired[op.process]);
      kept.push_back(&op);
    }
  }
  for (const Operation* op : kept) {
    rows.push_back({op->call, op, false});
    if (op->ret != kNever) rows.push_back({op->ret, op, true});
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.at < b.at; });
  HistoryBuilder builder;
  for (const Row& row : rows) {
    RawEvent event;
    event.process = row.op->process;
    event.function = row.op->function == kAcquire ? kAcquire : kRelease;
    event.type = row.returns ? EventType::kOk : EventType::kInvoke;
    event.value = kNull;
    const bool token = row.returns && row.op->function == kAcquire;
    if (token) event.value = builder.values().Int(history.values().AsInt(row.op->output));
    CHECK(!builder.Add(event).has_value());
  }
  return builder.Finish();
}

TEST(LockOracle, AgreesWithTheModelOfAFencedMutex) {
  const int histories = static_cast<int>(AskedHistories().value_or(30'000));
  const CheckerInfo* const model = FindChecker("fenced-mutex");
  uint64_t invalid = 0, valid = 0, refused = 0;
  for (int h = 0; h < histories; ++h) {
    TestRandom random(static_cast<uint64_t>(h));
    const bool spoil = h % 2 == 1, commits = h % 3 == 0;
    const History history = RandomLock{&random, spoil, commits, {}}.Make();
    const CheckResult result = RunChecker(*FindChecker("lock"), history, {});
    const CheckResult expected = RunChecker(*model, commits ? Accepted(history) : history, {});
    // Of nothing the model says nothing.
    const bool decided = expected.verdict != Verdict::kUnknown;
    ASSERT_TRUE(decided || result.data["held"] == 0) << expected.reason;
    const bool found = result.verdict == Verdict::kInvalid;
    ASSERT_EQ(found, expected.verdict == Verdict::kInvalid)
        << "seed " << h << ": " << result.reason << " | " << expected.reason;
    ASSERT_TRUE(spoil || !found) << "seed " << h << ": " << result.reason;
    invalid += found;
    valid += result.verdict == Verdict::kValid;
    refused += result.data["refused"].get<uint64_t>();
  }
  EXPECT_GT(invalid, static_cast<uint64_t>(histories) / 20);
  EXPECT_GT(valid, static_cast<uint64_t>(histories) / 20);
  EXPECT_GT(refused, static_cast<uint64_t>(histories) / 100);
}

}  // namespace
}  // namespace cleave
