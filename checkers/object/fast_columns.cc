// See fast_columns.h.
#include "checkers/object/fast_columns.h"

namespace cleave {

ValueRows::ValueRows(std::span<const uint32_t> ids) {
  if (ids.empty()) return;
  const auto [low, high] = std::minmax_element(ids.begin(), ids.end());
  low_ = *low;
  const uint64_t range = uint64_t{*high} - low_ + 1;
  if (WorthATable(range, ids.size())) {
    table_.assign(range, kNone);
    for (uint32_t row = 0; row < ids.size(); ++row) {
      uint32_t& first = table_[ids[row] - low_];
      if (first != kNone) continue;
      first = row;
      ++distinct_;
    }
    return;
  }
  sorted_.reserve(ids.size());
  for (uint32_t row = 0; row < ids.size(); ++row) sorted_.emplace_back(ids[row], row);
  std::sort(sorted_.begin(), sorted_.end());
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  sorted_.erase(std::unique(sorted_.begin(), sorted_.end(), same), sorted_.end());
  distinct_ = sorted_.size();
}

uint32_t ValueRows::Search(uint32_t id) const {
  const auto at = std::lower_bound(sorted_.begin(), sorted_.end(), std::pair(id, uint32_t{0}));
  return at == sorted_.end() || at->first != id ? kNone : at->second;
}

}  // namespace cleave
