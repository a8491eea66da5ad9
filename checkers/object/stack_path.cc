// See stack_path.h.
#include "checkers/object/stack_path.h"

#include <optional>

#include "checkers/object/cover_tree.h"
#include "checkers/object/fast_columns.h"
#include "checkers/object/object_words.h"
#include "checkers/object/passages.h"
#include "checkers/object/places.h"
#include "harness/history/column.h"

namespace cleave {
namespace {

/// A stretch of time, by the numbers of its first and last end, in which some value that is left is
/// inside at every moment. The values that begin in it are a history of their own.
struct Stretch {
  uint32_t from, to;
};

/// A value that may lie under all others between its push, at `from`, and its pop, at `to`.
struct Bottom {
  Position from, to;
  uint32_t value;
};

/// Works on values that are certainly inside for a while. The ends of their certain stays, in order
/// of time, are numbered; gap g lies between ends g and g + 1.
class StackPeeler {
 public:
  /// *peeled, unless it is null, gets the values as they are taken away.
  StackPeeler(std::span<Passage> values, BigVector<Bottom>* peeled)
      : values_(values), peeled_(peeled) {
    const uint32_t count = static_cast<uint32_t>(values_.size());
    // End 2v is put_ret of value v, end 2v + 1 take_call. Those that stay end last, in any order.
    ends_ = InOrderOfTime(2 * count, [&](uint32_t end) {
      const Passage& p = values_[end / 2];
      return end % 2 == 0 ? p.put_ret : p.take_call;
    });
    for (uint32_t v = 0; v < count; ++v) {
      if (values_[v].take_call == kNever) ends_.push_back(2 * v + 1);
    }
    NumberEnds();
    LinkLonger();
  }

  /// The first stretch that no value can lie under, with what is left then; nothing where all can
  /// be peeled off.
  std::optional<Stretch> Run() {
    BigVector<uint32_t> counts(ends_.size(), 0), bare;
    uint32_t depth = 0;
    for (uint32_t e = 0; e < ends_.size(); ++e) {
      counts[e] = depth += ends_[e] % 2 == 0 ? 1 : -1;
      if (depth == 0) bare.push_back(e);
    }
    CoverTree cover(counts);
    if (!ends_.empty()) Split({0, static_cast<uint32_t>(ends_.size()) - 1}, bare);
    while (!todo_.empty()) {
      const Stretch stretch = todo_.back();
      todo_.pop_back();
      const uint32_t bottom = FindBottom(stretch);
      if (bottom == kNone) return stretch;
      removed_[bottom] = true;
      if (peeled_ != nullptr) {
        peeled_->push_back({values_[ends_[stretch.from] / 2].put_ret,
                            values_[ends_[stretch.to] / 2].take_call, bottom});
      }
      if (stretch.to == stretch.from + 1) continue;  // it was alone
      bare.clear();
      cover.Remove(number_[2 * bottom], number_[2 * bottom + 1], &bare);
      Split(stretch, bare);
    }
    return std::nullopt;
  }

  /// The fewest values left that cover the stretch: none of them can lie under the others.
  std::vector<uint32_t> Evidence(const Stretch& stretch) const {
    std::vector<uint32_t> order;
    for (uint32_t e = stretch.from; e <= stretch.to; ++e) {
      if (ends_[e] % 2 == 0 && !removed_[ends_[e] / 2]) order.push_back(ends_[e] / 2);
    }
    return FewestToCover(values_, order, values_[ends_[stretch.from] / 2].put_ret,
                         values_[ends_[stretch.to] / 2].take_call);
  }

 private:
  void NumberEnds() {
    number_.resize(ends_.size());
    for (uint32_t e = 0; e < ends_.size(); ++e) number_[ends_[e]] = e;
    removed_.assign(values_.size(), false);
    open_.resize(values_.size());
    uint32_t called = 0;
    for (const uint32_t end : ends_) {
      if (end % 2 != 0) continue;
      const Passage& p = values_[end / 2];
      while (called < values_.size() && values_[called].put_call < p.put_ret) ++called;
      open_[end / 2] = called - 1;  // at least p itself
    }
  }

  void LinkLonger() {
    longer_.resize(values_.size());
    for (uint32_t v = 0; v < values_.size(); ++v) {
      uint32_t before = v - 1;  // kNone at v = 0
      while (before != kNone && values_[before].put_ret < values_[v].put_ret) {
        before = longer_[before];
      }
      longer_[v] = before;
    }
  }

  /// What is left of a stretch around the gaps that have become bare, to be done from the left.
  void Split(const Stretch& stretch, std::span<const uint32_t> bare) {
    uint32_t to = stretch.to;
    for (size_t i = bare.size(); i-- > 0;) {
      if (bare[i] >= stretch.to) continue;
      if (to > bare[i] + 1) todo_.push_back({bare[i] + 1, to});
      to = bare[i];
    }
    if (to > stretch.from) todo_.push_back({stretch.from, to});
  }

  /// A value that is left whose push was called before any of the stretch returned, and whose pop
  /// returned after all were called; kNone where there is none. The pushes open at a moment are
  /// found from the last one called before, going back over ever longer ones: O(concurrency²).
  uint32_t FindBottom(const Stretch& stretch) const {
    const uint32_t first = ends_[stretch.from] / 2, last = ends_[stretch.to] / 2;
    if (first == last) return first;
    const Position begin = values_[first].put_ret, end = values_[last].take_call;
    for (uint32_t v = open_[first]; v != kNone;) {
      const Passage& p = values_[v];
      if (p.put_ret < begin) {
        v = longer_[v];
        continue;
      }
      const bool after = p.take_ret > end || p.take_call == kNever;
      if (after && p.put_ret < end && !removed_[v]) return v;
      --v;  // kNone after 0
    }
    return kNone;
  }

  std::span<Passage> values_;   // in call order of the pushes
  BigVector<uint32_t> ends_;    // in order of time
  BigVector<uint32_t> number_;  // of an end in ends_
  BigVector<uint32_t> open_;    // the last value that was called before this one's push returned
  BigVector<uint32_t> longer_;  // the last one before, in call order, whose push returned later
  BigVector<uint8_t> removed_;
  BigVector<Stretch> todo_;
  BigVector<Bottom>* const peeled_;
};

/// `chain`: values that overlap one after the other, none of which can lie under the others.
FastResult NoBottom(const ObjectHistory& object, std::span<const Passage> values,
                    std::span<const uint32_t> chain) {
  const ObjectWords words(object);
  const auto value = [&](uint32_t v) { return words.Value(object.ops[values[v].put].input); };
  std::vector<uint32_t> evidence;
  std::string names;
  for (const uint32_t v : chain) {
    evidence.push_back(values[v].put);
    if (values[v].take != kNone) evidence.push_back(values[v].take);
    names += (names.empty() ? "" : ", ") + value(v);
  }
  const Passage& a = values[chain.front()];
  const Passage& b = values[chain.back()];
  if (chain.size() == 2) {
    const std::string u = value(chain.front()), w = value(chain.back());
    return FastViolation(
        "reordered",
        "The value " + w + words.OfKey() + " was put onto " + u + " (" + words.HadReturned(a.put) +
            " when " + words.WasCalled(b.put) + ", and " + u + " was not popped before " +
            words.HadReturned(b.put) + "), but " + words.Answered(a.take) + " while " + w +
            " still lay on it: " +
            (b.take == kNone ? "it was never popped." : words.WasCalled(b.take) + " only then."),
        std::move(evidence));
  }
  return FastViolation(
      "reordered",
      "From event " + std::to_string(a.put_ret) + " to " +
          (b.take_call == kNever ? "the end" : "event " + std::to_string(b.take_call)) +
          " the stack" + words.OfKey() + " was never empty, so one of the values " + names +
          " lay at the bottom all the time; but each of them was pushed after another had been, or "
          "popped before another was.",
      std::move(evidence));
}

/// What was peeled off first is pushed just before all that it lay under had been pushed for sure,
/// and popped just after nothing of it was certainly left. Where one stretch ends and another
/// begins in the same gap nothing is inside between: there is room for answers "empty", and for
/// values that come and go at once.
std::vector<uint32_t> StackOrder(const ObjectHistory& object, const Passages& passages,
                                 std::span<const Bottom> peeled, std::span<const Passage> brief,
                                 std::span<const Position> empty_gaps) {
  BigVector<OpPlace> places;
  places.reserve(object.ops.size());
  const uint64_t pops = 0, empty = peeled.size(), pushes = empty + 1 + 2 * brief.size();
  for (size_t i = 0; i < peeled.size(); ++i) {
    const Passage& p = passages.values[peeled[i].value];
    places.push_back({peeled[i].from - 1, pushes + i, p.put});
    if (p.take == kNone) continue;
    places.push_back({peeled[i].to, pops + peeled.size() - 1 - i, p.take});
  }
  for (size_t i = 0; i < brief.size(); ++i) {
    const Position gap = std::max(brief[i].put_call, brief[i].take_call);
    places.push_back({gap, empty + 1 + 2 * i, brief[i].put});
    places.push_back({gap, empty + 2 + 2 * i, brief[i].take});
  }
  for (size_t i = 0; i < empty_gaps.size(); ++i) {
    places.push_back({empty_gaps[i], empty, passages.empty_answers[i]});
  }
  return InOrderOfPlaces(std::move(places));
}

}  // namespace

FastResult CheckStackPath(const ObjectHistory& object, std::vector<uint32_t>* order) {
  Passages passages = PairPutsAndTakes(object, FunctionNamed(*object.history, "push"),
                                       FunctionNamed(*object.history, "pop"));
  if (passages.decided) return std::move(passages.result);
  // One whose push and pop overlap can come and go in one moment, in the way of nobody.
  bool stays = false;
  BigVector<Passage> brief;  // those, where an order is wanted
  std::erase_if(passages.values, [&](const Passage& p) {
    stays |= p.take == kNone;
    if (order != nullptr && p.put_ret >= p.take_call) brief.push_back(p);
    return p.put_ret >= p.take_call;
  });
  // Crashed pops need not have happened. All that they could have taken is what stayed.
  const bool doubtful = stays && !passages.crashed_takes.empty();
  BigVector<Bottom> peeled;
  StackPeeler peeler(passages.values, order == nullptr ? nullptr : &peeled);
  if (const auto stretch = peeler.Run()) {
    if (doubtful) return NotApplicable();
    return NoBottom(object, passages.values, peeler.Evidence(*stretch));
  }
  FastResult result;
  BigVector<Position> empty_gaps;
  if (!passages.empty_answers.empty()) {
    const BigVector<uint32_t> by_put_ret =
        InOrderOfTime(static_cast<uint32_t>(passages.values.size()),
                      [&](uint32_t i) { return passages.values[i].put_ret; });
    result = CheckEmptyAnswers(object, passages, by_put_ret, &empty_gaps);
  }
  if (!result.linearizable()) return doubtful ? NotApplicable() : result;
  if (order != nullptr) *order = StackOrder(object, passages, peeled, brief, empty_gaps);
  return result;
}

}  // namespace cleave
