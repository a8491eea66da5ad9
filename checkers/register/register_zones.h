// Linearizability of a register whose written values are unique, in O(n log n) time, exact, with
// cas chains and crashed operations. Gibbons & Korach, "Testing shared memories", SIAM J. Comput.
// 1997, generalised: a block (a write, the cas that follow from it, and all reads of those values)
// is contiguous in every linearization. F is its earliest return, S its latest call: block A
// precedes block B where F_A < S_B. If every block holds in itself, the history is linearizable
// exactly if no two blocks precede each other.
#pragma once

#include <vector>

#include "checkers/register/register_ops.h"

namespace cleave {

/// Two blocks that must each come first, a block that contradicts itself, or a value from nowhere.
struct ZoneViolation {
  enum class Kind : uint8_t {
    kUnwritten,  // ops[0] read, or cas'ed from, a value that nobody wrote
    kDoubleCas,  // ops[0] and ops[1] are cas from one value that was written once
    kCasCycle,   // ops[0]…: cas whose values come only from each other
    kFuture,     // ops[0] returned its value before ops[1], which wrote it, was called
    kBackwards,  // inside a chain: ops[1], of a later value, returned before ops[0] was called
    /// ops = x, y, z, r: x before y, z before r; x, r of one block, y, z of the other.
    /// x or z is UINT32_MAX where the initial state takes its place.
    kOverwritten,
  };
  Kind kind;
  std::vector<uint32_t> ops;  // indices into RegisterKey::ops
};

struct ZoneResult {
  /// False: values repeat, so the engine says nothing unless there are violations.
  bool applicable = true;
  /// Failed cas with a mismatch are not looked at: without violations they remain to be checked.
  bool ignored_mismatch = false;
  std::vector<ZoneViolation> violations;  // empty: linearizable, where nothing was ignored
  uint64_t count = 0;                     // all of them; the vector holds the first few
};

/// `most` bounds the violations that are kept. Thread-safe, deterministic.
ZoneResult CheckZones(const RegisterKey& key, size_t most);

/// Which crashed operations can have mattered: their value was read, or a cas that mattered took
/// it. The others may be left out of any linearization. Indexed like key.ops.
std::vector<bool> CrashedThatMatter(const RegisterKey& key);

}  // namespace cleave
