// Where the operations of a linearization lie in time: how the fast paths give one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "checkers/object/model.h"
#include "harness/history/column.h"

namespace cleave {

/// An operation takes effect after event `gap` and before the next one, where call <= gap < ret:
/// whatever the ranks, real time is respected.
struct OpPlace {
  Position gap;
  uint64_t rank;  // among those in the same gap
  uint32_t op;    // index into ObjectHistory::ops
};

/// The operations by gap and rank, which must differ. O(n log n).
inline std::vector<uint32_t> InOrderOfPlaces(BigVector<OpPlace> places) {
  std::sort(places.begin(), places.end(), [](const OpPlace& a, const OpPlace& b) {
    return a.gap != b.gap ? a.gap < b.gap : a.rank < b.rank;
  });
  std::vector<uint32_t> order;
  order.reserve(places.size());
  for (const OpPlace& place : places) order.push_back(place.op);
  return order;
}

/// The operation that was called at an event; the operations are in call order. O(log n).
inline uint32_t OpCalledAt(const ObjectHistory& object, Position call) {
  const auto at = std::lower_bound(object.ops.begin(), object.ops.end(), call,
                                   [](const ModelOp& o, Position p) { return o.call < p; });
  return static_cast<uint32_t>(at - object.ops.begin());
}

}  // namespace cleave
