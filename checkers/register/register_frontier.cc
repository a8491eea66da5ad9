// See register_frontier.h for the method.
#include "checkers/register/register_frontier.h"

#include <algorithm>
#include <bit>
#include <map>
#include <tuple>

#include "checkers/no_index.h"
#include "checkers/register/configuration_set.h"
#include "harness/history/check.h"

namespace cleave {
namespace {

using Kind = RegisterOp::Kind;
using Decision = FrontierResult::Decision;

struct Happening {
  Position at;
  uint32_t op;
  bool is_return;
};

/// Crashed operations of the same effect: any of them will do, so only their number counts.
struct CrashedClass {
  Kind kind;
  uint32_t a, b;
  uint64_t called = 0;
};

class Frontier {
 public:
  Frontier(std::span<const RegisterOp> ops, size_t values, const FrontierBounds& bounds,
           size_t beam)
      : ops_(ops),
        beam_(beam),
        bounds_(bounds),
        now_(values + 1),
        next_(values + 1),
        work_(values + 1),
        other_(static_cast<uint32_t>(values)) {}

  /// Whether configurations were left out: then a violation may be none.
  bool narrowed() const { return narrowed_; }

  FrontierResult Run() {
    Plan();
    now_.Clear(layout_);
    std::vector<uint64_t> first(layout_.stride(), 0);
    first[0] = RegisterKey::kInitial;
    now_.Insert(first.data());
    for (const Happening& h : happenings_) {
      if (!h.is_return) {
        Call(h.op);
      } else {
        result_.decision = Return(h.op);
        if (result_.decision != Decision::kLinearizable) {
          result_.most_configurations = std::max(now_.size(), work_.size());
          Hardest(h.at);
          return std::move(result_);
        }
      }
      Remember(h.at);
    }
    return std::move(result_);
  }

 private:
  const RegisterOp& op_in(size_t slot) const { return ops_[slots_[slot]]; }
  static bool Bit(const uint64_t* row, size_t word, size_t slot) {
    return (row[word] >> (slot % 64) & 1) != 0;
  }
  bool Done(const uint64_t* row, size_t slot) const { return Bit(row, layout_.done(slot), slot); }
  bool Usable(const uint64_t* row, size_t slot) const {
    return Bit(row, layout_.usable(slot), slot);
  }
  void Set(uint64_t* row, size_t word, size_t slot) const {
    row[word] |= uint64_t{1} << (slot % 64);
  }
  void Reset(uint64_t* row, size_t word, size_t slot) const {
    row[word] &= ~(uint64_t{1} << (slot % 64));
  }
  static bool Fits(const RegisterOp& op, uint64_t value) {
    return op.kind == Kind::kRead ? op.a == value : op.kind == Kind::kDiffer && op.a != value;
  }

  /// Lays out the events, the slots and the crashed classes.
  void Plan() {
    std::vector<bool> demanded(other_, false);  // values that some operation asks about
    for (const RegisterOp& op : ops_) {
      if (op.demands()) demanded[op.a] = true;
    }
    class_of_.assign(ops_.size(), kNone);
    std::map<std::tuple<Kind, uint32_t, uint32_t>, uint32_t> known;
    for (uint32_t i = 0; i < ops_.size(); ++i) {
      const RegisterOp& op = ops_[i];
      happenings_.push_back({op.call, i, false});
      if (!op.crashed()) {
        happenings_.push_back({op.ret, i, true});
      } else if (op.changes()) {
        // A value that nobody asks about only differs from the others: one class for all of them.
        const uint32_t b = demanded[op.b] ? op.b : other_;
        const auto [it, fresh] = known.try_emplace({op.kind, op.a, b}, known.size());
        class_of_[i] = it->second;
        if (fresh) classes_.push_back({op.kind, op.a, b});
      }
    }
    std::sort(happenings_.begin(), happenings_.end(),
              [](const Happening& x, const Happening& y) { return x.at < y.at; });
    size_t open = 0, most = 1;
    for (const Happening& h : happenings_) {
      if (h.is_return) --open;
      if (!h.is_return && !ops_[h.op].crashed()) most = std::max(most, ++open);
    }
    layout_ = {(most + 63) / 64, classes_.size()};
    slots_.assign(most, kNone);
    slot_of_.assign(ops_.size(), kNone);
    goal_.assign(other_ + 1, 0);
  }

  void Call(uint32_t op) {
    if (ops_[op].crashed()) {
      if (class_of_[op] == kNone) return;
      ++classes_[class_of_[op]].called;
      ++crashed_;
      return;
    }
    const size_t slot = std::find(slots_.begin(), slots_.end(), kNone) - slots_.begin();
    slots_[slot] = op;
    slot_of_[op] = static_cast<uint32_t>(slot);
    open_.push_back(static_cast<uint32_t>(slot));
    for (size_t i = 0; i < now_.rows(); ++i) {
      if (now_.Dropped(i)) continue;
      uint64_t* row = now_.Row(i);
      if (ops_[op].changes()) Set(row, layout_.usable(slot), slot);
      if (Fits(ops_[op], row[0])) Set(row, layout_.done(slot), slot);
    }
  }

  /// Keeps the configurations in which `op` is done, and all ways to do it now as the last of a
  /// row.
  Decision Return(uint32_t op) {
    const size_t slot = slot_of_[op];
    const bool write = ops_[op].kind == Kind::kWrite;
    next_.Clear(layout_);
    work_.Clear(layout_);
    for (size_t i = 0; i < now_.rows(); ++i) {
      if (now_.Dropped(i)) continue;
      const uint64_t* row = now_.Row(i);
      const bool done = Done(row, slot);
      if (!done || (write && Usable(row, slot))) work_.Insert(row);
      if (done) Keep(row, slot);
    }
    for (size_t i = 0; i < work_.rows(); ++i) {
      if (work_.Dropped(i)) continue;
      if (next_.size() > 0 && work_.rows() / 16 > beam_) {
        narrowed_ = true;
        break;
      }
      if (++steps_ % 128 == 0 && std::chrono::steady_clock::now() > bounds_.deadline) {
        return Decision::kOutOfTime;
      }
      if (now_.MemoryUse() + next_.MemoryUse() + work_.MemoryUse() > bounds_.memory) {
        return Decision::kOutOfMemory;
      }
      Expand(i, slot);
    }
    if (next_.size() == 0) {
      Fail(op);
      return Decision::kViolation;
    }
    slots_[slot] = kNone;
    open_.erase(std::find(open_.begin(), open_.end(), slot));
    if (next_.size() > beam_) {
      Narrow();
    } else {
      std::swap(now_, next_);
    }
    return Decision::kLinearizable;
  }

  /// Goes on with those configurations that used the fewest crashed operations and have most done,
  /// as many of each value.
  void Narrow() {
    narrowed_ = true;
    struct Choice {
      uint64_t rank;  // inside its value
      int64_t score;
      uint64_t value;
      size_t row;
    };
    std::vector<Choice> order;
    for (size_t i = 0; i < next_.rows(); ++i) {
      if (next_.Dropped(i)) continue;
      const uint64_t* row = next_.Row(i);
      int64_t score = 0;
      for (size_t w = 1; w < layout_.used(0); ++w) score -= std::popcount(row[w]);
      for (size_t w = layout_.used(0); w < layout_.stride(); ++w) {
        score += static_cast<int64_t>(row[w]) * 8;
      }
      order.push_back({0, score, row[0], i});
    }
    std::sort(order.begin(), order.end(), [](const Choice& x, const Choice& y) {
      return std::tie(x.value, x.score, x.row) < std::tie(y.value, y.score, y.row);
    });
    for (size_t i = 1; i < order.size(); ++i) {
      if (order[i].value == order[i - 1].value) order[i].rank = order[i - 1].rank + 1;
    }
    std::sort(order.begin(), order.end(), [](const Choice& x, const Choice& y) {
      return std::tie(x.rank, x.score, x.row) < std::tie(y.rank, y.score, y.row);
    });
    now_.Clear(layout_);
    for (size_t i = 0; i < beam_; ++i) now_.Insert(next_.Row(order[i].row));
  }

  void Keep(const uint64_t* row, size_t slot) {
    kept_.assign(row, row + layout_.stride());
    Reset(kept_.data(), layout_.done(slot), slot);
    Reset(kept_.data(), layout_.usable(slot), slot);
    next_.Insert(kept_.data());
  }

  /// Does every operation that can help to do the one in `wanted` (or that must come before it).
  void Expand(size_t index, size_t wanted) {
    // A copy, as inserting moves the rows.
    from_.assign(work_.Row(index), work_.Row(index) + layout_.stride());
    FindGoals();
    for (const uint32_t slot : open_) {
      const RegisterOp& op = op_in(slot);
      const bool can =
          op.kind == Kind::kWrite
              ? Usable(from_.data(), slot) && (slot == wanted || Helps(op.b))
              : op.kind == Kind::kCas && Usable(from_.data(), slot) && op.a == from_[0];
      if (!can) continue;
      to_ = from_;
      Set(to_.data(), layout_.done(slot), slot);
      Reset(to_.data(), layout_.usable(slot), slot);
      Arrive(op.kind, op.b, slot == wanted, wanted);
    }
    for (size_t c = 0; c < classes_.size(); ++c) {
      const CrashedClass& cls = classes_[c];
      if (from_[layout_.used(c)] >= cls.called || !Helps(cls.b)) continue;
      if (cls.kind == Kind::kCas && cls.a != from_[0]) continue;
      to_ = from_;
      ++to_[layout_.used(c)];
      Arrive(cls.kind, cls.b, false, wanted);
    }
  }

  /// Finds the values that help from_: those that let an open operation happen which has not, and
  /// those from which crashed cas lead there. Other writes might as well stay hidden or wait.
  void FindGoals() {
    ++goal_round_;
    differs_.clear();
    bool any_cas = false;
    for (const uint32_t slot : open_) {
      const RegisterOp& op = op_in(slot);
      if (op.kind == Kind::kWrite || Done(from_.data(), slot)) continue;
      if (op.kind == Kind::kDiffer) {
        differs_.push_back(op.a);
      } else {
        goal_[op.a] = goal_round_;
      }
      any_cas = true;
    }
    for (bool more = any_cas; more;) {
      more = false;
      for (size_t c = 0; c < classes_.size(); ++c) {
        const CrashedClass& cls = classes_[c];
        if (cls.kind != Kind::kCas || from_[layout_.used(c)] >= cls.called) continue;
        if (goal_[cls.a] == goal_round_ || !Helps(cls.b)) continue;
        goal_[cls.a] = goal_round_;
        more = true;
      }
    }
  }
  bool Helps(uint32_t value) const {
    if (goal_[value] == goal_round_) return true;
    for (const uint32_t unwanted : differs_) {
      if (unwanted != value) return true;
    }
    return false;
  }

  /// to_ gets its new value: other open writes may be hidden behind a write, reads are absorbed.
  void Arrive(Kind kind, uint32_t value, bool is_wanted, size_t wanted) {
    to_[0] = value;
    for (const uint32_t slot : open_) {
      const RegisterOp& op = op_in(slot);
      if ((kind == Kind::kWrite && op.kind == Kind::kWrite) || Fits(op, value)) {
        Set(to_.data(), layout_.done(slot), slot);
      }
    }
    // A write that is hidden here could as well be seen last: only that way is followed.
    const bool arrived = op_in(wanted).kind == Kind::kWrite ? is_wanted : Done(to_.data(), wanted);
    if (arrived) {
      Keep(to_.data(), wanted);
    } else {
      work_.Insert(to_.data());
    }
  }

  void Fail(uint32_t op) {
    result_.failed = op;
    for (size_t i = 0; i < work_.rows(); ++i) {
      if (!work_.Dropped(i)) result_.possible.push_back(static_cast<uint32_t>(work_.Row(i)[0]));
    }
    auto& possible = result_.possible;
    std::sort(possible.begin(), possible.end());
    possible.erase(std::unique(possible.begin(), possible.end()), possible.end());
    result_.possible_unasked = !possible.empty() && possible.back() == other_;
    if (result_.possible_unasked) possible.pop_back();
  }

  void Remember(Position at) {
    if (now_.size() <= result_.most_configurations) return;
    result_.most_configurations = now_.size();
    Hardest(at);
  }

  void Hardest(Position at) {
    result_.hardest_to = result_.hardest_from = at;
    for (const uint32_t slot : open_) {
      result_.hardest_from = std::min(result_.hardest_from, op_in(slot).call);
    }
    result_.hardest_open = static_cast<uint32_t>(open_.size() + crashed_);
  }

  const std::span<const RegisterOp> ops_;
  const size_t beam_;
  const FrontierBounds& bounds_;
  bool narrowed_ = false;
  ConfigurationSet now_, next_, work_;
  const uint32_t other_;  // a value that nobody asks about
  ConfigurationLayout layout_;
  std::vector<Happening> happenings_;
  std::vector<uint32_t> class_of_;  // of a crashed operation
  std::vector<CrashedClass> classes_;
  std::vector<uint32_t> slots_;    // slot → operation, kNone when free
  std::vector<uint32_t> slot_of_;  // operation → slot
  std::vector<uint32_t> open_;     // slots in use
  std::vector<uint64_t> from_, to_, kept_;
  std::vector<uint64_t> goal_;     // value → the round in which it was a goal
  std::vector<uint32_t> differs_;  // values that a goal must not be
  uint64_t goal_round_ = 0;
  uint32_t crashed_ = 0;
  uint64_t steps_ = 0;
  FrontierResult result_;
};

}  // namespace

FrontierResult CheckFrontier(std::span<const RegisterOp> ops, size_t values,
                             const FrontierBounds& bounds) {
  for (size_t beam = bounds.first_beam;;) {
    Frontier frontier(ops, values, bounds, beam);
    FrontierResult result = frontier.Run();
    if (result.decision != Decision::kViolation || !frontier.narrowed()) return result;
    beam = beam == bounds.first_beam ? beam * 32 : SIZE_MAX;
  }
}

}  // namespace cleave
