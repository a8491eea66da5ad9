// See percentiles.h.
#include "checkers/run/percentiles.h"

#include <algorithm>

namespace cleave {

Json Percentiles(std::vector<int64_t>* nanoseconds) {
  if (nanoseconds->empty()) return nullptr;
  const size_t n = nanoseconds->size();
  const auto at = [&](double point) {
    const size_t rank = std::min(n - 1, static_cast<size_t>(static_cast<double>(n) * point));
    const auto nth = nanoseconds->begin() + static_cast<std::ptrdiff_t>(rank);
    std::nth_element(nanoseconds->begin(), nth, nanoseconds->end());
    return static_cast<double>(*nth) / 1e6;
  };
  return {{"count", n},      {"p50", at(0.5)},    {"p95", at(0.95)},
          {"p99", at(0.99)}, {"p999", at(0.999)}, {"max", at(1)}};
}

}  // namespace cleave
