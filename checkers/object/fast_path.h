// What the exact fast paths answer: methods for one kind of object each, in (almost) linear time,
// that decide some histories of one object exactly and say nothing about the others. Where there is
// a linearization, a path gives one if it is asked to: `*order` becomes indices into
// ObjectHistory::ops, in O(n log n). nullptr: nobody asks; where there is none, it stays empty.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "checkers/function_named.h"
#include "checkers/object/model.h"

namespace cleave {

/// Linearizable exactly if applicable and without an anomaly.
struct FastResult {
  /// False: the method is not exact here (values repeat, crashes that matter, functions or answers
  /// that it does not know), so another engine has to decide.
  bool applicable = true;
  std::string anomaly;      // empty: none; otherwise its class, "lost"
  std::string explanation;  // one sentence for people, with processes, values and events
  /// Indices into ObjectHistory::ops, ascending: operations that are impossible by themselves.
  std::vector<uint32_t> evidence;

  bool linearizable() const { return applicable && anomaly.empty(); }
};

inline FastResult NotApplicable() {
  FastResult result;
  result.applicable = false;
  return result;
}

inline FastResult FastViolation(std::string anomaly, std::string explanation,
                                std::vector<uint32_t> evidence) {
  std::sort(evidence.begin(), evidence.end());
  evidence.erase(std::unique(evidence.begin(), evidence.end()), evidence.end());
  return {true, std::move(anomaly), std::move(explanation), std::move(evidence)};
}

/// Whether a completed change answered no more than that it happened: null, true, its own input, or
/// nothing that is known.
inline bool PlainAnswer(const ValueTable& values, const ModelOp& op) {
  return op.output == kNull || op.output == kNoValue || op.output == op.input ||
         values.kind(op.output) == ValueKind::kTrue;
}

}  // namespace cleave
