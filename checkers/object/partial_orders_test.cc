// Partial orders against brute force, for every model, on random small histories; and their words.
#include "checkers/object/partial_orders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "checkers/object/object.h"
#include "checkers/object/random_model_ops.h"
#include "checkers/register/linearizable.h"
#include "harness/history/notation.h"

namespace cleave {
namespace {

constexpr int kInvalidHistories = 300;  // of each model

/// How far one can come, from the definition: every order, nothing left out.
class Furthest {
 public:
  Furthest(const Model& model, std::span<const ModelOp> ops) : model_(model), ops_(ops) {}

  /// The most completed operations of any order that begins with those of `done`.
  size_t From(const std::set<uint32_t>& done, const ModelState& state) {
    const auto [it, fresh] = known_.try_emplace({done, state}, 0);
    if (!fresh) return it->second;
    size_t most = 0;
    for (const uint32_t i : done) most += !ops_[i].crashed();
    for (uint32_t i = 0; i < ops_.size(); ++i) {
      if (done.contains(i) || !MayBeNext(i, done)) continue;
      std::set<uint32_t> more = done;
      more.insert(i);
      for (const ModelState& after : Step(state, i)) most = std::max(most, From(more, after));
    }
    return known_[{done, state}] = most;
  }
  bool MayBeNext(uint32_t i, const std::set<uint32_t>& done) const {
    for (uint32_t j = 0; j < ops_.size(); ++j) {
      if (!done.contains(j) && ops_[j].ret < ops_[i].call) return false;
    }
    return true;
  }
  std::vector<ModelState> Step(const ModelState& state, uint32_t i) const {
    std::vector<ModelState> next;
    model_.Step(state, ops_[i], &next);
    return next;
  }
  size_t completed() const {
    return std::count_if(ops_.begin(), ops_.end(), [](const ModelOp& op) { return !op.crashed(); });
  }

 private:
  const Model& model_;
  const std::span<const ModelOp> ops_;
  std::map<std::pair<std::set<uint32_t>, ModelState>, size_t> known_;
};

struct Replayed {
  std::set<uint32_t> done, completed;
  ModelState state;
};

/// Follows an order, and expects every step to be possible.
Replayed Replay(const Model& model, std::span<const ModelOp> ops, const Furthest& brute_force,
                const PartialOrder& found) {
  Replayed at{{}, {}, model.Initial()};
  for (const PartialOrder::Step& step : found.order) {
    EXPECT_FALSE(at.done.contains(step.op));
    EXPECT_TRUE(brute_force.MayBeNext(step.op, at.done));
    EXPECT_THAT(brute_force.Step(at.state, step.op), testing::Contains(step.state));
    at.done.insert(step.op);
    if (!ops[step.op].crashed()) at.completed.insert(step.op);
    at.state = step.state;
  }
  return at;
}

/// Expects that everything else is said to be stuck, and truly is.
void ExpectStuck(std::span<const ModelOp> ops, const Furthest& brute_force,
                 const PartialOrder& found, const Replayed& at) {
  std::set<uint32_t> told = at.completed;
  for (const PartialOrder::Stuck& stuck : found.stuck) {
    EXPECT_TRUE(told.insert(stuck.op).second);
    EXPECT_FALSE(ops[stuck.op].crashed());
    if (stuck.must_follow == kNone) {
      EXPECT_TRUE(brute_force.MayBeNext(stuck.op, at.done));
      EXPECT_THAT(brute_force.Step(at.state, stuck.op), testing::IsEmpty());
    } else {
      EXPECT_FALSE(at.done.contains(stuck.must_follow));
      EXPECT_LT(ops[stuck.must_follow].ret, ops[stuck.op].call);
    }
  }
  EXPECT_EQ(told.size(), brute_force.completed());
  ASSERT_FALSE(found.stuck.empty());
  EXPECT_EQ(found.stuck[0].must_follow, kNone) << "the state's reason comes first";
}

class PartialOrdersOfModel : public testing::TestWithParam<size_t> {};

TEST_P(PartialOrdersOfModel, AreTheDeepestAndTrulyEnd) {
  const Vocabulary& words = Vocabulary::Get();
  const ModelInfo& info = Models()[GetParam()];
  const auto model = info.make({&words.history(), kNull, 2});
  TestRandom random(GetParam() + 7);
  for (int invalid = 0; invalid < kInvalidHistories && !HasFailure();) {
    const uint32_t count = 2 + random.Below(6), processes = 1 + random.Below(4);
    const auto ops = RandomModelOps(words, info, *model, &random, count, processes);
    Furthest brute_force(*model, ops);
    const size_t deepest = brute_force.From({}, model->Initial());
    const std::vector<PartialOrder> orders = DeepestPartialOrders(*model, ops);
    if (deepest == brute_force.completed()) {
      EXPECT_THAT(orders, testing::IsEmpty());
      continue;
    }
    ++invalid;
    ASSERT_FALSE(orders.empty());
    EXPECT_LE(orders.size(), 3);
    std::set<std::pair<std::set<uint32_t>, ModelState>> ends;
    size_t before = deepest;
    EXPECT_EQ(orders[0].stuck.size(), brute_force.completed() - deepest);
    for (const PartialOrder& order : orders) {
      const Replayed at = Replay(*model, ops, brute_force, order);
      const size_t depth = at.completed.size();
      EXPECT_EQ(brute_force.From(at.done, at.state), depth) << "it goes on";
      EXPECT_LE(depth, before);
      before = depth;
      EXPECT_TRUE(ends.emplace(at.completed, at.state).second) << "twice the same";
      ExpectStuck(ops, brute_force, order, at);
    }
  }
}

std::string NameOfModelRow(const testing::TestParamInfo<size_t>& info) {
  std::string name = Models()[info.param].name;
  std::erase(name, '-');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Every, PartialOrdersOfModel, testing::Range<size_t>(0, Models().size()),
                         NameOfModelRow);

Json PartialOf(const CheckResult& result) {
  return result.anomalies.empty() || result.anomalies[0].detail.is_null()
             ? Json()
             : result.anomalies[0].detail["partial"];
}
Json PartialOfObject(std::string_view model, const std::string& notation) {
  return PartialOf(CheckObject(model, ParseNotation(notation), {}));
}
Json PartialOfRegister(const std::string& notation) {
  return PartialOf(CheckLinearizable(ParseNotation(notation), {}));
}

TEST(PartialOrders, OfARegisterSayWhatItHolds) {
  EXPECT_EQ(PartialOfRegister("p0: w1 ok | p0: w2 ok | p1: r=1"), Json::parse(R"([{
      "order": [{"event": 0, "state": "1"}, {"event": 2, "state": "2"}],
      "stuck": [{"event": 4, "why": "read = 1 cannot follow: the register holds 2"}]}])"));
}

TEST(PartialOrders, SayWhatMustComeBefore) {
  const Json partial = PartialOfRegister("p0: w1 ok | p0: w2 ok | p1: r=1 | p2: r=2");
  EXPECT_EQ(partial[0]["order"].size(), 2);
  const Json late = PartialOfRegister("p0: w1 | p1: r=2 | p1: w2 ok | p0: ok");
  EXPECT_EQ(late[0]["stuck"].back()["why"],
            "write 2 must come after read = 2, which had returned (event 2) before it was called "
            "(event 3)");
}

TEST(PartialOrders, NothingMayComeFirst) {
  EXPECT_EQ(PartialOfRegister("p0: r=7"), Json::parse(R"([{
      "order": [],
      "stuck": [{"event": 0, "why": "read = 7 cannot come first: the register holds null"}]}])"));
}

// Two writes at once: whichever comes last, somebody read the other one after it.
TEST(PartialOrders, ShowEveryWayRound) {
  const Json partial = PartialOfRegister(
      "p0: w1 | p1: w2 | p0: ok | p1: ok | p2: r=1 | p2: r=2 | p2: c1>3 mismatch");
  ASSERT_GE(partial.size(), 2);
  EXPECT_NE(partial[0]["order"].back()["state"], partial[1]["order"].back()["state"]);
}

TEST(PartialOrders, OfObjectsSayTheirState) {
  const auto first = [](std::string_view model, const std::string& notation) {
    return PartialOfObject(model, notation)[0]["stuck"][0]["why"].get<std::string>();
  };
  EXPECT_EQ(first("fifo-queue",
                  "p0: enqueue(1) ok | p0: enqueue(2) ok | p1: dequeue()=2 | p1: dequeue()=1"),
            "dequeue = 2 cannot follow: the queue holds [1,2]");
  EXPECT_EQ(first("mutex", "p0: acquire() ok | p1: acquire() ok"),
            "acquire cannot follow: the lock is held");
  EXPECT_EQ(first("owner-mutex", "p0: acquire() ok | p1: release() ok"),
            "release cannot follow: the lock is held by process 0");
  EXPECT_EQ(first("linearizable-counter", "p0: a1 ok | p1: r=0"),
            "read = 0 cannot follow: the counter is at 1");
  EXPECT_EQ(first("linearizable-ids", "p0: generate()=5 | p1: generate()=5"),
            "generate = 5 cannot follow: the ids given are [5]");
}

// What was appended, or added, is no evidence, and yet the reason is not that it was not there.
TEST(PartialOrders, HoldWhatTheEvidenceOnlySpeaksOf) {
  const auto deepest = [](std::string_view model, const std::string& notation) {
    const Json partial = PartialOfObject(model, notation);
    return std::pair(partial[0]["order"].size(), partial[0]["stuck"][0]["why"].get<std::string>());
  };
  EXPECT_EQ(deepest("list",
                    "p0: append(1) | p1: append(2) | p2: append(7) | p0: ok | p1: ok | "
                    "p3: r=[1,2] | p4: r=[2,1] | p2: ok"),
            std::pair(size_t{3}, std::string("read = [2,1] cannot follow: the list is [1,2]")));
  EXPECT_EQ(deepest("linearizable-counter", "p0: a1 ok | p1: r=3"),
            std::pair(size_t{1}, std::string("read = 3 cannot follow: the counter is at 1")));
}

/// Of all operations of a register's history.
Json PartialOfAll(const std::string& notation) {
  const History history = ParseNotation(notation);
  std::vector<uint32_t> all(history.operations().size());
  for (uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  const ModelInfo& info = *FindModel("cas-register");
  return DescribePartialOrders(history, kNoKey, all, info, *info.make({&history, kNull}));
}

TEST(PartialOrders, TooManyOperationsHaveNone) {
  std::string notation = "p0: w1 ok";
  for (int i = 0; i < 62; ++i) notation += " | p0: w1 ok";
  EXPECT_FALSE(PartialOfAll(notation + " | p0: r=9").is_null());
  EXPECT_TRUE(PartialOfAll(notation + " | p0: w1 ok | p0: r=9").is_null());
}

// Any set of the writes may be done, and each of those may have been the last.
TEST(PartialOrders, TooManyConfigurationsHaveNone) {
  const auto writes_at_once = [](int count) {
    std::string calls, returns;
    for (int i = 0; i < count; ++i) {
      const std::string process = "p" + std::to_string(i) + ": ";
      calls += process + "w" + std::to_string(i) + " | ";
      returns += process + "ok | ";
    }
    return calls + returns + "p90: r=99";
  };
  EXPECT_EQ(PartialOfAll(writes_at_once(8))["partial"].size(), 3);
  EXPECT_TRUE(PartialOfAll(writes_at_once(14)).is_null());
}

}  // namespace
}  // namespace cleave
