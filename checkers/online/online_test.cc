// Online checkers against the ones that see all of the history: the first event that makes a prefix
// impossible is the one that is reported.
#include "checkers/online/online.h"

#include <gtest/gtest.h>

#include <functional>

#include "checkers/object/random_object.h"
#include "checkers/testing/asked_histories.h"
#include "checkers/testing/random_history.h"
#include "harness/history/excerpt.h"
#include "harness/history/journal.h"
#include "harness/history/notation.h"
#include "harness/history/reader.h"

namespace cleave {
namespace {

uint64_t HowManyStreams() { return AskedHistories() ? *AskedHistories() / 4 : 20'000; }

std::string StreamText(const std::vector<Event>& events, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) AppendJsonLine(events[i], &text);
  return text;
}

Verdict VerdictOfPrefix(const std::string& checker, const std::vector<Event>& events, size_t count,
                        const CheckOptions& options) {
  if (count == 0) return Verdict::kUnknown;  // a file without an event is no history
  const History history = ReadHistoryText(StreamText(events, count), "prefix");
  return RunChecker(*FindChecker(checker), history, options).verdict;
}

/// Processes that crashed are given up at some later moment, and some of what crashed failed.
void Stir(TestRandom* random, uint32_t fail_percent, std::vector<Event>* events) {
  for (size_t i = events->size(); i-- > 0;) {
    Event& event = (*events)[i];
    if (event.type != EventType::kInfo) continue;
    if (random->Below(100) < fail_percent) event.type = EventType::kFail;
    size_t end = i + 1;  // not beyond the process's next operation
    while (end < events->size() && (*events)[end].process != event.process) ++end;
    const size_t to = i + random->Below(static_cast<uint32_t>(end - i));
    std::rotate(events->begin() + static_cast<ptrdiff_t>(i),
                events->begin() + static_cast<ptrdiff_t>(i) + 1,
                events->begin() + static_cast<ptrdiff_t>(to) + 1);
  }
  for (size_t i = 0; i < events->size(); ++i) (*events)[i].index = static_cast<int64_t>(i);
}

enum class Promise { kFirstEvent, kSound };

struct StreamTally {
  uint64_t judged = 0, found = 0, missed = 0, left = 0;
};

testing::AssertionResult AgreesWithAll(const std::string& checker, const std::vector<Event>& events,
                                       Promise promise, StreamTally* tally,
                                       const CheckOptions& options = {}) {
  const auto online = MakeOnlineChecker(checker, options);
  for (const Event& event : events) online->Take(event);
  if (online->left_out() > 0 && !online->violation()) {
    ++tally->left;
    return testing::AssertionSuccess();
  }
  ++tally->judged;
  const size_t all = events.size();
  if (!online->violation()) {
    if (VerdictOfPrefix(checker, events, all, options) != Verdict::kInvalid) {
      return testing::AssertionSuccess();
    }
    ++tally->missed;
    if (promise == Promise::kSound) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "missed:\n" << StreamText(events, all);
  }
  ++tally->found;
  const auto at = static_cast<size_t>(online->violation()->event);
  if (VerdictOfPrefix(checker, events, at + 1, options) != Verdict::kInvalid) {
    return testing::AssertionFailure()
           << "possible, and yet " << online->violation()->anomaly << " at " << at << ":\n"
           << StreamText(events, at + 1);
  }
  if (promise == Promise::kFirstEvent &&
      VerdictOfPrefix(checker, events, at, options) == Verdict::kInvalid) {
    return testing::AssertionFailure() << "too late at " << at << ":\n"
                                       << StreamText(events, at + 1);
  }
  return testing::AssertionSuccess();
}

/// What was judged must be enough to mean something, and so must be what was found.
void ExpectTelling(const char* what, const StreamTally& tally) {
  printf(
      "%s: %llu judged, %llu impossible, %llu missed, %llu left to the end\n", what,
      static_cast<unsigned long long>(tally.judged), static_cast<unsigned long long>(tally.found),
      static_cast<unsigned long long>(tally.missed), static_cast<unsigned long long>(tally.left));
  EXPECT_GT(tally.judged, HowManyStreams() / 4);
  EXPECT_GT(tally.found, tally.judged / 50);
}

void CompareRegisters(bool mismatches, Promise promise) {
  TestRandom random(mismatches ? 5 : 6);
  StreamTally tally;
  for (uint64_t i = 0; i < HowManyStreams(); ++i) {
    RandomRegisterOptions options;
    options.operations = 2 + random.Below(10);
    options.concurrency = 2 + random.Below(4);
    options.unique = true;
    options.mismatches = mismatches;
    options.crash_percent = random.Below(2) * 15;
    std::vector<Event> events = EventsOf(RandomRegisterHistory(&random, options));
    Stir(&random, 20, &events);
    ASSERT_TRUE(AgreesWithAll("linearizable", events, promise, &tally)) << "history " << i;
  }
  ExpectTelling(mismatches ? "registers that say mismatch" : "registers", tally);
  EXPECT_LE(tally.missed, tally.found / 10);
}

TEST(OnlineRegister, ReportsTheFirstEventThatNoOrderExplains) {
  CompareRegisters(false, Promise::kFirstEvent);
}

TEST(OnlineRegister, NeverBlamesAMismatchThatCanBe) { CompareRegisters(true, Promise::kSound); }

TEST(OnlineRegister, LeavesAKeyWhoseValuesRepeatWhileTheyAreLive) {
  const auto online = MakeOnlineChecker("linearizable");
  const History history = ParseNotation("p0: k1.w1 | p1: k1.w1 | p0: ok | p1: ok | p2: k1.r=2");
  for (const Event& event : EventsOf(history)) online->Take(event);
  EXPECT_FALSE(online->violation());
  EXPECT_GT(online->left_out(), 0u);
}

TEST(OnlineRegister, JudgesValuesThatComeAgainOnceTheyAreOver) {
  const auto online = MakeOnlineChecker("linearizable");
  const History history =
      ParseNotation("p0: w1 ok | p0: w2 ok | p0: w1 ok | p1: r=1 | p0: w3 ok | p1: r=1");
  for (const Event& event : EventsOf(history)) online->Take(event);
  ASSERT_TRUE(online->violation());
  EXPECT_EQ(online->violation()->anomaly, "stale-read");
  EXPECT_EQ(online->violation()->event, 11);
}

TEST(OnlineSet, ReportsTheFirstEventThatNoOrderExplains) {
  TestRandom random(7);
  StreamTally tally;
  for (uint64_t i = 0; i < HowManyStreams(); ++i) {
    RandomSetOptions options;
    options.operations = 2 + random.Below(9);
    options.concurrency = 2 + random.Below(4);
    std::vector<Event> events = EventsOf(RandomSetHistory(&random, options));
    Stir(&random, 20, &events);
    ASSERT_TRUE(AgreesWithAll("set", events, Promise::kFirstEvent, &tally)) << "history " << i;
  }
  ExpectTelling("sets", tally);
}

void CompareAll(const char* checker, Promise promise, uint32_t fail_percent,
                const std::function<std::vector<Event>(TestRandom*, CheckOptions*)>& make) {
  TestRandom random(8);
  StreamTally tally;
  for (uint64_t i = 0; i < HowManyStreams(); ++i) {
    CheckOptions options;
    std::vector<Event> events = make(&random, &options);
    Stir(&random, fail_percent, &events);
    ASSERT_TRUE(AgreesWithAll(checker, events, promise, &tally, options)) << "history " << i;
  }
  ExpectTelling(checker, tally);
  EXPECT_LE(tally.missed, tally.found / 2);
}

TEST(OnlineCounter, ReportsTheFirstEventThatNoSumExplains) {
  CompareAll("counter", Promise::kFirstEvent, 30, [](TestRandom* random, CheckOptions*) {
    return EventsOf(RandomCounterHistory(random, random->Below(2) == 0));
  });
}

TEST(OnlineQueue, ReportsTheFirstElementThatCannotComeOut) {
  CompareAll("queue", Promise::kFirstEvent, 30, [](TestRandom* random, CheckOptions*) {
    return EventsOf(RandomQueueHistory(random, random->Below(2) == 0, random->Below(2) == 0));
  });
}

/// The operations of an object that fast paths are judged by, as events.
std::vector<Event> EventsOfObject(TestRandom* random, const RandomObjectOptions& options) {
  const OwnedObject owned = cleave::RandomObject(random, options);
  std::vector<std::pair<Position, Event>> events;
  for (const ModelOp& op : owned.object.ops) {
    Event event;
    event.process = owned.history->operations()[op.operation].process;
    event.f = owned.history->FunctionName(op.function);
    event.value = owned.history->values().ToJson(op.input);
    events.emplace_back(op.call, event);
    event.type = op.crashed() ? EventType::kInfo : EventType::kOk;
    if (op.output != kNoValue && op.output != kNull) {
      event.value = owned.history->values().ToJson(op.output);
    }
    events.emplace_back(op.crashed() ? op.call : op.ret, event);
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Event> sorted;
  for (auto& [position, event] : events) sorted.push_back(std::move(event));
  return sorted;
}

RandomObjectOptions SomeObject(TestRandom* random, OracleObject kind) {
  RandomObjectOptions options;
  options.kind = kind;
  options.operations = 2 + random->Below(9);
  options.concurrency = 2 + random->Below(4);
  options.crash_percent = random->Below(2) * 20;
  return options;
}

TEST(OnlineFifo, NeverBlamesAQueueThatCanBe) {
  CompareAll("fifo-queue", Promise::kSound, 30, [](TestRandom* random, CheckOptions*) {
    return EventsOfObject(random, SomeObject(random, OracleObject::kQueue));
  });
}

TEST(OnlineLock, ReportsTheFirstAcquireTooMany) {
  CompareAll("semaphore", Promise::kFirstEvent, 0, [](TestRandom* random, CheckOptions* check) {
    RandomObjectOptions options = SomeObject(random, OracleObject::kSemaphore);
    check->permits = options.permits = 1 + random->Below(2);
    return EventsOfObject(random, options);
  });
}

/// The index of the event at which the checker reports these, -1 where it does not.
int64_t ReportedAt(const char* checker, std::initializer_list<const char*> lines) {
  const auto online = MakeOnlineChecker(checker);
  int64_t index = 0;
  for (const char* const line : lines) {
    const Json json = ParseJson(line);
    Event event;
    event.index = index++;
    event.process = json.at(0);
    event.f = json.at(1);
    event.type = json.at(2) == "invoke" ? EventType::kInvoke
                 : json.at(2) == "ok"   ? EventType::kOk
                                        : EventType::kFail;
    online->Take(event);
    if (online->violation()) return online->violation()->event;
  }
  return -1;
}

TEST(OnlineLock, ReleaseThatFailedWasHeldAllTheWhile) {
  EXPECT_EQ(ReportedAt("mutex", {R"([0,"acquire","invoke"])", R"([0,"acquire","ok"])",
                                 R"([0,"release","invoke"])", R"([1,"acquire","invoke"])",
                                 R"([1,"acquire","ok"])", R"([1,"release","invoke"])",
                                 R"([1,"release","ok"])", R"([0,"release","fail"])"}),
            7);
}

TEST(OnlineLock, TwoHoldersAreReportedWhenBothHaveGivenItBack) {
  EXPECT_EQ(ReportedAt("lock", {R"([0,"acquire","invoke"])", R"([0,"acquire","ok"])",
                                R"([1,"acquire","invoke"])", R"([1,"acquire","ok"])",
                                R"([1,"release","invoke"])", R"([1,"release","ok"])",
                                R"([2,"acquire","invoke"])", R"([2,"acquire","ok"])",
                                R"([0,"release","invoke"])", R"([0,"release","ok"])"}),
            9);
  EXPECT_EQ(ReportedAt("lock", {R"([0,"acquire","invoke"])", R"([0,"acquire","ok"])",
                                R"([0,"release","invoke"])", R"([1,"acquire","invoke"])",
                                R"([1,"acquire","ok"])", R"([0,"release","ok"])",
                                R"([1,"release","invoke"])", R"([1,"release","ok"])"}),
            -1);
}

TEST(OnlineLock, WhatIsCommittedIsLeftToTheEnd) {
  EXPECT_EQ(ReportedAt("lock", {R"([0,"acquire","invoke"])", R"([0,"acquire","ok"])",
                                R"([1,"acquire","invoke"])", R"([1,"acquire","ok"])",
                                R"([1,"commit","invoke"])", R"([1,"commit","ok"])",
                                R"([0,"commit","invoke"])", R"([0,"commit","fail"])"}),
            -1);
}

/// A register that is read and written without end by ten processes, 2 % of whose operations crash;
/// each key lives for a thousand operations.
TEST(OnlineRegister, RemembersLittleOfALongRun) {
  const auto online = MakeOnlineChecker("linearizable");
  TestRandom random(1);
  Event event;
  size_t most = 0;
  int32_t process = 0;
  int64_t value = 0, current = 0, key = 0;
  for (int i = 0; i < 300'000; ++i) {
    if (i % 20 == 0) ++key, current = 0;
    event.key = "k" + std::to_string(key);
    event.f = random.Below(2) == 0 ? "read" : "write";
    event.process = process;
    event.type = EventType::kInvoke;
    event.value = event.f == "read" ? Json() : Json(++value);
    online->Take(event);
    ++event.index;
    const bool crashes = random.Below(50) == 0;
    if (crashes) ++process;
    if (!crashes && event.f == "write") current = value;
    event.type = crashes ? EventType::kInfo : EventType::kOk;
    if (event.f == "read" && !crashes) event.value = current == 0 ? Json() : Json(current);
    online->Take(event);
    ++event.index;
    if (i % 1000 == 0) most = std::max(most, online->live());
  }
  EXPECT_FALSE(online->violation()) << online->violation()->anomaly;
  EXPECT_EQ(online->left_out(), 0u);
  EXPECT_LT(most, 40'000u) << "15,000 keys of 20 operations: a part of them is over";
}

TEST(OnlineCheckers, AreFoundByNameAndAlias) {
  for (const std::string& name : OnlineCheckerNames()) EXPECT_NE(MakeOnlineChecker(name), nullptr);
  EXPECT_NE(MakeOnlineChecker("cas-register"), nullptr);
  EXPECT_EQ(MakeOnlineChecker("append"), nullptr);
}

}  // namespace
}  // namespace cleave
