// Every checker with its verdict and the sentence that says why.
#include "reports/facts.h"
#include "reports/html.h"
#include "reports/sections.h"

namespace cleave {

std::string RenderCheckers(const ReportInput& input) {
  const Json& checkers = At(input.results, "checkers");
  if (!checkers.is_array() || checkers.empty()) {
    return "<p class=\"note\">This run was not judged: it has no results.</p>";
  }
  std::vector<Row> rows;
  for (const Json& checker : checkers) {
    const uint64_t anomalies = CountAt(checker, "anomaly-count");
    rows.push_back({"<b>" + Escape(TextAt(checker, "checker")) + "</b>",
                    VerdictBadge(TextAt(checker, "verdict")), Escape(TextAt(checker, "reason")),
                    anomalies == 0 ? "none" : Grouped(anomalies)});
  }
  return Table({"Checker", "Verdict", "Reason", "Anomalies"}, rows, "Verdicts of all checkers");
}

}  // namespace cleave
