// Delta debugging (Zeller & Hildebrandt 2002), complements only: evidence as small as it gets.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace cleave {

/// Leaves out elements of `set`, which `shows` something, as long as the rest shows it too, until
/// none can go alone or the time is over. The order stays; it may not become empty.
/// O(elements²) questions at worst, O(elements of the result · log) mostly.
template <class Shows>
std::vector<uint32_t> FewestThat(const Shows& shows, std::vector<uint32_t> set,
                                 std::chrono::steady_clock::time_point until) {
  const auto late = [&] { return std::chrono::steady_clock::now() >= until; };
  for (size_t part = std::max<size_t>(set.size() / 2, 1); part > 0;) {
    bool smaller = false;
    for (size_t begin = 0; begin < set.size() && !late();) {
      const size_t end = std::min(begin + part, set.size());
      std::vector<uint32_t> rest(set.begin(), set.begin() + static_cast<std::ptrdiff_t>(begin));
      rest.insert(rest.end(), set.begin() + static_cast<std::ptrdiff_t>(end), set.end());
      if (!rest.empty() && shows(rest)) {
        set = std::move(rest);
        smaller = true;
      } else {
        begin += part;
      }
    }
    if (late() || (part == 1 && !smaller)) break;
    part = std::max<size_t>(part / 2, 1);
  }
  return set;
}

}  // namespace cleave
