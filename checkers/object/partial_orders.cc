// Every order is tried, remembering configurations: the set of operations done and the state. What
// merely observes is done as soon as it can be, which never makes an order shorter.
#include "checkers/object/partial_orders.h"

#include <algorithm>
#include <bit>
#include <map>

#include "checkers/object/object.h"
#include "checkers/object/state_table.h"
#include "checkers/words.h"

namespace cleave {
namespace {

constexpr size_t kMostOps = 64;
constexpr size_t kMostConfigurations = 20'000;

class DeadEnds {
 public:
  DeadEnds(const Model& model, std::span<const ModelOp> ops, size_t most)
      : ops_(ops), most_(most), table_(model, ops) {
    for (uint32_t i = 0; i < ops.size(); ++i) {
      if (!ops[i].crashed()) completed_ |= Bit(i);
    }
  }

  std::vector<PartialOrder> Find() {
    const bool all = Explore(0, table_.initial()) == std::popcount(completed_);
    std::vector<PartialOrder> orders;
    if (all || reach_.size() >= kMostConfigurations) return orders;
    for (const End& end : ends_) {
      if (!WastesCrashed(end)) orders.push_back(ToOrder(end));
    }
    return orders;
  }

 private:
  struct End {
    uint64_t done;  // of the completed operations
    uint32_t state;
    std::vector<std::pair<uint32_t, uint32_t>> path;  // operation, state after it
    int depth() const { return std::popcount(done); }
  };
  static constexpr uint64_t Bit(uint32_t i) { return uint64_t{1} << i; }

  /// The most completed operations that any order beginning with path_ holds.
  int Explore(uint64_t done, uint32_t state) {
    const auto known = reach_.find({done, state});
    const int most = known != reach_.end() ? known->second : TryAll(done, state);
    // Where a crashed operation leads to nothing, the order ends before it.
    if (most == std::popcount(done & completed_) &&
        (path_.empty() || !ops_[path_.back().first].crashed())) {
      Keep({done & completed_, state, path_});
    }
    return most;
  }

  int TryAll(uint64_t done, uint32_t state) {
    int most = std::popcount(done & completed_);
    const uint32_t observation = Observation(done, state);
    for (uint32_t i = 0; i < ops_.size() && reach_.size() < kMostConfigurations; ++i) {
      if (observation != kNone ? i != observation : !IsNext(i, done)) continue;
      const StateTable::Range range = table_.Step(state, i);
      for (uint32_t r = range.begin; r < range.end; ++r) {
        const uint32_t after = table_.Result(r);
        if (ops_[i].crashed() && after == state) continue;
        path_.emplace_back(i, after);
        most = std::max(most, Explore(done | Bit(i), after));
        path_.pop_back();
      }
    }
    return reach_[{done, state}] = most;
  }

  /// Whether nothing that is not done had returned before it was called.
  bool IsNext(uint32_t i, uint64_t done) const {
    if ((done & Bit(i)) != 0) return false;
    for (uint32_t j = 0; j < ops_.size(); ++j) {
      if ((done & Bit(j)) == 0 && ops_[j].ret < ops_[i].call) return false;
    }
    return true;
  }
  uint32_t Observation(uint64_t done, uint32_t state) {
    for (uint32_t i = 0; i < ops_.size(); ++i) {
      if (!table_.Observes(i) || ops_[i].crashed() || !IsNext(i, done)) continue;
      const StateTable::Range range = table_.Step(state, i);
      if (range.begin != range.end) return i;
    }
    return kNone;
  }

  void Keep(End end) {
    const auto better = [](const End& a, const End& b) {
      return std::pair(-a.depth(), a.path.size()) < std::pair(-b.depth(), b.path.size());
    };
    const auto same = std::find_if(ends_.begin(), ends_.end(), [&](const End& other) {
      return other.done == end.done && other.state == end.state;
    });
    if (same != ends_.end()) {
      if (!better(end, *same)) return;
      ends_.erase(same);
    }
    ends_.insert(std::upper_bound(ends_.begin(), ends_.end(), end, better), std::move(end));
    if (ends_.size() > most_) ends_.pop_back();
  }

  /// Whether the same can be reached with a crashed operation to spare: then that goes further.
  bool WastesCrashed(const End& end) const {
    uint64_t done = 0;
    for (const auto& step : end.path) done |= Bit(step.first);
    return std::any_of(end.path.begin(), end.path.end(), [&](const auto& step) {
      return ops_[step.first].crashed() && reach_.contains({done ^ Bit(step.first), end.state});
    });
  }

  PartialOrder ToOrder(const End& end) const {
    PartialOrder order;
    uint64_t done = 0;
    for (const auto& [op, state] : end.path) {
      order.order.push_back({op, table_.Words(state)});
      done |= Bit(op);
    }
    // What returned first of all that is left was called before that, so only the state is in its
    // way.
    uint32_t first = kNone;
    for (uint32_t i = 0; i < ops_.size(); ++i) {
      if ((done & Bit(i)) == 0 && (first == kNone || ops_[i].ret < ops_[first].ret)) first = i;
    }
    std::vector<PartialOrder::Stuck> late;
    for (uint32_t i = 0; i < ops_.size(); ++i) {
      if ((done & Bit(i)) != 0 || ops_[i].crashed()) continue;
      const bool next = IsNext(i, done);
      (next ? order.stuck : late).push_back({i, next ? kNone : first});
    }
    order.stuck.insert(order.stuck.end(), late.begin(), late.end());
    return order;
  }

  const std::span<const ModelOp> ops_;
  const size_t most_;
  StateTable table_;
  uint64_t completed_ = 0;
  std::map<std::pair<uint64_t, uint32_t>, int> reach_;  // of each configuration, Explore's answer
  std::vector<std::pair<uint32_t, uint32_t>> path_;
  std::vector<End> ends_;
};

/// "the register holds 5", "read = 3 cannot follow: the register holds 5".
class PartialOrderWords {
 public:
  PartialOrderWords(const ObjectHistory& object, const ModelInfo& info, const Model& model)
      : object_(object), info_(info), model_(model) {}

  Json Describe(const PartialOrder& found) const {
    Json order = Json::array(), stuck = Json::array();
    for (const PartialOrder::Step& step : found.order) {
      order.push_back({{"event", op(step.op).call}, {"state", model_.Describe(step.state)}});
    }
    for (const PartialOrder::Stuck& s : found.stuck) {
      stuck.push_back({{"event", op(s.op).call}, {"why", Why(found, s)}});
    }
    return {{"order", std::move(order)}, {"stuck", std::move(stuck)}};
  }

 private:
  const ModelOp& op(uint32_t i) const { return object_.ops[i]; }
  std::string What(uint32_t i) const { return object_.history->Describe(op(i).operation); }

  std::string Why(const PartialOrder& found, const PartialOrder::Stuck& stuck) const {
    if (stuck.must_follow != kNone) {
      return What(stuck.op) + " must come after " + What(stuck.must_follow) +
             ", which had returned" + AtEvent(op(stuck.must_follow).ret) + " before it was called" +
             AtEvent(op(stuck.op).call);
    }
    const bool first = found.order.empty();
    return What(stuck.op) + (first ? " cannot come first: " : " cannot follow: ") + info_.state_is +
           " " + model_.Describe(first ? model_.Initial() : found.order.back().state);
  }

  const ObjectHistory& object_;
  const ModelInfo& info_;
  const Model& model_;
};

}  // namespace

std::vector<PartialOrder> DeepestPartialOrders(const Model& model, std::span<const ModelOp> ops,
                                               size_t most) {
  if (ops.size() > kMostOps) return {};
  return DeadEnds(model, ops, most).Find();
}

Json DescribePartialOrders(const History& history, KeyId key, std::span<const uint32_t> operations,
                           const ModelInfo& info, const Model& model) {
  const ObjectHistory object = ExtractObject(history, key, operations, info, model);
  const PartialOrderWords words(object, info, model);
  Json partial = Json::array();
  for (const PartialOrder& order : DeepestPartialOrders(model, object.ops)) {
    partial.push_back(words.Describe(order));
  }
  return partial.empty() ? Json() : Json{{"partial", std::move(partial)}};
}

}  // namespace cleave
