// For tests that state one claim on one line of notation.
#pragma once

#include <string>
#include <string_view>

#include "checkers/checker.h"
#include "harness/history/check.h"
#include "harness/history/notation.h"

namespace cleave {

/// What the checker of that name says, exceptions included.
inline CheckResult ResultOf(std::string_view checker, std::string_view notation,
                            const CheckOptions& options = {}) {
  const CheckerInfo* info = FindChecker(checker);
  CHECK(info != nullptr) << "no checker " << checker;
  return RunChecker(*info, ParseNotation(notation), options);
}

/// The first anomaly's name, or the verdict where there is none.
inline std::string VerdictOf(std::string_view checker, std::string_view notation,
                             const CheckOptions& options = {}) {
  const CheckResult result = ResultOf(checker, notation, options);
  return result.anomalies.empty() ? VerdictName(result.verdict) : result.anomalies[0].name;
}

}  // namespace cleave
