// Latencies as people compare them.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/history/json.h"

namespace cleave {

/// {"count", "p50", "p95", "p99", "p999", "max"} of nanoseconds, in milliseconds; null when empty.
/// The nearest rank, as in Jepsen. Reorders its argument; O(n).
Json Percentiles(std::vector<int64_t>* nanoseconds);

}  // namespace cleave
