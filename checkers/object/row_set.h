// A set of rows of 64-bit words, each with a number of its own, in the order of insertion: the
// configurations of a search.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "checkers/no_index.h"

namespace cleave {

/// Insert is O(words) expected; rows keep their numbers until Clear. Not thread-safe.
class RowSet {
 public:
  void Clear(size_t stride) {
    stride_ = stride;
    words_.clear();
    tags_.clear();
    slots_.assign(std::max<size_t>(64, slots_.size() / 4), kNone);
  }
  size_t size() const { return tags_.size(); }
  const uint64_t* Row(size_t i) const { return words_.data() + i * stride_; }
  uint32_t Tag(size_t i) const { return tags_[i]; }
  size_t MemoryUse() const {
    return words_.capacity() * 8 + tags_.capacity() * 4 + slots_.capacity() * 4;
  }

  /// Whether the row was not there. It must not lie in this set. The first tag of a row stays.
  bool Insert(const uint64_t* row, uint32_t tag) {
    if (2 * (size() + 1) > slots_.size()) Grow();
    size_t at = Hash(row) & (slots_.size() - 1);
    for (; slots_[at] != kNone; at = (at + 1) & (slots_.size() - 1)) {
      if (std::memcmp(Row(slots_[at]), row, stride_ * 8) == 0) return false;
    }
    slots_[at] = static_cast<uint32_t>(size());
    words_.insert(words_.end(), row, row + stride_);
    tags_.push_back(tag);
    return true;
  }

 private:
  size_t Hash(const uint64_t* row) const {
    uint64_t hash = 0;
    for (size_t i = 0; i < stride_; ++i) {
      hash = (hash ^ row[i]) * 0x9e3779b97f4a7c15;
      hash ^= hash >> 32;
    }
    return hash;
  }
  void Grow() {
    slots_.assign(slots_.size() * 2, kNone);
    for (uint32_t i = 0; i < size(); ++i) {
      size_t at = Hash(Row(i)) & (slots_.size() - 1);
      while (slots_[at] != kNone) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = i;
    }
  }

  size_t stride_ = 1;
  std::vector<uint64_t> words_;
  std::vector<uint32_t> tags_;
  std::vector<uint32_t> slots_ = std::vector<uint32_t>(64, kNone);  // a power of two
};

}  // namespace cleave
