// Lists of three words that were met lately: transactions name the same micro-operations when they
// are called and when they return, and read the same keys again and again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cleave {

class RecentTriples {
 public:
  static constexpr unsigned kPlaceBits = 10;  // what is in use at a time; stays in the first cache
  static constexpr uint32_t kPlaces = 1U << kPlaceBits;

  struct Place {
    uint32_t number;  // below kPlaces
    bool known;       // the same words were put there, and nothing since
  };
  /// What is not known is put to its place. The first word is not kNothing.
  Place Put(const int64_t* words) {
    const int64_t a = words[0], b = words[1], c = words[2];
    uint64_t hash = 0;
    for (const int64_t word : {a, b, c}) hash = (hash ^ static_cast<uint64_t>(word)) * kSpread;
    const auto number = static_cast<uint32_t>(hash >> (64 - kPlaceBits));
    if (first_[number] == a && second_[number] == b && third_[number] == c) return {number, true};
    first_[number] = a;
    second_[number] = b;
    third_[number] = c;
    ++puts_;
    return {number, false};
  }
  /// How often something was put.
  uint64_t puts() const { return puts_; }
  void Forget() { first_.assign(kPlaces, kNothing); }

 private:
  static constexpr int64_t kNothing = -1;  // which is no word: no kind has such a payload
  static constexpr uint64_t kSpread = 0x9e3779b97f4a7c15ULL;
  // By place. Apart, so that words that were only just written are not loaded two at once: that
  // would have to wait until they are in the cache.
  std::vector<int64_t> first_ = std::vector<int64_t>(kPlaces, kNothing), second_ = first_,
                       third_ = first_;
  uint64_t puts_ = 0;
};

}  // namespace cleave
