// See moments.h: positions are dense, so the order is found by placing, not by sorting.
#include "checkers/streaming/moments.h"

#include <bit>
#include <stdexcept>

#include "checkers/by_key.h"

namespace cleave {
namespace {

constexpr uint32_t kNoMoment = UINT32_MAX;

}  // namespace

Moments::Moments(const History& history) {
  const auto ops = history.operations();
  if (ops.size() >= uint64_t{1} << 31) throw std::length_error("more than 2^31 operations");
  moments_.assign(history.event_count(), std::bit_cast<Moment>(kNoMoment));
  for (uint32_t i = 0; i < ops.size(); ++i) {
    moments_[ops[i].call] = {i, 0};
    if (ops[i].ret != kNever) moments_[ops[i].ret] = {i, 1};
  }
  std::erase_if(moments_, [](Moment m) { return std::bit_cast<uint32_t>(m) == kNoMoment; });
  if (!history.keys().empty()) {
    Group(history);
    return;
  }
  if (!moments_.empty()) keys_.push_back(kNoKey);
  begin_ = {0, static_cast<uint32_t>(moments_.size())};
}

void Moments::Group(const History& history) {
  const auto ops = history.operations();
  const auto key = [&](Moment m) { return ops[m.operation].key; };
  KeyBins bins(history);
  for (const Moment m : moments_) bins.Count(key(m));
  bins.Close(&keys_, &begin_);
  std::vector<Moment> grouped(moments_.size());
  for (const Moment m : moments_) grouped[bins.Place(key(m))] = m;
  moments_ = std::move(grouped);
}

}  // namespace cleave
