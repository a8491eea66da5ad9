// Containers whose values are unique: which take got what which put had brought, and what is wrong
// with queues and stacks alike. The paths of both build on it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "checkers/no_index.h"
#include "checkers/object/fast_path.h"
#include "harness/history/column.h"

namespace cleave {

/// One value's way through a container. Certainly inside in (put_ret, take_call), where that is not
/// empty.
struct Passage {
  Position put_call;
  Position put_ret;             // kNever: crashed
  Position take_call = kNever;  // kNever: it stays
  Position take_ret = kNever;   // kNever: it stays, or a crashed operation took it
  uint32_t put;                 // index into ObjectHistory::ops
  uint32_t take = kNone;        // the completed take that got it
};

struct Passages {
  BigVector<Passage> values;          // in call order of the puts; see PairPutsAndTakes
  BigVector<uint32_t> empty_answers;  // indices into ops, in call order
  BigVector<uint32_t> crashed_takes;  // the same
  bool decided = false;               // `result` says it all, and the rest is incomplete
  FastResult result;
};

/// Pairs puts and takes by value. Crashed puts that nobody took are left out: without them there is
/// a linearization if there is one with them. Decided where values repeat or are null, operations
/// are unknown, and where a value was taken from nowhere, twice, or too early. O(operations).
Passages PairPutsAndTakes(const ObjectHistory& object, FunctionId put, FunctionId take);

/// A take that answered "empty" although something was inside at every moment of it: [call, ret]
/// lies within the union of certain stays. `by_put_ret` orders the values. Nothing wrong: an empty
/// anomaly, and *gaps, unless it is null, has for each answer the first event after whose end, and
/// before the next, nothing is certainly inside. O(values + answers).
FastResult CheckEmptyAnswers(const ObjectHistory& object, const Passages& passages,
                             std::span<const uint32_t> by_put_ret,
                             BigVector<Position>* gaps = nullptr);

/// The operation that took a value: take, or the crashed one that it was given to; kNone where it
/// stays. O(log n).
uint32_t TakerOf(const ObjectHistory& object, const Passage& passage);

/// The values in words, with how long each was certainly inside, separated by commas; adds their
/// operations to *evidence.
std::string StaysInWords(const ObjectHistory& object, const BigVector<Passage>& values,
                         std::span<const uint32_t> chosen, std::vector<uint32_t>* evidence);

/// The fewest values whose certain stays cover (from, to) without a gap; they exist. The first is
/// inside before `from` unless `from` is its put_ret. O(values).
std::vector<uint32_t> FewestToCover(std::span<const Passage> values,
                                    std::span<const uint32_t> by_put_ret, Position from,
                                    Position to);

}  // namespace cleave
