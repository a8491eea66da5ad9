// The part of the replicated log that is in memory: the entries after a base that a snapshot
// covers. Invariant: indices are consecutive from base_index() + 1.
#pragma once

#include <deque>

#include "targets/raft/server/message.h"

namespace cleave::raft {

class Log {
 public:
  uint64_t base_index() const { return base_index_; }
  uint64_t base_term() const { return base_term_; }
  uint64_t LastIndex() const { return base_index_ + entries_.size(); }
  uint64_t LastTerm() const { return entries_.empty() ? base_term_ : entries_.back().term; }
  /// The term of the entry at `index`; index must lie in [base_index(), LastIndex()].
  uint64_t Term(uint64_t index) const;
  const Entry& At(uint64_t index) const { return entries_[index - base_index_ - 1]; }
  /// Entries from `from` on: at least one if there is one, then as long as they fit the two bounds.
  std::vector<Entry> Slice(uint64_t from, size_t max_entries, size_t max_bytes) const;
  /// entry.index must be LastIndex() + 1.
  void Append(Entry entry);
  /// Drops the entries from `index` on.
  void Truncate(uint64_t index);
  /// Drops the entries up to `index`, which becomes the base.
  void Compact(uint64_t index);
  /// Drops everything; the log then begins after (index, term).
  void Reset(uint64_t index, uint64_t term);
  /// The first index of the run of entries of the same term that ends at `index`.
  uint64_t FirstOfTerm(uint64_t index) const;
  /// The last index whose entry is of `term`, or 0.
  uint64_t LastOfTerm(uint64_t term) const;

 private:
  uint64_t base_index_ = 0;
  uint64_t base_term_ = 0;
  std::deque<Entry> entries_;
};

}  // namespace cleave::raft
