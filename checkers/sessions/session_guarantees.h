// The session guarantees of one key at a time: constraints on the order of its versions.
#pragma once

#include <vector>

#include "checkers/sessions/consistency.h"
#include "checkers/sessions/session_history.h"

namespace cleave {

/// `older` must come before `newer` in the order of versions, because of these two operations.
struct VersionEdge {
  uint32_t older, newer;  // indices into SessionHistory::ops, or kInitialWrite, which is the oldest
  uint32_t first, second;
};

/// What a guarantee asks of the order in which one session sees the versions of each key.
class VersionConstraints {
 public:
  /// O(operations).
  VersionConstraints(const SessionHistory& sessions, ConsistencyLevel guarantee);

  /// The constraints for a session, on the keys that it reads. O(operations on those keys).
  std::vector<VersionEdge> Of(uint32_t session) const;

 private:
  const SessionHistory& sessions_;
  const ConsistencyLevel guarantee_;
  std::vector<std::vector<VersionEdge>> common_;  // by key: what holds for every session's view
};

/// A cycle among the constraints, with an edge into the initial version counting as one: no order
/// of versions keeps the guarantee. Empty: there is one.
/// O(constraints log constraints).
std::vector<VersionEdge> VersionCycle(const std::vector<VersionEdge>& edges);

}  // namespace cleave
