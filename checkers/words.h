// The words that every explanation has in common.
#pragma once

#include <string>

#include "harness/history/operation.h"

namespace cleave {

/// With a capital first letter, where that is an ASCII letter.
inline std::string Capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

/// "process 3's ".
inline std::string ProcessOf(const Operation& op) {
  return "process " + std::to_string(op.process) + "'s ";
}

inline std::string CalledAt(Position call) { return "called at event " + std::to_string(call); }
inline std::string ReturnedAt(Position ret) { return "returned at event " + std::to_string(ret); }

/// " (event 7)".
inline std::string AtEvent(Position position) {
  return " (event " + std::to_string(position) + ")";
}

}  // namespace cleave
