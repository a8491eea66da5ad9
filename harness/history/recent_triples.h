// Lists of three words that were met lately: transactions name the same micro-operations when they
// are called and when they return, and read the same keys again and again.
#pragma once

#include <array>
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
  /// What is not known is put to its place. No word may be 0.
  Place Put(const int64_t* words) {
    uint64_t hash = 0;
    for (size_t i = 0; i < 3; ++i) hash = (hash ^ static_cast<uint64_t>(words[i])) * kSpread;
    const auto number = static_cast<uint32_t>(hash >> (64 - kPlaceBits));
    std::array<int64_t, 3>& kept = places_[number];
    if (kept[0] == words[0] && kept[1] == words[1] && kept[2] == words[2]) return {number, true};
    kept = {words[0], words[1], words[2]};
    ++puts_;
    return {number, false};
  }
  /// How often something was put.
  uint64_t puts() const { return puts_; }
  void Forget() { places_.assign(kPlaces, {}); }

 private:
  static constexpr uint64_t kSpread = 0x9e3779b97f4a7c15ULL;
  std::vector<std::array<int64_t, 3>> places_ = std::vector<std::array<int64_t, 3>>(kPlaces);
  uint64_t puts_ = 0;
};

}  // namespace cleave
