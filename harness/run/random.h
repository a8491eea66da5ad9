// The only source of chance: every random choice of a run comes from its seed, by this generator,
// on every platform the same. xoshiro256++ (Blackman & Vigna 2019), seeded by splitmix64.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace cleave {

/// A value: copying it copies the stream, which is what keeps generators pure. Not thread-safe.
class Random {
 public:
  explicit Random(uint64_t seed);
  /// An independent stream for a named part of the run ("nemesis", "workload", …).
  static Random For(uint64_t seed, std::string_view part);

  uint64_t Next();
  /// Uniform in [0, bound); bound > 0. Unbiased (Lemire 2019).
  uint64_t Below(uint64_t bound);
  int64_t Between(int64_t low, int64_t high);  // inclusive
  double Unit();                               // [0, 1)
  bool Chance(double probability);
  double Exponential(double mean);
  /// The number of failures before a success: 0, 1, 2, …
  uint64_t Geometric(double success);
  /// Ranks 0 … n-1 with P(rank) ∝ 1/(rank+1)^skew, by rejection-inversion (Hörmann & Derflinger
  /// 1996).
  uint64_t Zipf(uint64_t n, double skew);
  template <class T>
  void Shuffle(std::vector<T>& items) {
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[Below(i)]);
  }

 private:
  uint64_t state_[4];
};

}  // namespace cleave
