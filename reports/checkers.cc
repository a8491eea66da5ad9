// Every checker with its verdict and the sentence that says why, and what it doubts of the history.
#include "reports/facts.h"
#include "reports/html.h"
#include "reports/sections.h"

namespace cleave {
namespace {

/// What the history itself gives reason to doubt, before the store is blamed.
std::string Doubts(const Json& checker) {
  std::string notes;
  const Json& lint = At(At(checker, "data"), "lint");
  if (!lint.is_array()) return notes;
  for (const Json& found : lint) {
    notes += "<p class=\"note\"><b>" + Escape(TextAt(checker, "checker")) + ", " +
             Escape(TextAt(found, "name")) + "</b>: " + Escape(TextAt(found, "text")) + "</p>";
  }
  return notes;
}

}  // namespace

std::string RenderCheckers(const ReportInput& input) {
  const Json& checkers = At(input.results, "checkers");
  if (!checkers.is_array() || checkers.empty()) {
    return "<p class=\"note\">This run was not judged: it has no results.</p>";
  }
  std::vector<Row> rows;
  std::string notes;
  for (const Json& checker : checkers) {
    const uint64_t anomalies = CountAt(checker, "anomaly-count");
    rows.push_back({"<b>" + Escape(TextAt(checker, "checker")) + "</b>",
                    VerdictBadge(TextAt(checker, "verdict")), Escape(TextAt(checker, "reason")),
                    anomalies == 0 ? "none" : Grouped(anomalies)});
    notes += Doubts(checker);
  }
  return Table({"Checker", "Verdict", "Reason", "Anomalies"}, rows, "Verdicts of all checkers") +
         notes;
}

}  // namespace cleave
