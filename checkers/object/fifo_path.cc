// See fifo_path.h.
#include "checkers/object/fifo_path.h"

#include "checkers/object/fast_columns.h"
#include "checkers/object/object_words.h"
#include "checkers/object/passages.h"
#include "checkers/object/places.h"
#include "harness/history/check.h"
#include "harness/history/column.h"

namespace cleave {
namespace {

/// A completed value that no completed dequeue got stays for good, unless a crashed dequeue took
/// it. The sooner such a value is out, the less it forbids; and of two, swapping their crashed
/// dequeues so that the first in goes first leaves the queue empty no less often. So the first that
/// returned goes with the first that was called, as far as they last.
void GiveToCrashed(const ObjectHistory& object, std::span<const uint32_t> by_put_ret,
                   Passages* passages) {
  size_t next = 0;
  for (const uint32_t v : by_put_ret) {
    if (next == passages->crashed_takes.size()) return;
    Passage& passage = passages->values[v];
    if (passage.take != kNone) continue;
    passage.take_call = object.ops[passages->crashed_takes[next++]].call;
  }
}

/// `first` was in before `second`, and out only after it.
FastResult Overtaken(const ObjectHistory& object, const Passage& first, const Passage& second,
                     bool crashed_takes) {
  const ObjectWords words(object);
  const std::string u = words.Value(object.ops[first.put].input);
  const std::string v = words.Value(object.ops[second.put].input);
  std::string text = "The value " + u + words.OfKey() + " was in the queue before " + v + " (" +
                     words.HadReturned(first.put) + " when " + words.WasCalled(second.put) +
                     "), but ";
  std::vector<uint32_t> evidence = {first.put, second.put, second.take};
  if (first.take != kNone) {
    evidence.push_back(first.take);
    return FastViolation("reordered",
                         text + words.Answered(second.take) + " before " +
                             words.WasCalled(first.take) + ", which returned " + u + ".",
                         std::move(evidence));
  }
  text += words.Answered(second.take) + ", and " + u + " had not been dequeued";
  if (crashed_takes) {
    text += ": the dequeues of unknown outcome are too late or too few to have taken it";
  }
  return FastViolation("lost", text + ".", std::move(evidence));
}

/// In order of calls, the latest dequeue of all values that were certainly in before.
FastResult CheckFifoOrder(const ObjectHistory& object, const Passages& passages,
                          std::span<const uint32_t> by_put_ret) {
  size_t next = 0;
  uint32_t latest = kNone;
  Position latest_call = 0;
  for (const Passage& passage : passages.values) {
    while (next < by_put_ret.size()) {
      const Passage& before = passages.values[by_put_ret[next]];
      if (before.put_ret > passage.put_call) break;
      if (latest == kNone || before.take_call > latest_call) {
        latest = by_put_ret[next];
        latest_call = before.take_call;
      }
      ++next;
    }
    if (latest_call > passage.take_ret) {
      return Overtaken(object, passages.values[latest], passage, !passages.crashed_takes.empty());
    }
  }
  return {};
}

/// In which gaps between events a value can go in and come out; an answer "empty" is a value that
/// does both at one moment. kNever: not.
struct Way {
  Position in_first, in_last, out_first, out_last;
  uint32_t put, take;
};

BigVector<Way> AllWays(const ObjectHistory& object, const Passages& passages,
                       std::span<const Position> empty_gaps) {
  BigVector<Way> ways;
  ways.reserve(passages.values.size() + empty_gaps.size());
  for (const Passage& p : passages.values) {
    const uint32_t taker = TakerOf(object, p);
    // One that was taken by a crashed operation goes before all that stay.
    const Position out_last = taker == kNone ? kNever : p.take_ret - 1;
    ways.push_back({p.put_call, std::min(p.put_ret, p.take_ret) - 1,
                    taker == kNone ? kNever : std::max(p.take_call, p.put_call), out_last, p.put,
                    taker});
  }
  for (size_t i = 0; i < empty_gaps.size(); ++i) {
    const Position gap = empty_gaps[i];
    ways.push_back({gap, gap, gap, gap, kNone, passages.empty_answers[i]});
  }
  return ways;
}

template <class Key>
BigVector<uint32_t> WaysBy(const BigVector<Way>& ways, Key key) {
  BigVector<std::pair<Position, uint32_t>> sorted;
  sorted.reserve(ways.size());
  for (uint32_t i = 0; i < ways.size(); ++i) sorted.emplace_back(ways[i].*key, i);
  std::sort(sorted.begin(), sorted.end());
  BigVector<uint32_t> order;
  order.reserve(ways.size());
  for (const auto& [position, i] : sorted) order.push_back(i);
  return order;
}

/// The values in an order in which they can both go in and come out: one must precede another that
/// can only go in, or come out, when it has. Two interval orders whose union has a cycle have one
/// of two values, which CheckFifoOrder has excluded; so one that nothing left precedes is next.
BigVector<uint32_t> QueueTurns(const BigVector<Way>& ways) {
  const BigVector<uint32_t> ends[2] = {WaysBy(ways, &Way::in_last), WaysBy(ways, &Way::out_last)};
  const BigVector<uint32_t> begins[2] = {WaysBy(ways, &Way::in_first),
                                         WaysBy(ways, &Way::out_first)};
  BigVector<uint8_t> lacks(ways.size(), 2), done(ways.size(), false);
  BigVector<uint32_t> turns;  // those before `next` are done, the others may be
  turns.reserve(ways.size());
  size_t first_end[2] = {0, 0}, admitted[2] = {0, 0};
  for (size_t next = 0; next < ways.size(); ++next) {
    for (const int out : {0, 1}) {
      const auto first = out != 0 ? &Way::out_first : &Way::in_first;
      const auto last = out != 0 ? &Way::out_last : &Way::in_last;
      while (done[ends[out][first_end[out]]]) ++first_end[out];
      const Position until = ways[ends[out][first_end[out]]].*last;
      size_t& a = admitted[out];
      for (; a < ways.size() && ways[begins[out][a]].*first <= until; ++a) {
        if (--lacks[begins[out][a]] == 0) turns.push_back(begins[out][a]);
      }
    }
    CHECK(next < turns.size()) << "two values of a queue must precede each other";
    done[turns[next]] = true;
  }
  return turns;
}

/// Each as early as its turn allows.
std::vector<uint32_t> FifoOrder(const ObjectHistory& object, const BigVector<Way>& ways) {
  BigVector<OpPlace> places;
  places.reserve(object.ops.size());
  Position in = 0, out = 0;
  uint64_t rank = 0;
  for (const uint32_t turn : QueueTurns(ways)) {
    const Way& way = ways[turn];
    in = std::max(in, way.in_first);
    out = std::max(out, way.out_first);
    if (way.put != kNone) places.push_back({in, rank++, way.put});
    if (way.take != kNone) places.push_back({out, rank++, way.take});
  }
  return InOrderOfPlaces(std::move(places));
}

}  // namespace

FastResult CheckFifoPath(const ObjectHistory& object, std::vector<uint32_t>* order) {
  Passages passages = PairPutsAndTakes(object, kEnqueue, kDequeue);
  if (passages.decided) return std::move(passages.result);
  const BigVector<uint32_t> by_put_ret =
      InOrderOfTime(static_cast<uint32_t>(passages.values.size()),
                    [&](uint32_t i) { return passages.values[i].put_ret; });
  GiveToCrashed(object, by_put_ret, &passages);
  FastResult result = CheckFifoOrder(object, passages, by_put_ret);
  if (!result.linearizable()) return result;
  BigVector<Position> empty_gaps;
  result = CheckEmptyAnswers(object, passages, by_put_ret, &empty_gaps);
  if (order != nullptr && result.linearizable()) {
    *order = FifoOrder(object, AllWays(object, passages, empty_gaps));
  }
  return result;
}

}  // namespace cleave
