// Durations: a decimal number and a unit, seconds where none is given.
#include "harness/cli/duration.h"

#include <charconv>
#include <cmath>

#include "harness/cli/suggest.h"

namespace cleave {

int64_t ParseDuration(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const std::string unit(rest, end);
  double scale = 0;
  if (unit.empty() || unit == "s") scale = 1e9;
  if (unit == "ms") scale = 1e6;
  if (unit == "us") scale = 1e3;
  if (unit == "ns") scale = 1;
  if (unit == "m" || unit == "min") scale = 60e9;
  if (unit == "h") scale = 3600e9;
  const double value = number * scale;
  if (error != std::errc() || scale == 0 || !(value >= 0) || value > 9e18) {
    throw UsageError("'" + text + "' is not a duration: write 30s, 500ms, 1.5m or 2h");
  }
  return std::llround(value);
}

std::string FormatDuration(int64_t ns) {
  if (ns % 1'000'000 == 0) return std::to_string(ns / 1'000'000) + "ms";
  if (ns % 1'000 == 0) return std::to_string(ns / 1'000) + "us";
  return std::to_string(ns) + "ns";
}

}  // namespace cleave
