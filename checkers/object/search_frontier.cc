// The frontier; see search.h. A configuration is a row: the state, and a bit for each operation
// that is open and done. Crashed operations stay open for good; of those that are the same to the
// model, the one that was called first is done first.
#include <algorithm>
#include <bit>
#include <set>

#include "checkers/object/row_set.h"
#include "checkers/object/search.h"
#include "checkers/object/state_table.h"

namespace cleave {
namespace {

using SearchDecision = SearchResult::Decision;

class FrontierSearch {
 public:
  FrontierSearch(const Model& model, std::span<const ModelOp> ops, const SearchBounds& bounds)
      : ops_(ops), bounds_(bounds), table_(model, ops) {}

  SearchResult Run() {
    result_.engine = "frontier";
    Plan();
    std::vector<uint64_t> first(stride_, 0);
    first[0] = table_.initial();
    now_.Clear(stride_);
    now_.Insert(first.data(), kNone);
    for (const Moment& moment : moments_) {
      if (!moment.is_return) {
        Open(moment.op);
        continue;
      }
      result_.decision = Return(moment.op, moment.at);
      if (result_.decision != SearchDecision::kLinearizable) return std::move(result_);
    }
    result_.decision = SearchDecision::kLinearizable;
    result_.order = Order(now_.Tag(0));
    return std::move(result_);
  }

 private:
  struct Moment {
    Position at;
    uint32_t op;
    bool is_return;
  };
  /// How a configuration came about: one more operation was done.
  struct Done {
    uint32_t before, op;
  };

  void Plan() {
    size_t open = 0, most = 1;
    for (uint32_t i = 0; i < ops_.size(); ++i) {
      if (ops_[i].crashed() && table_.Observes(i)) continue;
      moments_.push_back({ops_[i].call, i, false});
      if (!ops_[i].crashed()) moments_.push_back({ops_[i].ret, i, true});
    }
    std::sort(moments_.begin(), moments_.end(),
              [](const Moment& a, const Moment& b) { return a.at < b.at; });
    for (const Moment& m : moments_) {
      open += m.is_return ? -1 : 1;
      most = std::max(most, open);
    }
    stride_ = 1 + (most + 63) / 64;
    slots_.assign(most, kNone);
    slot_of_.assign(ops_.size(), kNone);
    alike_before_.assign(ops_.size(), kNone);
    row_.resize(stride_);
  }

  void Open(uint32_t op) {
    const auto slot =
        static_cast<uint32_t>(std::find(slots_.begin(), slots_.end(), kNone) - slots_.begin());
    slots_[slot] = op;
    slot_of_[op] = slot;
    opened_ = std::max<size_t>(opened_, slot + 1);
    ++open_;
    if (!ops_[op].crashed()) return;
    auto& last = last_crashed_.try_emplace(table_.ClassOf(op), kNone).first->second;
    alike_before_[op] = last;
    last = op;
  }

  static bool IsDone(const uint64_t* row, uint32_t slot) {
    return (row[1 + slot / 64] >> (slot % 64) & 1) != 0;
  }
  static void SetDone(uint64_t* row, uint32_t slot) {
    row[1 + slot / 64] |= uint64_t{1} << (slot % 64);
  }

  /// Does every observation that fits the row's state: nothing is gained by waiting.
  uint32_t Absorb(uint64_t* row, uint32_t tag) {
    for (uint32_t slot = 0; slot < opened_; ++slot) {
      const uint32_t op = slots_[slot];
      if (op == kNone || IsDone(row, slot) || !table_.Observes(op)) continue;
      const auto range = table_.Step(static_cast<uint32_t>(row[0]), op);
      if (range.begin == range.end) continue;
      SetDone(row, slot);
      tag = Remember(tag, op);
    }
    return tag;
  }

  uint32_t Remember(uint32_t before, uint32_t op) {
    trail_.push_back({before, op});
    return static_cast<uint32_t>(trail_.size() - 1);
  }

  SearchDecision Return(uint32_t op, Position at) {
    next_.Clear(stride_);
    work_.Clear(stride_);
    for (size_t i = 0; i < now_.size(); ++i) {
      std::copy_n(now_.Row(i), stride_, row_.data());
      Settle(op, Absorb(row_.data(), now_.Tag(i)));
    }
    for (size_t i = 0; i < work_.size(); ++i) {
      if (const auto bound = Bound(); bound != SearchDecision::kLinearizable) {
        Hardest(at);
        return bound;
      }
      Extend(i, op);
    }
    Hardest(at);
    if (next_.size() == 0) return Fail(op);
    std::swap(now_, next_);
    slots_[slot_of_[op]] = kNone;
    --open_;
    last_return_ = at;
    return SearchDecision::kLinearizable;
  }

  /// Puts row_ where it belongs: `op` is done in it, or still has to be.
  void Settle(uint32_t op, uint32_t tag) {
    const uint32_t slot = slot_of_[op];
    if (!IsDone(row_.data(), slot)) {
      work_.Insert(row_.data(), tag);
      return;
    }
    row_[1 + slot / 64] &= ~(uint64_t{1} << (slot % 64));
    next_.Insert(row_.data(), tag);
  }

  /// All that one more operation makes of configuration i.
  void Extend(size_t i, uint32_t returning) {
    for (uint32_t slot = 0; slot < opened_; ++slot) {
      const uint32_t op = slots_[slot];
      const uint64_t* from = work_.Row(i);
      if (op == kNone || IsDone(from, slot) || table_.Observes(op)) continue;
      const bool crashed = ops_[op].crashed();
      if (crashed && alike_before_[op] != kNone && !IsDone(from, slot_of_[alike_before_[op]])) {
        continue;
      }
      const auto state = static_cast<uint32_t>(from[0]);
      const auto range = table_.Step(state, op);
      for (uint32_t r = range.begin; r < range.end; ++r) {
        if (crashed && table_.Result(r) == state) continue;
        std::copy_n(work_.Row(i), stride_, row_.data());
        row_[0] = table_.Result(r);
        SetDone(row_.data(), slot);
        Settle(returning, Absorb(row_.data(), Remember(work_.Tag(i), op)));
      }
    }
  }

  SearchDecision Bound() {
    ++steps_;
    if (steps_ > bounds_.steps) return SearchDecision::kStopped;
    if (steps_ % 256 != 0) return SearchDecision::kLinearizable;
    if (bounds_.stopped != nullptr && *bounds_.stopped) return SearchDecision::kStopped;
    if (std::chrono::steady_clock::now() > bounds_.deadline) return SearchDecision::kOutOfTime;
    const size_t memory = now_.MemoryUse() + next_.MemoryUse() + work_.MemoryUse() +
                          trail_.capacity() * sizeof(Done) + table_.MemoryUse();
    return memory > bounds_.memory ? SearchDecision::kOutOfMemory : SearchDecision::kLinearizable;
  }

  void Hardest(Position at) {
    const size_t held = work_.size() + next_.size();
    if (held <= result_.most_configurations) return;
    result_.most_configurations = held;
    result_.hardest_from = last_return_;
    result_.hardest_to = at;
    result_.hardest_open = open_;
  }

  SearchDecision Fail(uint32_t op) {
    result_.failed = op;
    std::set<std::string> possible;
    uint32_t longest = kNone;
    size_t most = 0;
    for (size_t i = 0; i < work_.size(); ++i) {
      constexpr size_t kMostListed = 8;
      if (possible.size() < kMostListed) {
        possible.insert(table_.Describe(static_cast<uint32_t>(work_.Row(i)[0])));
      }
      size_t done = 0;
      for (size_t w = 1; w < stride_; ++w) done += std::popcount(work_.Row(i)[w]);
      if (longest != kNone && done <= most) continue;
      most = done;
      longest = work_.Tag(i);
    }
    result_.possible.assign(possible.begin(), possible.end());
    result_.order = Order(longest);
    return SearchDecision::kViolation;
  }

  std::vector<uint32_t> Order(uint32_t tag) const {
    std::vector<uint32_t> order;
    for (; tag != kNone; tag = trail_[tag].before) order.push_back(trail_[tag].op);
    std::reverse(order.begin(), order.end());
    return order;
  }

  const std::span<const ModelOp> ops_;
  const SearchBounds bounds_;
  StateTable table_;
  std::vector<Moment> moments_;
  size_t stride_ = 1;
  RowSet now_, next_, work_;
  std::vector<Done> trail_;
  std::vector<uint32_t> slots_, slot_of_;  // slot → open operation, and back
  size_t opened_ = 0;                      // slots ever used
  uint32_t open_ = 0;
  std::vector<uint32_t> alike_before_;  // the crashed operation of the same class called before
  boost::unordered_flat_map<uint32_t, uint32_t> last_crashed_;  // by class
  std::vector<uint64_t> row_;
  uint64_t steps_ = 0;
  Position last_return_ = 0;
  SearchResult result_;
};

}  // namespace

SearchResult SearchFrontier(const Model& model, std::span<const ModelOp> ops,
                            const SearchBounds& bounds) {
  return FrontierSearch(model, ops, bounds).Run();
}

}  // namespace cleave
