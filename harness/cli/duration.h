// Durations as people type them.
#pragma once

#include <cstdint>
#include <string>

namespace cleave {

/// "60", "60s", "1.5m", "500ms", "250us", "2h" → nanoseconds. Throws UsageError for anything else.
int64_t ParseDuration(const std::string& text);
/// The shortest of ms, us and ns that loses nothing: ParseDuration gives `ns` again.
std::string FormatDuration(int64_t ns);

}  // namespace cleave
