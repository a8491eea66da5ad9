// The log in memory.
#include "targets/raft/server/log.h"

#include "harness/history/check.h"

namespace cleave::raft {

uint64_t Log::Term(uint64_t index) const {
  CHECK(index >= base_index_ && index <= LastIndex()) << "index " << index << " outside the log";
  return index == base_index_ ? base_term_ : At(index).term;
}

std::vector<Entry> Log::Slice(uint64_t from, size_t max_entries, size_t max_bytes) const {
  std::vector<Entry> out;
  size_t bytes = 0;
  for (uint64_t i = from; i <= LastIndex() && out.size() < max_entries; ++i) {
    const Entry& entry = At(i);
    bytes += entry.command.size();
    if (!out.empty() && bytes > max_bytes) break;
    out.push_back(entry);
  }
  return out;
}

void Log::Append(Entry entry) {
  CHECK(entry.index == LastIndex() + 1) << "a gap in the log at " << entry.index;
  entries_.push_back(std::move(entry));
}

void Log::Truncate(uint64_t index) {
  CHECK(index > base_index_) << "truncation at " << index << " inside the snapshot";
  while (LastIndex() >= index) entries_.pop_back();
}

void Log::Compact(uint64_t index) {
  if (index <= base_index_) return;
  base_term_ = Term(index);
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<int64_t>(index - base_index_));
  base_index_ = index;
}

void Log::Reset(uint64_t index, uint64_t term) {
  entries_.clear();
  base_index_ = index;
  base_term_ = term;
}

uint64_t Log::FirstOfTerm(uint64_t index) const {
  const uint64_t term = Term(index);
  while (index > base_index_ + 1 && Term(index - 1) == term) --index;
  return index;
}

uint64_t Log::LastOfTerm(uint64_t term) const {
  for (uint64_t i = LastIndex(); i > base_index_; --i) {
    if (At(i).term == term) return i;
    if (At(i).term < term) return 0;
  }
  return 0;
}

}  // namespace cleave::raft
