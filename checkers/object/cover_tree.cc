// See cover_tree.h.
#include "checkers/object/cover_tree.h"

#include <algorithm>

#include "harness/history/column.h"

namespace cleave {

CoverTree::CoverTree(std::span<const uint32_t> counts) {
  const size_t blocks = (counts.size() + kBlock - 1) / kBlock;
  while (leaves_ < blocks) leaves_ *= 2;
  counts_.assign(size_t{leaves_} * kBlock, kBare);
  for (size_t g = 0; g < counts.size(); ++g) {
    if (counts[g] != 0) counts_[g] = static_cast<int32_t>(counts[g]);
  }
  least_.assign(size_t{leaves_} * 2, kBare);
  added_.assign(size_t{leaves_} * 2, 0);
  for (uint32_t b = 0; b < leaves_; ++b) least_[leaves_ + b] = LeastOfBlock(b);
  for (uint32_t n = leaves_ - 1; n > 0; --n) least_[n] = std::min(least_[2 * n], least_[2 * n + 1]);
}

int32_t CoverTree::LeastOfBlock(uint32_t block) const {
  const int32_t* at = counts_.data() + size_t{block} * kBlock;
  int32_t least = at[0];
  for (uint32_t i = 1; i < kBlock; ++i) least = std::min(least, at[i]);
  return least;
}

/// From a node whose minimum changed up to the first that stays the same.
void CoverTree::Update(uint32_t node) {
  for (node /= 2; node > 0; node /= 2) {
    const int32_t least = std::min(least_[2 * node], least_[2 * node + 1]) + added_[node];
    if (least == least_[node]) return;
    least_[node] = least;
  }
}

void CoverTree::RemoveInBlock(uint32_t block, uint32_t from, uint32_t to) {
  for (uint32_t g = from; g < to; ++g) --counts_[g];
  const uint32_t node = leaves_ + block;
  const int32_t least = LeastOfBlock(block) + added_[node];
  if (least == least_[node]) return;
  least_[node] = least;
  Update(node);
}

/// Whole blocks [from, to), which are not empty.
void CoverTree::RemoveBlocks(uint32_t from, uint32_t to) {
  const auto remove = [&](uint32_t node) {
    --least_[node];
    --added_[node];
  };
  for (uint32_t l = from + leaves_, r = to + leaves_; l < r; l /= 2, r /= 2) {
    if (l & 1) remove(l++);
    if (r & 1) remove(--r);
  }
  // Every node that changed has a sibling or parent above one of the two ends.
  for (uint32_t node : {from + leaves_, to - 1 + leaves_}) {
    for (node /= 2; node > 0; node /= 2) {
      least_[node] = std::min(least_[2 * node], least_[2 * node + 1]) + added_[node];
    }
  }
}

/// The first block with gaps that have become bare; the root says that there is one.
void CoverTree::CollectFirst(BigVector<uint32_t>* bare) {
  uint32_t node = 1;
  int32_t above = 0;  // what was added to the nodes passed so far
  while (node < leaves_) {
    above += added_[node];
    node = 2 * node + (least_[2 * node] + above != 0);
  }
  const uint32_t block = node - leaves_;
  above += added_[node];
  for (uint32_t g = block * kBlock; g < (block + 1) * kBlock; ++g) {
    if (counts_[g] + above != 0) continue;
    bare->push_back(g);
    counts_[g] = kBare;
  }
  least_[node] = LeastOfBlock(block) + added_[node];
  Update(node);
}

void CoverTree::Remove(uint32_t from, uint32_t to, BigVector<uint32_t>* bare) {
  const uint32_t first = from / kBlock, last = (to - 1) / kBlock;
  if (first == last) {
    RemoveInBlock(first, from, to);
  } else {
    RemoveInBlock(first, from, (first + 1) * kBlock);
    RemoveInBlock(last, last * kBlock, to);
    if (first + 1 < last) RemoveBlocks(first + 1, last);
  }
  while (least_[1] == 0) CollectFirst(bare);
}

}  // namespace cleave
