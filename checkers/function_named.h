// Functions that are not among the well-known ones, by name.
#pragma once

#include <string_view>

#include "harness/history/history.h"

namespace cleave {

inline constexpr FunctionId kNoFunction = UINT16_MAX;

/// The number of a function, or kNoFunction where the history has none of that name. O(functions).
inline FunctionId FunctionNamed(const History& history, std::string_view name) {
  const auto names = history.functions();
  for (size_t f = 0; f < names.size(); ++f) {
    if (names[f] == name) return static_cast<FunctionId>(f);
  }
  return kNoFunction;
}

}  // namespace cleave
