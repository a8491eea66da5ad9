// The section that a reader of an invalid run came for: each anomaly with its sentences, its
// operations, a picture of exactly those operations, and the faults that were active then.
#include "reports/evidence.h"

#include "reports/diagram.h"
#include "reports/facts.h"
#include "reports/graph.h"
#include "reports/html.h"
#include "reports/partial_orders.h"
#include "reports/sections.h"

namespace cleave {
namespace {

constexpr size_t kOpenAnomalies = 3;  // the rest is folded, so that the page stays a page

std::string OperationsTable(const History& history, const Clock& clock,
                            const std::vector<uint32_t>& operations, const std::string& report) {
  std::vector<Row> rows;
  for (const uint32_t i : operations) {
    const Operation& op = history.operations()[i];
    const std::string outcome = OutcomeName(op.outcome);
    rows.push_back({"<a href=\"" + Escape(report) + "#timeline\" data-operation=\"" +
                        std::to_string(i) + "\">" + std::to_string(op.call) + "</a>",
                    std::to_string(op.process), Escape(history.node_names()[history.nodes()[i]]),
                    "<code>" + Escape(Shorten(history.Describe(i), 300)) + "</code>",
                    "<span class=\"outcome " + outcome + "\">" + outcome + "</span>",
                    Escape(clock.Text(clock.Call(i))), Escape(clock.Text(clock.Return(i)))});
  }
  return Table({"Event", "Process", "Node", "Operation", "Outcome", "Called", "Returned"}, rows,
               "Operations of this anomaly");
}

/// Faults between the first call and the last return of `operations`.
std::vector<FaultWindow> ActiveFaults(const History& history,
                                      const std::vector<uint32_t>& operations,
                                      const std::vector<FaultWindow>& windows) {
  Position first = kNever, last = 0;
  for (const uint32_t i : operations) {
    const Operation& op = history.operations()[i];
    first = std::min(first, op.call);
    last = std::max(last, op.ret == kNever ? op.call : op.ret);
  }
  std::vector<FaultWindow> active;
  for (const FaultWindow& window : windows) {
    if (window.first <= last && window.last >= first) active.push_back(window);
  }
  return active;
}

std::string FaultChips(const std::vector<FaultWindow>& faults) {
  if (faults.empty()) return "<p class=\"quiet\">No fault was active during these operations.</p>";
  std::string html = "<p>Faults active then: ";
  for (size_t i = 0; i < faults.size() && i < 12; ++i) {
    html += "<span class=\"chip " + Kind(faults[i].fault) + "\">" +
            Escape(Shorten(Describe(faults[i]), 80)) + "</span> ";
  }
  if (faults.size() > 12) html += "and " + Grouped(faults.size() - 12) + " more";
  return html + "</p>";
}

/// What is drawn: also operations that are no evidence and yet belong to the order.
std::vector<uint32_t> WithOrder(std::vector<uint32_t> operations, const DrawnOrder& order) {
  operations.insert(operations.end(), order.order.begin(), order.order.end());
  operations.insert(operations.end(), order.stuck.begin(), order.stuck.end());
  std::sort(operations.begin(), operations.end());
  operations.erase(std::unique(operations.begin(), operations.end()), operations.end());
  return operations;
}

/// `report`: where the timeline is, "" for this page.
std::string RenderAnomaly(const CitedAnomaly& cited, size_t number, const History& history,
                          const Clock& clock, const std::vector<FaultWindow>& windows,
                          const std::string& report = "") {
  const Json& anomaly = *cited.anomaly;
  const std::vector<uint32_t> operations = OperationsOf(anomaly, history);
  const std::string id = std::to_string(number);
  std::string html = "<article class=\"anomaly\"" +
                     (report.empty() ? " id=\"anomaly-" + id + "\"" : "") + "><header><h3>" +
                     Escape(TextAt(anomaly, "name", "anomaly")) +
                     "</h3><p class=\"quiet\">found by " + Escape(cited.checker);
  if (anomaly.contains("key")) {
    const Json& key = anomaly["key"];
    html += " · key <code>" + Escape(key.is_string() ? key.get<std::string>() : DumpJson(key)) +
            "</code>";
  }
  html +=
      "</p></header><p class=\"explanation\">" + Escape(TextAt(anomaly, "explanation")) + "</p>";
  const Json& detail = At(anomaly, "detail");
  html += DependencyGraph(detail);
  if (!operations.empty()) {
    const std::vector<FaultWindow> active = ActiveFaults(history, operations, windows);
    const DrawnOrder order = FirstPartialOrder(detail, history);
    html += "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Diagram\">" +
            SpaceTimeDiagram(history, WithOrder(operations, order), active, order) + "</div>" +
            PartialOrders(detail, history) + FaultChips(active) +
            "<p class=\"actions\"><a class=\"button\" href=\"" + Escape(report) +
            "#timeline\" data-anomaly=\"" + id + "\">Show in timeline</a></p>" +
            OperationsTable(history, clock, operations, report);
  }
  Json rest = detail;
  if (rest.is_object()) {  // all of it is shown above
    for (const char* shown : {"partial", "transactions", "edges"}) rest.erase(shown);
  }
  if (!rest.empty()) {
    html += "<details><summary>Details for machines</summary><pre>" +
            Escape(Shorten(DumpJson(rest, 2), 20'000)) + "</pre></details>";
  }
  return html + "</article>";
}

/// What a run without anomalies shows for itself.
std::string NoAnomaly(const History& history, const std::vector<FaultWindow>& windows) {
  std::map<std::string, std::pair<size_t, size_t>> faults;  // fault → {all, effective}
  for (const FaultWindow& window : windows) {
    auto& [all, effective] = faults[window.fault];
    ++all;
    effective += window.effective.value_or(false);
  }
  size_t ok = 0;
  for (const Operation& op : history.operations()) ok += op.outcome == Outcome::kOk;
  std::string html =
      "<p>No anomaly was found in " + Grouped(ok) + " operations that were answered ok" +
      (history.keys().empty() ? "" : " on " + Grouped(history.keys().size()) + " keys") + ".</p>";
  if (faults.empty()) return html + "<p>No fault was injected into this run.</p>";
  html += "<ul class=\"proof\">";
  for (const auto& [fault, counts] : faults) {
    html += "<li><span class=\"chip " + Kind(fault) + "\">" + Escape(fault) + "</span> injected " +
            Grouped(counts.first) + (counts.first == 1 ? " time" : " times") +
            ", proven to have taken effect " + Grouped(counts.second) +
            (counts.second == 1 ? " time" : " times") + "</li>";
  }
  return html + "</ul>";
}

}  // namespace

std::string RenderAnomaly(const ReportInput& input, size_t number, const std::string& report) {
  const std::vector<CitedAnomaly> anomalies = AnomaliesOf(input.results);
  if (number >= anomalies.size() || !anomalies[number].anomaly->is_object()) return "";
  return RenderAnomaly(anomalies[number], number, input.history, Clock(input.history),
                       FaultWindows(input.history), report);
}

std::string RenderEvidence(const ReportInput& input) {
  const std::vector<FaultWindow> windows = FaultWindows(input.history);
  const std::vector<CitedAnomaly> anomalies = AnomaliesOf(input.results);
  if (anomalies.empty()) return NoAnomaly(input.history, windows);
  const Clock clock(input.history);
  std::string html;
  for (size_t i = 0; i < anomalies.size(); ++i) {
    if (!anomalies[i].anomaly->is_object()) continue;
    const std::string anomaly = RenderAnomaly(anomalies[i], i, input.history, clock, windows);
    if (i < kOpenAnomalies) {
      html += anomaly;
      continue;
    }
    const Json& cited = *anomalies[i].anomaly;
    html += "<details class=\"log\"><summary>" + Escape(TextAt(cited, "name", "anomaly")) +
            ": <span class=\"quiet\">" + Escape(Shorten(TextAt(cited, "explanation"), 140)) +
            "</span></summary>" + anomaly + "</details>";
  }
  uint64_t found = 0;
  const Json& checkers = At(input.results, "checkers");
  for (const Json& checker : checkers) found += CountAt(checker, "anomaly-count");
  if (found > anomalies.size()) {
    html += "<p class=\"quiet\">" + Grouped(found) + " anomalies were counted; these " +
            Grouped(anomalies.size()) + " are explained.</p>";
  }
  return html;
}

}  // namespace cleave
