// Figures: operations per function and outcome with their latencies, and what the other checkers
// measured.
#include "reports/facts.h"
#include "reports/html.h"
#include "reports/sections.h"

namespace cleave {
namespace {

std::string Quantile(const std::vector<int64_t>& sorted, double q) {
  return sorted.empty() ? "–"
                        : Duration(sorted[static_cast<size_t>(q * (sorted.size() - 1) + 0.5)]);
}

/// Counts and latencies computed from the history itself: there for every run, whoever checked it.
std::string FunctionTable(const History& history) {
  struct Group {
    uint64_t counts[3] = {};
    std::vector<int64_t> latencies;  // of those answered ok
  };
  std::map<FunctionId, Group> groups;
  const Clock clock(history);
  for (size_t i = 0; i < history.operations().size(); ++i) {
    const Operation& op = history.operations()[i];
    Group& group = groups[op.function];
    ++group.counts[static_cast<size_t>(op.outcome)];
    if (op.outcome == Outcome::kOk && clock.has_times() && clock.Return(i) != kNoTime) {
      group.latencies.push_back(clock.Return(i) - clock.Call(i));
    }
  }
  std::vector<Row> rows;
  for (auto& [function, group] : groups) {
    std::sort(group.latencies.begin(), group.latencies.end());
    Row row = {"<b>" + Escape(history.FunctionName(function)) + "</b>"};
    for (const uint64_t count : group.counts) row.push_back(Grouped(count));
    for (const double q : {0.5, 0.95, 0.99, 1.0})
      row.push_back(Escape(Quantile(group.latencies, q)));
    rows.push_back(std::move(row));
  }
  return Table({"Function", "ok", "fail", "info", "Median", "95 %", "99 %", "Longest"}, rows,
               "Operations and latencies of those answered ok, by function");
}

std::string SymbolText(const History& history, ValueId symbol) {
  const bool text = history.values().kind(symbol) == ValueKind::kString;
  return text ? std::string(history.values().AsText(symbol)) : history.values().ToText(symbol);
}

std::string ErrorTable(const History& history) {
  std::map<ValueId, std::array<uint64_t, 3>> errors;
  for (size_t i = 0; i < history.operations().size(); ++i) {
    const ValueId error = history.errors()[i];
    if (error == kNoValue || error == kNull) continue;
    // The symbol alone: texts differ in addresses and numbers.
    const bool pair = history.values().IsList(error) && !history.values().Elements(error).empty();
    const ValueId symbol = pair ? history.values().Elements(error)[0] : error;
    ++errors[symbol][static_cast<size_t>(history.operations()[i].outcome)];
  }
  if (errors.empty()) return "";
  std::vector<std::pair<ValueId, std::array<uint64_t, 3>>> sorted(errors.begin(), errors.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.second[1] + a.second[2] > b.second[1] + b.second[2];
  });
  std::vector<Row> rows;
  for (size_t i = 0; i < sorted.size() && i < 30; ++i) {
    rows.push_back(
        {"<code>" + Escape(Shorten(SymbolText(history, sorted[i].first), 160)) + "</code>",
         Grouped(sorted[i].second[1]), Grouped(sorted[i].second[2])});
  }
  return Table({"Error", "fail", "info"}, rows, "Errors that clients saw");
}

}  // namespace

std::string RenderStatistics(const ReportInput& input) {
  std::string html = FunctionTable(input.history) + ErrorTable(input.history);
  const Json& checkers = At(input.results, "checkers");
  if (!checkers.is_array()) return html;
  for (const Json& checker : checkers) {
    const Json& data = At(checker, "data");
    const std::string name = TextAt(checker, "checker");
    if (name == "availability" || data.is_null() || data.empty()) continue;
    html += "<details><summary>Figures of " + Escape(name) + "</summary>" + JsonToHtml(data, name) +
            "</details>";
  }
  return html;
}

}  // namespace cleave
