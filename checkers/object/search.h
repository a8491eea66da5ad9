// Linearizability of any model by search, for what no exact fast path covers: sound and complete,
// exponential at worst (the problem is NP-complete), bounded in time and memory. Two searches that
// explode on different histories run beside each other:
//  - the frontier: all configurations that the past can have led to, operations linearized just in
//    time, when one of them returns (Lowe, "Testing for linearizability", 2017);
//  - depth first: one order is tried to its end, remembering what failed (Wing & Gong 1993, with
//    Lowe's memory of configurations).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "checkers/object/model.h"

namespace cleave {

struct SearchBounds {
  std::chrono::steady_clock::time_point deadline;
  uint64_t memory = uint64_t{1} << 30;         // bytes, for each search
  uint64_t steps = UINT64_MAX;                 // configurations looked at
  const std::atomic<bool>* stopped = nullptr;  // another search has decided
};

struct SearchResult {
  enum class Decision : uint8_t { kLinearizable, kViolation, kOutOfTime, kOutOfMemory, kStopped };
  Decision decision = Decision::kStopped;
  const char* engine = "";
  /// kViolation: the operations up to this one's return are the shortest prefix that no order
  /// explains. An index into the operations.
  uint32_t failed = 0;
  /// kLinearizable: a linearization. kViolation: the longest one that was found of the operations
  /// before `failed` returned. Indices into the operations.
  std::vector<uint32_t> order;
  /// kViolation: the states that the object can have been in, `failed` not being done, in words.
  std::vector<std::string> possible;
  /// The most configurations held at once; from which position to which, and how many operations
  /// were open.
  size_t most_configurations = 0;
  Position hardest_from = 0, hardest_to = 0;
  uint32_t hardest_open = 0;
};

/// One search alone. Operations in call order. Thread-safe.
SearchResult SearchFrontier(const Model& model, std::span<const ModelOp> ops,
                            const SearchBounds& bounds);
SearchResult SearchDepthFirst(const Model& model, std::span<const ModelOp> ops,
                              const SearchBounds& bounds);

/// The frontier for a moment, then both on two threads until one decides.
SearchResult Search(const Model& model, std::span<const ModelOp> ops, const SearchBounds& bounds);

}  // namespace cleave
