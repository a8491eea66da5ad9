// The figures of the availability checker: per node, its answers and its longest gap; per fault and
// node, the time to the first error and to recovery. Members that are not known here are shown as
// they are.
#include "reports/facts.h"
#include "reports/html.h"
#include "reports/sections.h"

namespace cleave {
namespace {

std::string Milliseconds(const Json& value) {
  if (!value.is_number()) return "–";
  return Escape(Duration(static_cast<int64_t>(value.get<double>() * 1e6)));
}

/// A row for each fault, a column for each node: "first error → recovered".
std::string FaultTable(const Json& faults) {
  std::vector<std::string> nodes;
  for (const Json& fault : faults) {
    const Json& touched = At(fault, "nodes");
    if (!touched.is_object()) continue;
    for (const auto& [node, times] : touched.items()) {
      if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) nodes.push_back(node);
    }
  }
  std::sort(nodes.begin(), nodes.end());
  Row header = {"Fault", "At", "Any node"};
  header.insert(header.end(), nodes.begin(), nodes.end());
  std::vector<Row> rows;
  for (const Json& fault : faults) {
    const auto cell = [](const Json& times) {
      return Milliseconds(At(times, "first-error-ms")) + " → " +
             Milliseconds(At(times, "recovery-ms"));
    };
    const std::string name = TextAt(fault, "fault");
    Row row = {"<span class=\"chip " + Kind(name) + "\">" + Escape(name) + "</span>",
               Milliseconds(At(fault, "at-ms")), cell(fault)};
    for (const std::string& node : nodes) row.push_back(cell(At(At(fault, "nodes"), node)));
    rows.push_back(std::move(row));
  }
  return Table(header, rows,
               "Time from injection to the first error → time from heal to the first ok answer");
}

}  // namespace

std::string RenderAvailability(const ReportInput& input) {
  const Json& checkers = At(input.results, "checkers");
  if (!checkers.is_array()) return "";
  for (const Json& checker : checkers) {
    if (TextAt(checker, "checker") != "availability") continue;
    Json data = At(checker, "data");
    if (data.is_null()) continue;
    const std::string reason = TextAt(checker, "reason");
    std::string html = reason.empty() ? "" : "<p>" + Escape(reason) + "</p>";
    std::string faults;
    if (At(data, "faults").is_array() && !data["faults"].empty()) {
      faults = FaultTable(data["faults"]);
      data.erase("faults");
    }
    return html + JsonToHtml(data, "Availability per node") + faults;
  }
  return "";
}

}  // namespace cleave
