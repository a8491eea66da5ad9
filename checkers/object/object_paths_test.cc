// The fast paths against brute force: every tiny history, and many random ones, 50,000 of each kind
// or CLEAVE_ORACLE_HISTORIES. Evidence is judged by brute force too: it must be impossible alone.
// The verifier replays the orders that they give; every other time none is asked for.
#include <gtest/gtest.h>

#include "checkers/object/fast_paths.h"
#include "checkers/object/random_object.h"
#include "checkers/object/recorded_object.h"
#include "checkers/testing/asked_histories.h"

namespace cleave {
namespace {

using PathKind = OracleObject;

const char* ModelOfPath(PathKind kind) {
  switch (kind) {
    case PathKind::kQueue: return "fifo-queue";
    case PathKind::kStack: return "stack";
    case PathKind::kPriority: return "priority-queue";
    case PathKind::kCounter: return "linearizable-counter";
    case PathKind::kList: return "list";
    case PathKind::kSet: return "linearizable-set";
    case PathKind::kSemaphore:
    case PathKind::kTokens: break;
  }
  return "semaphore";
}

std::string ObjectText(const ObjectHistory& object) {
  std::string text;
  for (const ModelOp& op : object.ops) {
    text += "[" + std::to_string(op.call) + "," +
            (op.crashed() ? std::string("∞") : std::to_string(op.ret)) + "] p" +
            std::to_string(object.history->operations()[op.operation].process) + " " +
            object.history->FunctionName(op.function) + "(" + object.values().ToText(op.input) +
            ")=" + object.values().ToText(op.output) + "\n";
  }
  return text;
}

struct PathTally {
  uint64_t compared = 0, invalid = 0, not_applicable = 0, longest = 0;
};

testing::AssertionResult PathAgrees(PathKind kind, const ObjectHistory& object, uint32_t permits,
                                    PathTally* tally) {
  std::vector<uint32_t> order;
  const FastResult result =
      CheckFastPath(ModelOfPath(kind), object, permits, tally->compared % 2 ? nullptr : &order);
  tally->not_applicable += !result.applicable;
  if (!result.applicable) return testing::AssertionSuccess();
  ++tally->compared;
  const bool expected = OracleLinearizableObject(kind, object, permits);
  tally->invalid += !expected;
  if (result.linearizable() != expected) {
    return testing::AssertionFailure() << "the oracle says " << expected << ", the path \""
                                       << result.anomaly << "\" " << result.explanation << "\n"
                                       << ObjectText(object);
  }
  if (expected && tally->compared % 2 == 0) return testing::AssertionSuccess();
  if (expected) {
    const std::string refused = RefusedOrder(ModelOfPath(kind), object, false, order, permits);
    if (refused.empty()) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "the verifier refuses the order: " << refused << "\n"
                                       << testing::PrintToString(order) << "\n"
                                       << ObjectText(object);
  }
  tally->longest = std::max(tally->longest, uint64_t{result.evidence.size()});
  if (OracleLinearizableObject(kind, object, result.evidence, permits)) {
    return testing::AssertionFailure() << "the evidence is possible: " << result.explanation << "\n"
                                       << testing::PrintToString(result.evidence) << "\n"
                                       << ObjectText(object);
  }
  return testing::AssertionSuccess();
}

void PrintTally(const char* what, const PathTally& tally) {
  printf("%s: %llu compared, %llu of them invalid, %llu not applicable, evidence up to %llu\n",
         what, static_cast<unsigned long long>(tally.compared),
         static_cast<unsigned long long>(tally.invalid),
         static_cast<unsigned long long>(tally.not_applicable),
         static_cast<unsigned long long>(tally.longest));
}

uint64_t HowManyObjects() { return AskedHistories().value_or(50'000); }

/// Both verdicts must be common, or the comparison would prove little.
void CompareRandom(const char* what, PathKind kind, uint32_t crash_percent = 10) {
  TestRandom random(2026 + static_cast<uint64_t>(kind));
  PathTally tally;
  const uint64_t count = HowManyObjects();
  while (tally.compared < count && tally.compared + tally.not_applicable < 20 * count) {
    RandomObjectOptions options;
    options.kind = kind;
    options.operations = 3 + random.Below(9);
    options.concurrency = 1 + random.Below(5);
    options.crash_percent = random.Below(3) * crash_percent;
    options.fail_percent = random.Below(2) * 10;
    options.spoilt = random.Below(4);
    options.odd_percent = 5;
    // Not for locks: their processes do one thing at a time.
    const bool locks = kind == PathKind::kSemaphore || kind == PathKind::kTokens;
    if (!locks && random.Below(3) != 0) options.jumbled = random.Below(60);
    options.permits = 1 + random.Below(2);
    options.down = random.Below(2) == 0;
    const OwnedObject owned = RandomObject(&random, options);
    ASSERT_TRUE(PathAgrees(kind, owned.object, options.permits, &tally))
        << what << " number " << tally.compared;
  }
  PrintTally(what, tally);
  EXPECT_GE(tally.compared, count);
  EXPECT_GT(tally.invalid, tally.compared / 20);
  EXPECT_LT(tally.invalid, tally.compared - tally.compared / 10);
  EXPECT_GT(tally.not_applicable, 0u);
}

TEST(ObjectPaths, RandomQueuesAreJudgedAlike) { CompareRandom("queue", PathKind::kQueue); }
TEST(ObjectPaths, RandomQueuesWithManyCrashesAreJudgedAlike) {
  CompareRandom("queue with crashes", PathKind::kQueue, 25);
}
TEST(ObjectPaths, RandomPriorityQueuesAreJudgedAlike) {
  CompareRandom("priority queue", PathKind::kPriority);
}
TEST(ObjectPaths, RandomPriorityQueuesWithManyCrashesAreJudgedAlike) {
  CompareRandom("priority queue with crashes", PathKind::kPriority, 25);
}
TEST(ObjectPaths, RandomStacksAreJudgedAlike) { CompareRandom("stack", PathKind::kStack); }
TEST(ObjectPaths, RandomCountersAreJudgedAlike) { CompareRandom("counter", PathKind::kCounter); }
TEST(ObjectPaths, RandomListsAreJudgedAlike) { CompareRandom("list", PathKind::kList); }
TEST(ObjectPaths, RandomSetsAreJudgedAlike) { CompareRandom("set", PathKind::kSet); }
TEST(ObjectPaths, RandomSemaphoresAreJudgedAlike) {
  CompareRandom("semaphore", PathKind::kSemaphore);
}
TEST(ObjectPaths, RandomTokensAreJudgedAlike) { CompareRandom("tokens", PathKind::kTokens); }

/// What may be called: a put makes a fresh value, 1, 2, …
struct Letter {
  FunctionId function;
  ValueId output;
  bool fresh = false;
  uint32_t process = 0;
  bool needs_answer = false;  // it says nothing when crashed, or the same as another letter
  bool down = false;          // fresh values are 8, 7, …
};

class EveryTiny {
 public:
  EveryTiny(PathKind kind, std::vector<Letter> letters, const History& history, uint32_t permits)
      : kind_(kind), letters_(std::move(letters)), permits_(permits) {
    object_.history = &history;
  }

  void Run(uint32_t operations) {
    for (uint32_t n = 1; n <= operations; ++n) Extend(n, 0, 1);
  }
  const PathTally& tally() const { return tally_; }

 private:
  bool OneAtATime(const Letter& letter) const {
    for (const ModelOp& op : object_.ops) {
      if (op.crashed() && op.operation == letter.process) return false;
    }
    return true;
  }

  void Extend(uint32_t left, Position now, int64_t fresh) {
    if (testing::Test::HasFatalFailure()) return;
    if (left == 0) Judge();
    for (const Letter& letter : letters_) {
      if (left == 0) break;
      const bool owned = kind_ == PathKind::kSemaphore || kind_ == PathKind::kTokens;
      if (owned && !OneAtATime(letter)) continue;
      ModelOp op;
      op.function = letter.function;
      op.input = !letter.fresh ? kNull : object_.values().FindInt(letter.down ? 9 - fresh : fresh);
      op.output = letter.output;
      op.call = now;
      op.operation = letter.process;
      object_.ops.push_back(op);
      needs_answer_.push_back(letter.needs_answer);
      Extend(left - 1, now + 1, fresh + letter.fresh);
      object_.ops.pop_back();
      needs_answer_.pop_back();
    }
    for (size_t i = 0; i < object_.ops.size(); ++i) {
      if (!object_.ops[i].crashed()) continue;
      object_.ops[i].ret = now;
      Extend(left, now + 1, fresh);
      object_.ops[i].ret = kNever;
    }
  }

  void Judge() {
    for (size_t i = 0; i < object_.ops.size(); ++i) {
      if (object_.ops[i].crashed() && needs_answer_[i]) return;
    }
    ObjectHistory object = object_;
    for (ModelOp& op : object.ops) {
      if (op.crashed()) op.output = kNoValue;
    }
    ASSERT_TRUE(PathAgrees(kind_, object, permits_, &tally_));
  }

  const PathKind kind_;
  const std::vector<Letter> letters_;
  const uint32_t permits_;
  ObjectHistory object_;
  std::vector<bool> needs_answer_;
  PathTally tally_;
};

/// All that the tiny histories mention: processes, numbers, lists.
class TinyWorld {
 public:
  TinyWorld() {
    push = builder_.Function("push");
    pop = builder_.Function("pop");
    inc = builder_.Function("inc");
    for (int64_t n = 0; n <= 8; ++n) number[n] = builder_.values().Int(n);
    for (int32_t process = 0; process < 3; ++process) {
      RawEvent event;
      event.process = process;
      event.value = kNull;
      builder_.Add(event);
    }
  }
  ValueId List(std::vector<ValueId> elements) { return builder_.values().List(elements); }

  void Compare(const char* what, PathKind kind, std::vector<Letter> letters, uint32_t operations,
               uint32_t permits = 1) {
    const History history = Finish();
    EveryTiny every(kind, std::move(letters), history, permits);
    every.Run(operations);
    PrintTally(what, every.tally());
    EXPECT_GT(every.tally().invalid, 500u);
    EXPECT_GT(every.tally().compared - every.tally().invalid, 500u);
  }

  History Finish() { return builder_.Finish(); }

  FunctionId push, pop, inc;
  ValueId number[9];

 private:
  HistoryBuilder builder_;
};

std::vector<Letter> ContainerLetters(const TinyWorld& world, FunctionId put, FunctionId take) {
  return {{put, kNull, true},
          {take, kNull},
          {take, world.number[1], false, 0, true},
          {take, world.number[2], false, 0, true},
          {take, world.number[3], false, 0, true}};
}

TEST(ObjectPaths, EveryTinyQueueIsJudgedAlike) {
  TinyWorld world;
  world.Compare("tiny queue", PathKind::kQueue, ContainerLetters(world, kEnqueue, kDequeue), 4);
}

TEST(ObjectPaths, EveryTinyPriorityQueueIsJudgedAlike) {
  TinyWorld world;
  std::vector<Letter> letters = ContainerLetters(world, kEnqueue, kDequeue);
  letters.pop_back();
  letters.push_back({kEnqueue, kNull, true, 0, false, true});
  for (const int n : {8, 7}) letters.push_back({kDequeue, world.number[n], false, 0, true});
  world.Compare("tiny priority queue", PathKind::kPriority, letters, 4);
}

TEST(ObjectPaths, EveryTinyStackIsJudgedAlike) {
  TinyWorld world;
  world.Compare("tiny stack", PathKind::kStack, ContainerLetters(world, world.push, world.pop), 4);
}

TEST(ObjectPaths, EveryTinyCounterIsJudgedAlike) {
  TinyWorld world;
  std::vector<Letter> letters = {{world.inc, kNull}};
  for (int n = 0; n < 4; ++n) letters.push_back({kRead, world.number[n], false, 0, true});
  world.Compare("tiny counter", PathKind::kCounter, letters, 4);
}

TEST(ObjectPaths, EveryTinyListAndSetIsJudgedAlike) {
  for (const PathKind kind : {PathKind::kList, PathKind::kSet}) {
    TinyWorld world;
    const FunctionId add = kind == PathKind::kList ? kAppend : kAdd;
    std::vector<Letter> letters = {{add, kNull, true}, {kRead, kNull, false, 0, true}};
    const ValueId a = world.number[1], b = world.number[2];
    for (const ValueId list :
         {world.List({a}), world.List({b}), world.List({a, b}), world.List({b, a})}) {
      letters.push_back({kRead, list, false, 0, true});
    }
    world.Compare(kind == PathKind::kList ? "tiny list" : "tiny set", kind, letters, 4);
  }
}

TEST(ObjectPaths, EveryTinyLockIsJudgedAlike) {
  for (const PathKind kind : {PathKind::kSemaphore, PathKind::kTokens}) {
    TinyWorld world;
    std::vector<Letter> letters;
    for (uint32_t process = 0; process < 3; ++process) {
      letters.push_back({kAcquire, kNull, false, process});
      letters.push_back({kRelease, kNull, false, process});
    }
    world.Compare("tiny lock", kind, letters, 4);
  }
}

/// Values that come and go at any times: unlike what a real object does, with long chains of stays.
class AnyTimes {
 public:
  AnyTimes(TestRandom* random, const TinyWorld& world, FunctionId put, FunctionId take)
      : random_(random), world_(world), put_(put), take_(take) {}

  std::vector<ModelOp> Make() {
    width_ = 2 + random_->Below(40);
    const uint32_t values = 2 + random_->Below(5);
    for (uint32_t v = 1; v <= values; ++v) {
      const uint32_t in = random_->Below(100);
      Add(put_, world_.number[v], kNoValue, in);
      if (random_->Below(10) != 0) {
        Add(take_, kNull, world_.number[v], in + random_->Below(60));
      } else if (random_->Below(4) == 0) {
        Add(take_, kNull, kNoValue, in + random_->Below(60));
      }
    }
    if (random_->Below(3) == 0) Add(take_, kNull, kNull, random_->Below(160));
    return Numbered();
  }

 private:
  void Add(FunctionId function, ValueId input, ValueId output, uint32_t middle) {
    ModelOp op;
    op.function = function;
    op.input = input;
    op.output = output;
    op.call = 1000 + middle - random_->Below(width_);
    op.ret = 1000 + middle + random_->Below(width_);
    const bool crashed = function == take_ ? output == kNoValue : random_->Below(20) == 0;
    if (crashed) op.ret = kNever;
    ops_.push_back(op);
  }

  /// In call order, with different times.
  std::vector<ModelOp> Numbered() {
    std::vector<std::pair<Position, Position*>> events;
    for (ModelOp& op : ops_) {
      events.emplace_back(2 * op.call, &op.call);
      if (!op.crashed()) events.emplace_back(2 * op.ret + 1, &op.ret);
    }
    std::sort(events.begin(), events.end());
    for (size_t i = 0; i < events.size(); ++i) *events[i].second = static_cast<Position>(i);
    std::sort(ops_.begin(), ops_.end(),
              [](const ModelOp& a, const ModelOp& b) { return a.call < b.call; });
    return std::move(ops_);
  }

  TestRandom* const random_;
  const TinyWorld& world_;
  const FunctionId put_, take_;
  uint32_t width_ = 1;
  std::vector<ModelOp> ops_;
};

TEST(ObjectPaths, ContainersWithAnyTimesAreJudgedAlike) {
  TestRandom random(77);
  for (const PathKind kind : {PathKind::kQueue, PathKind::kPriority, PathKind::kStack}) {
    TinyWorld world;
    const History history = world.Finish();
    PathTally tally;
    ObjectHistory object;
    object.history = &history;
    for (uint64_t i = HowManyObjects(); i > 0; --i) {
      object.ops = kind == PathKind::kStack ? AnyTimes(&random, world, world.push, world.pop).Make()
                                            : AnyTimes(&random, world, kEnqueue, kDequeue).Make();
      ASSERT_TRUE(PathAgrees(kind, object, 1, &tally));
    }
    PrintTally(ModelOfPath(kind), tally);
    EXPECT_GT(tally.invalid, tally.compared / 10);
    EXPECT_LT(tally.invalid, tally.compared - tally.compared / 10);
  }
}

}  // namespace
}  // namespace cleave
