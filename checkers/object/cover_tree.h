// How many intervals cover each gap of a line, while intervals are taken away: the places that lose
// their last one are found as they do. For the stack's path.
#pragma once

#include <cstdint>
#include <span>

#include "harness/history/column.h"

namespace cleave {

/// Blocks of counts under a tree of minima. O(log gaps + block) an operation and per gap found.
class CoverTree {
 public:
  /// Gap g is covered counts[g] times; gaps that are not covered at all are never mentioned again.
  explicit CoverTree(std::span<const uint32_t> counts);

  /// Takes away one interval over the gaps [from, to), from < to, each of which is covered. Appends
  /// those that nothing covers any more to *bare, ascending.
  void Remove(uint32_t from, uint32_t to, BigVector<uint32_t>* bare);

 private:
  static constexpr uint32_t kBlock = 32;
  static constexpr int32_t kBare = 1 << 30;  // in place of a count: found already

  void RemoveInBlock(uint32_t block, uint32_t from, uint32_t to);
  void RemoveBlocks(uint32_t from, uint32_t to);
  int32_t LeastOfBlock(uint32_t block) const;
  void Update(uint32_t node);
  void CollectFirst(BigVector<uint32_t>* bare);

  uint32_t leaves_ = 1;  // blocks, rounded up to a power of two
  BigVector<int32_t> counts_;
  // A node's minimum is that of its children (of its block) plus what was added to it as a whole.
  BigVector<int32_t> least_, added_;
};

}  // namespace cleave
