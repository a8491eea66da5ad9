// Consistency levels below linearizability, for registers and key-value stores whose written values
// are unique: what sessions (processes) may rely on, whatever real time says.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "checkers/checker.h"

namespace cleave {

enum class ConsistencyLevel : uint8_t {
  kSequential,      // one order of everything that every session's order respects (Lamport 1979)
  kCausal,          // one order of writes that respects causality, which every read follows
  kPram,            // every session sees every other session's writes in their order
  kReadYourWrites,  // Terry et al., "Session guarantees", 1994; see README.md
  kMonotonicReads,
  kMonotonicWrites,
  kWritesFollowReads,
};

struct ConsistencyLevelInfo {
  ConsistencyLevel level;
  const char* name;     // "sequential", "read-your-writes", …
  const char* checker;  // "sequential-consistency", …: its row in the table of checkers
  const char* promise;
};

/// The strongest first, down to pram; then the guarantees, of which none implies another.
std::span<const ConsistencyLevelInfo> ConsistencyLevels();
std::optional<ConsistencyLevel> FindConsistencyLevel(std::string_view name);

/// Exact; kUnknown where values repeat, or out of time. All keys together are one store.
/// Causal is O(operations · sessions); pram is that for each session, some times over; sequential
/// searches what inference leaves open (the problem is NP-complete).
CheckResult CheckConsistency(ConsistencyLevel level, const History& history,
                             const CheckOptions& options);

/// The levels that hold, strongest first, none that a held one implies: "sequential", or
/// "monotonic-reads, read-your-writes", or "none". "" where it was not decided within the time.
std::string StrongestConsistency(const History& history, const CheckOptions& options);

}  // namespace cleave
