// Linearizability of a register with read, write and cas, any values, any crashes: sound and
// complete, exponential in the concurrency at worst (the problem is NP-complete), fast where
// dominance prunes.
//
// A configuration is what the past can have led to: the register's value; for each open operation
// whether it is done; for each open write or cas whether it can still be seen. Operations are
// linearized just in time, when one of them returns (Lowe, "Testing for linearizability", 2017).
// Reads are absorbed as soon as the value fits. Once a write is seen, every other open write may
// have happened just before it, unseen: it becomes done and stays usable, which stands for both
// cases at once. A configuration with the same value, at least as much done and at least as much
// usable makes another one needless.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "checkers/register/register_ops.h"

namespace cleave {

struct FrontierBounds {
  std::chrono::steady_clock::time_point deadline;
  uint64_t memory;  // bytes of configurations
  /// How many configurations the first attempt holds; the second 32 times as many, the third all.
  size_t first_beam = 8;
};

struct FrontierResult {
  enum class Decision : uint8_t { kLinearizable, kViolation, kOutOfTime, kOutOfMemory };
  Decision decision = Decision::kLinearizable;
  /// kViolation: no configuration survived the return of this operation (an index into `ops`).
  uint32_t failed = 0;
  /// kViolation: the values that the register could have had just before, without doing `failed`.
  std::vector<uint32_t> possible;
  /// Whether it could also have been one that no operation asks about, from a crashed one.
  bool possible_unasked = false;
  /// Where most configurations were held: how many, and from which position to which, with how many
  /// operations open (crashed ones included).
  size_t most_configurations = 1;
  Position hardest_from = 0, hardest_to = 0;
  uint32_t hardest_open = 0;
};

/// `ops` in call order, with values below `values`, RegisterKey::kInitial being the first.
/// Thread-safe.
FrontierResult CheckFrontier(std::span<const RegisterOp> ops, size_t values,
                             const FrontierBounds& bounds);

}  // namespace cleave
