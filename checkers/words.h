// The words that every explanation has in common.
#pragma once

#include <string>
#include <vector>

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

/// " [events 3–7]", without its end where there is none.
inline std::string AtEvents(Position call, Position ret) {
  return " [events " + std::to_string(call) + "–" + (ret == kNever ? "" : std::to_string(ret)) +
         "]";
}

/// "1, 2 or 3".
inline std::string Alternatives(const std::vector<std::string>& texts) {
  std::string text;
  for (size_t i = 0; i < texts.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == texts.size() ? " or " : ", ") + texts[i];
  }
  return text;
}

/// Where a search (its result: FrontierResult or SearchResult) was stuck; `what` it was about.
template <class Result>
std::string UndecidedWords(const std::string& what, const Result& found) {
  return what + " is undecided: the search ran out of " +
         (found.decision == Result::Decision::kOutOfTime ? "time" : "memory") + " in events " +
         std::to_string(found.hardest_from) + " to " + std::to_string(found.hardest_to) +
         ", where " + std::to_string(found.hardest_open) + " operations were open at once (" +
         std::to_string(found.most_configurations) + " configurations)";
}

}  // namespace cleave
