// See fifo_path.h.
#include "checkers/object/fifo_path.h"

#include "checkers/object/fast_columns.h"
#include "checkers/object/object_words.h"
#include "checkers/object/passages.h"

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

}  // namespace

FastResult CheckFifoPath(const ObjectHistory& object) {
  Passages passages = PairPutsAndTakes(object, kEnqueue, kDequeue);
  if (passages.decided) return std::move(passages.result);
  const std::vector<uint32_t> by_put_ret =
      InOrderOfTime(static_cast<uint32_t>(passages.values.size()),
                    [&](uint32_t i) { return passages.values[i].put_ret; });
  GiveToCrashed(object, by_put_ret, &passages);
  FastResult result = CheckFifoOrder(object, passages, by_put_ret);
  if (!result.linearizable()) return result;
  return CheckEmptyAnswers(object, passages, by_put_ret);
}

}  // namespace cleave
