// Reads and writes of a key-value store in their sessions (processes), and who read from whom: what
// the consistency levels below linearizability are about. Real time plays no part.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checkers/checker.h"

namespace cleave {

struct SessionOp {
  static constexpr uint32_t kInitialWrite = UINT32_MAX - 1;  // of every key

  uint32_t operation;                  // index into History::operations()
  uint32_t session, index;             // its session, and its place there
  uint32_t key;                        // dense
  bool reads = false, writes = false;  // a cas does both
  /// Of a read: the operation (an index into SessionHistory::ops) whose value it saw, or
  /// kInitialWrite.
  uint32_t from = kInitialWrite;
};

struct SessionHistory {
  std::vector<SessionOp> ops;                   // in call order
  std::vector<std::vector<uint32_t>> sessions;  // their operations, in order
  uint32_t keys = 0;
  /// Reads of values that nobody wrote: indices into History::operations(). They are not in ops.
  std::vector<uint32_t> thin_air;
  /// Not "": why the levels cannot be judged, e.g. that values repeat.
  std::string unusable;
};

/// Crashed writes take part where their value was seen; reads of unknown outcome and failures do
/// not. Values must be unique on their key. Throws std::invalid_argument for functions that are
/// none of a register's. O(operations) expected.
SessionHistory ExtractSessions(const History& history, const CheckOptions& options);

}  // namespace cleave
