// See configuration_set.h.
#include "checkers/register/configuration_set.h"

#include <cstring>

namespace cleave {

void ConfigurationSet::Clear(const ConfigurationLayout& layout) {
  layout_ = layout;
  words_.clear();
  next_.clear();
  for (const uint32_t value : touched_) head_[value] = kNone;
  touched_.clear();
  live_ = 0;
}

bool ConfigurationSet::Dominates(const uint64_t* a, const uint64_t* b) const {
  const size_t bits = 1 + 2 * layout_.slot_words;
  for (size_t i = 1; i < bits; ++i) {
    if ((b[i] & ~a[i]) != 0) return false;
  }
  for (size_t i = bits; i < layout_.stride(); ++i) {
    if (a[i] > b[i]) return false;
  }
  return true;
}

bool ConfigurationSet::Insert(const uint64_t* row) {
  uint32_t& head = head_[row[0]];
  if (head == kNone) touched_.push_back(static_cast<uint32_t>(row[0]));
  for (uint32_t* at = &head; *at != kNone;) {
    const uint32_t member = *at;
    if (Dominates(Row(member), row)) return false;
    if (Dominates(row, Row(member))) {
      *at = next_[member];
      next_[member] = kDropped;
      --live_;
    } else {
      at = &next_[member];
    }
  }
  words_.insert(words_.end(), row, row + layout_.stride());
  next_.push_back(head);
  head = static_cast<uint32_t>(next_.size() - 1);
  ++live_;
  return true;
}

}  // namespace cleave
