// See priority_path.h.
#include "checkers/object/priority_path.h"

#include <numeric>

#include "checkers/object/covered_time.h"
#include "checkers/object/fast_columns.h"
#include "checkers/object/object_words.h"
#include "checkers/object/passages.h"
#include "checkers/object/places.h"
#include "harness/history/column.h"

namespace cleave {
namespace {

/// The values, the smallest first, as the model has them. O(n) where they are integers that lie
/// close together.
BigVector<uint32_t> BySize(const ObjectHistory& object, std::span<const Passage> values) {
  BigVector<std::pair<bool, int64_t>> sizes;  // no integer; integer or id
  sizes.reserve(values.size());
  for (const Passage& p : values) {
    const ValueId id = object.ops[p.put].input;
    const bool integer = object.values().IsInt(id);
    sizes.emplace_back(!integer, integer ? object.values().AsInt(id) : int64_t{id});
  }
  const auto count = static_cast<uint32_t>(sizes.size());
  if (count == 0) return {};
  const auto [least, most] = std::minmax_element(sizes.begin(), sizes.end());
  const uint64_t low = static_cast<uint64_t>(least->second);
  if (!most->first && static_cast<uint64_t>(most->second) - low < kNever) {
    return InOrderOfTime(count, [&](uint32_t v) {
      return static_cast<Position>(static_cast<uint64_t>(sizes[v].second) - low);
    });
  }
  BigVector<uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return sizes[a] < sizes[b]; });
  return order;
}

/// The earliest moment at which a value can come out.
Position TakeFrom(const Passage& p) {
  return p.take_call == kNever ? kNever : std::max(p.take_call, p.put_call);
}

/// When a value that stays would have to be out at the latest: before the first return of what was
/// called after it was in, and needs it out of the way. By value; kNever: it may stay.
BigVector<Position> Deadlines(const ObjectHistory& object, const Passages& passages,
                              std::span<const uint32_t> by_size) {
  const auto& values = passages.values;
  // The least return of all calls at or after a place in order of calls, as a Fenwick tree from the
  // back; larger values are there before smaller ones ask.
  BigVector<Position> calls;
  for (const Passage& p : values) {
    if (p.take != kNone) calls.push_back(TakeFrom(p));
  }
  for (const uint32_t i : passages.empty_answers) calls.push_back(object.ops[i].call);
  std::sort(calls.begin(), calls.end());
  BigVector<Position> least(calls.size() + 1, kNever);
  const auto place = [&](Position call) {  // from 1, the latest call first
    return calls.end() - std::lower_bound(calls.begin(), calls.end(), call);
  };
  const auto add = [&](Position call, Position ret) {
    for (auto i = static_cast<size_t>(place(call)); i < least.size(); i += i & (~i + 1)) {
      least[i] = std::min(least[i], ret);
    }
  };
  for (const uint32_t i : passages.empty_answers) add(object.ops[i].call, object.ops[i].ret);
  BigVector<Position> deadlines(values.size(), kNever);
  for (size_t rank = by_size.size(); rank-- > 0;) {
    const Passage& p = values[by_size[rank]];
    if (p.take != kNone) {
      add(TakeFrom(p), p.take_ret);
      continue;
    }
    for (auto i = static_cast<size_t>(place(p.put_ret)); i > 0; i -= i & (~i + 1)) {
      deadlines[by_size[rank]] = std::min(deadlines[by_size[rank]], least[i]);
    }
  }
  return deadlines;
}

/// The crashed take that was called first goes to the value that has to be out first.
void GiveToUrgent(const ObjectHistory& object, std::span<const uint32_t> by_size,
                  Passages* passages) {
  const BigVector<Position> deadlines = Deadlines(object, *passages, by_size);
  BigVector<uint32_t> urgent;
  for (const uint32_t v : by_size) {
    if (deadlines[v] != kNever) urgent.push_back(v);
  }
  std::stable_sort(urgent.begin(), urgent.end(),
                   [&](uint32_t a, uint32_t b) { return deadlines[a] < deadlines[b]; });
  for (size_t i = 0; i < std::min(urgent.size(), passages->crashed_takes.size()); ++i) {
    passages->values[urgent[i]].take_call = object.ops[passages->crashed_takes[i]].call;
  }
}

class PrioritySweep {
 public:
  PrioritySweep(const ObjectHistory& object, const Passages& passages,
                std::span<const uint32_t> by_size)
      : object_(object), passages_(passages), by_size_(by_size) {}

  /// From the smallest value on; the gaps in which values come out are kept.
  FastResult Run(bool crashed_must_fit) {
    const auto& values = passages_.values;
    CoveredTime covered(values);
    gaps_.assign(values.size(), kNever);
    empty_gaps_.clear();
    for (size_t rank = 0; rank < by_size_.size(); ++rank) {
      const uint32_t v = by_size_[rank];
      const Passage& p = values[v];
      if (p.take_call != kNever) {
        gaps_[v] = covered.FirstBare(v);
        const bool bare = gaps_[v] < p.take_ret;
        if (!bare && (p.take != kNone || crashed_must_fit)) return InTheWay(rank);
      }
      covered.Cover(v);
    }
    if (passages_.empty_answers.empty()) return {};
    return CheckEmptyAnswers(object_, passages_, ByPutRet(), &empty_gaps_);
  }

  /// See the file's head.
  std::vector<uint32_t> Order() const {
    BigVector<OpPlace> places;
    places.reserve(object_.ops.size());
    const uint64_t empty = 2 * by_size_.size(), last = empty + 1;
    for (size_t rank = 0; rank < by_size_.size(); ++rank) {
      const Passage& p = passages_.values[by_size_[rank]];
      const Position out = gaps_[by_size_[rank]];
      const bool brief = out < p.put_ret;
      places.push_back({brief ? out : p.put_ret - 1, brief ? 2 * rank : last, p.put});
      if (out != kNever) places.push_back({out, 2 * rank + 1, TakerOf(object_, p)});
    }
    for (size_t i = 0; i < empty_gaps_.size(); ++i) {
      places.push_back({empty_gaps_[i], empty, passages_.empty_answers[i]});
    }
    return InOrderOfPlaces(std::move(places));
  }

 private:
  BigVector<uint32_t> ByPutRet() const {
    return InOrderOfTime(static_cast<uint32_t>(passages_.values.size()),
                         [&](uint32_t i) { return passages_.values[i].put_ret; });
  }

  /// Whenever the value of that rank can have come out, a smaller one was certainly inside.
  FastResult InTheWay(size_t rank) const {
    const auto& values = passages_.values;
    const Passage& p = values[by_size_[rank]];
    if (p.take == kNone) return NotApplicable();  // a crashed take was given to it in vain
    std::vector<bool> smaller(values.size(), false);
    for (size_t r = 0; r < rank; ++r) smaller[by_size_[r]] = true;
    BigVector<uint32_t> order = ByPutRet();
    std::erase_if(order, [&](uint32_t v) { return !smaller[v]; });
    const auto chosen = FewestToCover(values, order, TakeFrom(p), p.take_ret);
    const bool lost = values[chosen.back()].take == kNone;
    std::vector<uint32_t> evidence = {p.put, p.take};
    const std::string inside = StaysInWords(object_, values, chosen, &evidence);
    const ObjectWords words(object_);
    return FastViolation(lost ? "lost" : "reordered",
                         Capital(words.Answered(p.take)) + words.OfKey() + ", " +
                             CalledAt(object_.ops[p.take].call) +
                             ", although at every moment something smaller was inside: " + inside +
                             ".",
                         std::move(evidence));
  }

  const ObjectHistory& object_;
  const Passages& passages_;
  const std::span<const uint32_t> by_size_;
  BigVector<Position> gaps_, empty_gaps_;
};

}  // namespace

FastResult CheckPriorityPath(const ObjectHistory& object, std::vector<uint32_t>* order) {
  const FunctionId insert = FunctionNamed(*object.history, "insert");
  const FunctionId delete_min = FunctionNamed(*object.history, "delete-min");
  Passages passages =
      PairPutsAndTakes(object, insert == kNoFunction ? FunctionId{kEnqueue} : insert,
                       delete_min == kNoFunction ? FunctionId{kDequeue} : delete_min);
  if (passages.decided) return std::move(passages.result);
  const BigVector<uint32_t> by_size = BySize(object, passages.values);
  PrioritySweep sweep(object, passages, by_size);
  FastResult result = sweep.Run(true);
  if (!result.linearizable() && !passages.crashed_takes.empty()) {
    GiveToUrgent(object, by_size, &passages);
    result = sweep.Run(true);
  }
  if (result.linearizable() && order != nullptr) *order = sweep.Order();
  if (result.linearizable() || passages.crashed_takes.empty()) return result;
  // Crashed takes can do no more than take all that stays as soon as the first of them is called.
  for (Passage& p : passages.values) {
    if (p.take == kNone) p.take_call = object.ops[passages.crashed_takes[0]].call;
  }
  result = sweep.Run(false);
  return result.linearizable() ? NotApplicable() : result;
}

}  // namespace cleave
