// How many random histories the oracle tests look at, where somebody says so.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <optional>

namespace cleave {

/// CLEAVE_ORACLE_HISTORIES: less under sanitizers, a million in the long run. Without it each test
/// has a number of its own.
inline std::optional<uint64_t> AskedHistories() {
  const char* text = std::getenv("CLEAVE_ORACLE_HISTORIES");
  if (text == nullptr) return std::nullopt;
  return std::strtoull(text, nullptr, 10);
}

}  // namespace cleave
