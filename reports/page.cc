// The report's page: banner, navigation, sections and the data behind them.
#include <cstdio>
#include <fstream>
#include <system_error>

#include "reports/columns.h"
#include "reports/facts.h"
#include "reports/frame.h"
#include "reports/html.h"
#include "reports/registry.h"
#include "reports/report.h"

namespace cleave {
namespace {

std::string Title(const ReportInput& input) {
  const std::string workload = WorkloadName(input.test);
  return TargetName(input.test) + (workload.empty() ? "" : " · " + workload);
}

/// The reasons of the checkers that made the verdict what it is: of all, where it is valid.
std::string Why(const ReportInput& input, const std::string& verdict) {
  std::string html;
  const Json& checkers = At(input.results, "checkers");
  if (checkers.is_array()) {
    for (const Json& checker : checkers) {
      if (TextAt(checker, "verdict") != verdict) continue;
      html += "<p class=\"why\"><b>" + Escape(TextAt(checker, "checker")) +
              "</b>: " + Escape(Shorten(TextAt(checker, "reason"), 600)) + "</p>";
    }
  }
  return html;
}

std::string Headline(const std::string& verdict) {
  if (verdict == "valid") return "Nothing that the store answered contradicts what it promises.";
  if (verdict == "invalid") return "The store broke its promise. The evidence is below.";
  if (verdict == "unknown") return "Not decided. The reason is below.";
  if (verdict == "vacuous") return "This run proves nothing: it must not count as a pass.";
  return "This run has not been judged.";
}

std::string Banner(const ReportInput& input) {
  const std::string verdict = TextAt(input.results, "verdict", "not judged");
  uint64_t counts[3] = {};
  for (const Operation& op : input.history.operations()) ++counts[static_cast<size_t>(op.outcome)];
  const std::vector<FaultWindow> windows = FaultWindows(input.history);
  size_t effective = 0;
  for (const FaultWindow& window : windows) effective += window.effective.value_or(false);
  const Clock clock(input.history);
  std::string figures = Figure(Grouped(counts[0]), "ok") + Figure(Grouped(counts[1]), "fail") +
                        Figure(Grouped(counts[2]), "info (unknown outcome)");
  if (clock.has_times()) figures += Figure(Duration(clock.end()), "duration");
  figures += Figure(Grouped(windows.size()), windows.size() == 1 ? "fault" : "faults") +
             (windows.empty() ? "" : Figure(Grouped(effective), "proven effective"));
  const Json& bug = Option(input.test, "bug");
  const std::string seeded =
      bug.is_string() && !bug.get<std::string>().empty()
          ? " with the seeded bug <code>" + Escape(bug.get<std::string>()) + "</code>"
          : "";
  return "<div class=\"banner " + Escape(verdict) + "\"><p class=\"what\">" + Escape(Title(input)) +
         seeded + "</p><h1>" + VerdictBadge(verdict) + " <span class=\"headline\">" +
         Escape(Headline(verdict)) + "</span></h1>" + Why(input, verdict) +
         "<div class=\"figures\">" + figures + "</div></div>";
}

Json FaultsForPage(const ReportInput& input, const Clock& clock) {
  Json faults = Json::array();
  for (const FaultWindow& window : FaultWindows(input.history)) {
    const int64_t start = window.start == kNoTime ? window.asked : window.start;
    const int64_t end = window.healed == kNoTime ? clock.end() : window.healed;
    Json recovered = Json::array();
    for (const auto& [node, time] : window.recovered) {
      if (time != kNoTime) recovered.push_back({{"node", node}, {"time", time}});
    }
    faults.push_back({{"fault", window.fault},
                      {"kind", Kind(window.fault)},
                      {"text", Shorten(Describe(window), 160)},
                      {"start", start},
                      {"end", end},
                      {"recovered", std::move(recovered)}});
  }
  return faults;
}

Json AnomaliesForPage(const ReportInput& input) {
  Json anomalies = Json::array();
  for (const CitedAnomaly& cited : AnomaliesOf(input.results)) {
    anomalies.push_back({{"name", TextAt(*cited.anomaly, "name", "anomaly")},
                         {"operations", OperationsOf(*cited.anomaly, input.history)}});
  }
  return anomalies;
}

/// What the script needs beside the columns.
Json PageData(const ReportInput& input) {
  const Clock clock(input.history);
  const Json& concurrency = Option(input.test, "concurrency");
  return {{"operations", input.history.operations().size()},
          {"clock", clock.has_times() ? "time" : "position"},
          {"end", clock.end()},
          {"concurrency", concurrency.is_number_integer() ? concurrency : Json(0)},
          {"functions", std::vector<std::string>(input.history.functions().begin(),
                                                 input.history.functions().end())},
          {"nodes", std::vector<std::string>(input.history.node_names().begin(),
                                             input.history.node_names().end())},
          {"faults", FaultsForPage(input, clock)},
          {"anomalies", AnomaliesForPage(input)}};
}

void WriteFile(const std::filesystem::path& file, const std::string& text) {
  errno = 0;
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  if (!out.flush()) {
    throw std::system_error(errno == 0 ? EIO : errno, std::generic_category(),
                            "cannot write " + file.string());
  }
}

}  // namespace

std::string RenderReport(const ReportInput& input) {
  std::string navigation, body;
  for (const Section& section : Sections()) {
    const std::string content = section.render(input);
    if (content.empty()) continue;
    const std::string name = section.name, title = Escape(section.title);
    navigation += "<a href=\"#" + name + "\">" + title + "</a>";
    body += "<section id=\"" + name + "\" aria-labelledby=\"title-" + name + "\"><h2 id=\"title-" +
            name + "\">" + title + "</h2>" + content + "</section>";
  }
  Frame frame;
  frame.title = TextAt(input.results, "verdict", "not judged") + ": " + Title(input);
  frame.navigation = navigation;
  frame.body =
      Banner(input) +
      "<noscript><p class=\"note\">Charts and timeline need JavaScript; everything else is "
      "here.</p></noscript>" +
      body;
  frame.footer =
      "Written by Cleave from the run directory alone; <code>cleave report RUN</code> writes it "
      "again.";
  frame.data = "<script type=\"application/json\" id=\"page-data\">" + EscapeJson(PageData(input)) +
               "</script>\n" + RenderColumns(input.history);
  return RenderFrame(frame);
}

void WriteReport(const ReportInput& input, const std::filesystem::path& html) {
  WriteFile(html, RenderReport(input));
}

void WriteJUnit(const ReportInput& input, const std::filesystem::path& xml) {
  WriteFile(xml, RenderJUnit(input));
}

}  // namespace cleave
