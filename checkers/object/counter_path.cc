// See counter_path.h.
#include "checkers/object/counter_path.h"

#include <cstdlib>

#include "checkers/object/fast_columns.h"
#include "checkers/object/object_words.h"
#include "checkers/object/places.h"
#include "harness/history/column.h"

namespace cleave {
namespace {

constexpr size_t kMostAddsCited = 32;

/// What an add adds; 0 for other functions.
class CounterAmounts {
 public:
  explicit CounterAmounts(const History& history)
      : values_(history.values()),
        up_{FunctionNamed(history, "inc"), FunctionNamed(history, "increment")},
        down_{FunctionNamed(history, "dec"), FunctionNamed(history, "decrement")} {}

  /// False: not an operation that this path knows.
  bool Of(const ModelOp& op, int64_t* amount) const {
    const bool alone = op.input == kNull || op.input == kNoValue;
    if (op.function == kAdd && values_.IsInt(op.input)) {
      *amount = values_.AsInt(op.input);
    } else if (alone && (op.function == up_[0] || op.function == up_[1])) {
      *amount = 1;
    } else if (alone && (op.function == down_[0] || op.function == down_[1])) {
      *amount = -1;
    } else {
      return false;
    }
    return op.crashed() || PlainAnswer(values_, op);
  }

 private:
  const ValueTable& values_;
  const FunctionId up_[2], down_[2];
};

struct CounterAdd {
  Position call, ret;
  uint32_t op;  // index into ObjectHistory::ops
};

class CounterPath {
 public:
  CounterPath(const ObjectHistory& object, bool wants_order)
      : object_(object), words_(object), wants_order_(wants_order) {}

  FastResult Run() {
    if (!Adds()) return NotApplicable();
    FastResult result = Reads();
    if (result.linearizable()) result = Windows();
    if (result.linearizable()) result = Place();
    return result;
  }

  /// Slot after slot, the reads of each count between. What adds nothing goes where it was called.
  std::vector<uint32_t> Order() {
    FillHoles();
    BigVector<std::pair<uint64_t, uint32_t>> turns;  // 2 · slot - 1, or 2 · count; op
    for (uint32_t a = 0; a < adds_.size(); ++a) {
      if (slot_of_[a] != 0) turns.emplace_back(2 * uint64_t{slot_of_[a]} - 1, adds_[a].op);
    }
    BigVector<OpPlace> places;
    size_t add = 0;
    for (uint32_t i = 0; i < object_.ops.size(); ++i) {
      if (add < adds_.size() && adds_[add].op == i) {
        ++add;
      } else if (op(i).crashed()) {
        continue;
      } else if (op(i).function == kRead || op(i).function == kGet) {
        turns.emplace_back(2 * static_cast<uint64_t>(Count(i)), i);
      } else {
        places.push_back({op(i).call, 0, i});
      }
    }
    std::sort(turns.begin(), turns.end());
    Position now = 0;
    for (size_t turn = 0; turn < turns.size(); ++turn) {
      now = std::max(now, op(turns[turn].second).call);
      places.push_back({now, turn + 1, turns[turn].second});
    }
    return InOrderOfPlaces(std::move(places));
  }

 private:
  const ModelOp& op(uint32_t i) const { return object_.ops[i]; }
  int64_t Count(uint32_t read) const {
    return object_.values().AsInt(op(read).output) / (unit_ == 0 ? 1 : unit_);
  }

  bool Adds() {
    const CounterAmounts amounts(*object_.history);
    adds_.reserve(object_.ops.size());
    for (uint32_t i = 0; i < object_.ops.size(); ++i) {
      const ModelOp& o = op(i);
      if (o.mismatch) return false;
      if (o.function == kRead || o.function == kGet) {
        if (!o.crashed() && !object_.values().IsInt(o.output)) return false;
        continue;
      }
      int64_t amount = 0;
      if (!amounts.Of(o, &amount)) return false;
      if (amount == 0) continue;
      if (amount == INT64_MIN || (unit_ != 0 && amount != unit_)) return false;
      unit_ = amount;
      adds_.push_back({o.call, o.ret, i});
    }
    return true;
  }

  /// The latest call and the earliest return of the reads of each count.
  FastResult Reads() {
    from_.assign(adds_.size() + 2, 0);
    to_.assign(adds_.size() + 2, kNever);
    const int64_t step = unit_ == 0 ? 1 : unit_;
    for (uint32_t i = 0; i < object_.ops.size(); ++i) {
      const ModelOp& o = op(i);
      if ((o.function != kRead && o.function != kGet) || o.crashed()) continue;
      const int64_t value = object_.values().AsInt(o.output);
      const int64_t count = step == 1 ? value : value / step;
      if (count < 0 || count > static_cast<int64_t>(adds_.size()) || count * step != value) {
        return Unexpected(i, adds_.size());
      }
      const uint32_t c = static_cast<uint32_t>(count);
      most_ = std::max(most_, c);
      from_[c + 1] = o.call;  // in call order
      to_[c] = std::min(to_[c], o.ret);
    }
    return {};
  }

  /// Slots 1 … most_ + 1: the last stands for all that lie after every read.
  FastResult Windows() {
    for (uint32_t k = 1; k <= most_ + 1; ++k) from_[k] = std::max(from_[k], from_[k - 1]);
    for (uint32_t k = most_; k > 0; --k) to_[k] = std::min(to_[k], to_[k + 1]);
    uint32_t called = 0;
    for (uint32_t k = 1; k <= most_; ++k) {
      if (from_[k] > to_[k]) return Backwards(ReturnedAt(to_[k]), CalledAt(from_[k]));
      while (called < adds_.size() && adds_[called].call < to_[k]) ++called;
      if (called < k) return Unexpected(ReturnedAt(to_[k]), called);
    }
    return {};
  }

  /// In order of returns, every completed add takes the first slot that is free and not over when
  /// it is called. Crashed ones may fill any hole that is left: there are enough adds for each.
  FastResult Place() {
    BigVector<uint32_t> first(adds_.size());
    for (uint32_t a = 0, k = 1; a < adds_.size(); ++a) {
      while (to_[k] < adds_[a].call) ++k;  // the last never is over
      first[a] = k;
    }
    next_.resize(most_ + 2);
    for (uint32_t k = 0; k < next_.size(); ++k) next_[k] = k;
    if (wants_order_) slot_of_.assign(adds_.size(), 0);
    uint32_t open = 0;  // the last slot that had begun when the add returned
    for (const uint32_t a : InOrderOfTime(static_cast<uint32_t>(adds_.size()),
                                          [&](uint32_t i) { return adds_[i].ret; })) {
      while (open <= most_ && from_[open + 1] <= adds_[a].ret) ++open;
      const uint32_t k = Free(first[a]);
      if (k > open) return TooLow(first, a, open);
      if (k <= most_) next_[k] = k + 1;  // after all reads there is room for any number
      if (wants_order_) slot_of_[a] = k;
    }
    return {};
  }

  /// The first hole goes to the crashed add that was called first, and so on. All completed adds
  /// called before the end of a hole's slot lie before it, or they had taken it, and Windows has
  /// counted enough: so of crashed ones called by then there are as many as holes.
  void FillHoles() {
    uint32_t a = 0;
    for (uint32_t k = Free(1); k <= most_; k = Free(k + 1)) {
      while (!op(adds_[a].op).crashed()) ++a;
      slot_of_[a++] = k;
    }
  }

  uint32_t Free(uint32_t k) {
    while (next_[k] != k) k = next_[k] = next_[next_[k]];
    return k;
  }

  /// The operation that was called, or that returned, at an event.
  uint32_t CalledAt(Position call) const { return OpCalledAt(object_, call); }
  uint32_t ReturnedAt(Position ret) const {
    return static_cast<uint32_t>(std::find_if(object_.ops.begin(), object_.ops.end(),
                                              [&](const ModelOp& o) { return o.ret == ret; }) -
                                 object_.ops.begin());
  }

  FastResult Unexpected(uint32_t read, size_t called) const {
    std::string text = Capital(words_.Answered(read)) + words_.OfKey();
    if (unit_ != 0 && object_.values().AsInt(op(read).output) % unit_ != 0) {
      text +=
          ", no multiple of " + std::to_string(unit_) + ", by which every add changes the counter.";
    } else if (unit_ == 0 || Count(read) < 0) {
      text += ", which no add leads to.";
    } else {
      text += ", although only " + std::to_string(called) +
              (called == 1 ? " add of " : " adds of ") + std::to_string(unit_) +
              " can have taken effect by then.";
    }
    return FastViolation("unexpected", text, {read});
  }

  FastResult Backwards(uint32_t early, uint32_t late) const {
    return FastViolation(
        "stale-read",
        Capital(words_.Answered(early)) + words_.OfKey() + " before " + words_.WasCalled(late) +
            ", which returned " + words_.Value(op(late).output) +
            ": the counter never goes back, as every add is " + std::to_string(unit_) + ".",
        {early, late});
  }

  /// Add `a` finds no slot up to `last`: too many have to lie between two reads. They all were
  /// called after the slots before `from` were over, and had returned before the one after `last`
  /// began; and there are more of them than slots between.
  FastResult TooLow(const BigVector<uint32_t>& first, uint32_t a, uint32_t last) const {
    BigVector<uint32_t> starting(most_ + 2, 0);
    for (uint32_t b = 0; b < adds_.size(); ++b) starting[first[b]] += adds_[b].ret <= adds_[a].ret;
    uint32_t from = most_ + 2;
    for (int64_t count = 0; from > first[a] || count + from <= int64_t{last} + 1;) {
      count += starting[--from];
    }
    BigVector<uint32_t> between = {a};
    for (uint32_t b = 0; b < adds_.size(); ++b) {
      if (b != a && first[b] >= from && adds_[b].ret < adds_[a].ret) between.push_back(b);
    }
    const uint32_t before = from > 1 ? ReturnedAt(to_[from - 1]) : kNone;
    const uint32_t after = CalledAt(from_[last + 1]);
    const int64_t needed = Count(after) - (before == kNone ? 0 : Count(before)) + 1;
    std::vector<uint32_t> evidence = {after};
    if (before != kNone) evidence.push_back(before);
    for (size_t i = 0; i < between.size() && static_cast<int64_t>(i) < needed; ++i) {
      if (i < kMostAddsCited) evidence.push_back(adds_[between[i]].op);
    }
    std::string text =
        Capital(words_.Answered(after)) + words_.OfKey() + ", but when it was called" +
        AtEvent(op(after).call) + ", " + std::to_string(between.size()) +
        (between.size() == 1 ? " add of " : " adds of ") + std::to_string(unit_) + " had returned";
    if (before != kNone) text += " that were called after " + words_.Answered(before);
    text += ": " + words_.HadReturned(adds_[a].op) + (between.size() > 1 ? ", and others." : ".");
    return FastViolation("stale-read", text, std::move(evidence));
  }

  const ObjectHistory& object_;
  const ObjectWords words_;
  const bool wants_order_;
  int64_t unit_ = 0;
  BigVector<CounterAdd> adds_;     // in call order
  uint32_t most_ = 0;              // the greatest count that was read
  BigVector<Position> from_, to_;  // the windows of slots, from 1
  BigVector<uint32_t> slot_of_;    // by add, where an order is wanted; 0: none
  BigVector<uint32_t> next_;       // by slot: leads to the first free one at or after it
};

}  // namespace

FastResult CheckCounterPath(const ObjectHistory& object, std::vector<uint32_t>* order) {
  CounterPath path(object, order != nullptr);
  FastResult result = path.Run();
  if (order != nullptr && result.linearizable()) *order = path.Order();
  return result;
}

}  // namespace cleave
