// See covered_time.h.
#include "checkers/object/covered_time.h"

#include "checkers/object/fast_columns.h"

namespace cleave {

CoveredTime::CoveredTime(std::span<const Passage> values)
    : values_(values), in_(values.size(), kNone), out_(values.size(), kNone) {
  const auto mark = [&](uint32_t end) {
    const Passage& p = values_[end / 2];
    if (end % 2 == 0) return p.put_ret;
    return p.take_call == kNever ? kNever : std::max(p.take_call, p.put_call);
  };
  const auto ends = InOrderOfTime(static_cast<uint32_t>(2 * values.size()), mark);
  begins_.reserve(ends.size());
  for (const uint32_t end : ends) {
    if (!begins_.empty() && begins_.back() == mark(end)) continue;
    (end % 2 == 0 ? in_ : out_)[end / 2] = static_cast<uint32_t>(begins_.size());
    begins_.push_back(mark(end));
  }
  // Where several values may be taken by one operation, a mark is theirs together.
  for (uint32_t v = 0; v < values.size(); ++v) {
    if (out_[v] != kNone || mark(2 * v + 1) == kNever) continue;
    const auto at = std::lower_bound(begins_.begin(), begins_.end(), mark(2 * v + 1));
    out_[v] = static_cast<uint32_t>(at - begins_.begin());
  }
  next_.resize(begins_.size() + 1);
  for (uint32_t s = 0; s < next_.size(); ++s) next_[s] = s;
}

uint32_t CoveredTime::Bare(uint32_t stretch) {
  while (next_[stretch] != stretch) stretch = next_[stretch] = next_[next_[stretch]];
  return stretch;
}

void CoveredTime::Cover(uint32_t value) {
  const Passage& p = values_[value];
  if (p.put_ret >= p.take_call) return;
  const uint32_t end = std::min(out_[value], static_cast<uint32_t>(begins_.size()));
  for (uint32_t s = Bare(in_[value]); s < end; s = Bare(s)) next_[s] = s + 1;
}

Position CoveredTime::FirstBare(uint32_t value) {
  const uint32_t s = Bare(out_[value]);
  return s < begins_.size() ? begins_[s] : kNever;
}

}  // namespace cleave
