// See moments.h: positions are dense, so the order is found by placing, not by sorting.
#include "checkers/streaming/moments.h"

#include <bit>
#include <stdexcept>

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
  const size_t no_key = history.keys().size();
  const auto slot = [&](Moment m) {
    const KeyId key = ops[m.operation].key;
    return key == kNoKey ? no_key : key;
  };
  std::vector<uint32_t> next(no_key + 1, 0);
  for (const Moment m : moments_) ++next[slot(m)];
  uint32_t at = 0;
  for (size_t i = 0; i <= no_key; ++i) {
    const uint32_t count = next[i];
    next[i] = at;
    if (count == 0) continue;
    keys_.push_back(i == no_key ? kNoKey : static_cast<KeyId>(i));
    begin_.push_back(at);
    at += count;
  }
  begin_.push_back(at);
  std::vector<Moment> grouped(moments_.size());
  for (const Moment m : moments_) grouped[next[slot(m)]++] = m;
  moments_ = std::move(grouped);
}

}  // namespace cleave
