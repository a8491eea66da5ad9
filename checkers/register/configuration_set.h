// A set of the frontier's configurations without dominated members. A configuration is a row of
// 64-bit words: [value, done bits, usable bits, uses of each crashed class]. Invariant: no member
// dominates another one of the same value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cleave {

/// Where the parts of a row are. Slots are open operations; classes are crashed ones, alike in
/// effect.
struct ConfigurationLayout {
  size_t slot_words = 1;
  size_t classes = 0;
  size_t done(size_t slot) const { return 1 + slot / 64; }
  size_t usable(size_t slot) const { return 1 + slot_words + slot / 64; }
  size_t used(size_t cls) const { return 1 + 2 * slot_words + cls; }
  size_t stride() const { return 1 + 2 * slot_words + classes; }
};

/// Insert is O(members of the same value); everything else O(1). Not thread-safe.
class ConfigurationSet {
 public:
  explicit ConfigurationSet(size_t values) : head_(values, kNone) {}

  void Clear(const ConfigurationLayout& layout);
  /// Adds a row unless a member dominates it; members that it dominates are overwritten or dropped.
  /// Returns whether it was added. The row must not lie in this set.
  bool Insert(const uint64_t* row);
  size_t size() const { return live_; }
  /// Rows ever inserted since Clear, dropped ones among them (see Dropped): a stable work list.
  size_t rows() const { return next_.size(); }
  bool Dropped(size_t i) const { return next_[i] == kDropped; }
  uint64_t* Row(size_t i) { return words_.data() + i * layout_.stride(); }
  const uint64_t* Row(size_t i) const { return words_.data() + i * layout_.stride(); }
  size_t MemoryUse() const { return words_.capacity() * 8 + next_.capacity() * 4; }

 private:
  static constexpr uint32_t kNone = UINT32_MAX, kDropped = UINT32_MAX - 1;
  bool Dominates(const uint64_t* a, const uint64_t* b) const;

  ConfigurationLayout layout_;
  std::vector<uint64_t> words_;
  std::vector<uint32_t> next_;  // of the same value
  std::vector<uint32_t> head_;  // by value
  std::vector<uint32_t> touched_;
  size_t live_ = 0;
};

}  // namespace cleave
