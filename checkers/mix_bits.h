// Bits well mixed, for hashes of sets and for chance in tests.
#pragma once

#include <cstdint>

namespace cleave {

/// splitmix64's finaliser (Steele, Lea & Flood 2014): one to one.
constexpr uint64_t MixBits(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

}  // namespace cleave
