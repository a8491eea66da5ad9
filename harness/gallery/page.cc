// See page.h.
#include "harness/gallery/page.h"

#include <algorithm>

#include "harness/history/reader.h"
#include "reports/evidence.h"
#include "reports/facts.h"
#include "reports/frame.h"
#include "reports/html.h"

namespace cleave {
namespace {

namespace fs = std::filesystem;

std::string CountOf(const std::vector<GalleryRun>& runs) {
  if (runs.empty()) return "not run";
  return std::to_string(AsExpected(runs)) + " of " + std::to_string(runs.size());
}

/// "5 of 5" in the colour of what it means.
std::string Mark(const std::vector<GalleryRun>& runs, bool good) {
  if (runs.empty()) return "<span class=\"quiet\">not run</span>";
  return std::string("<span class=\"mark ") + (good ? "good\">✓ " : "bad\">✗ ") + CountOf(runs) +
         "</span>";
}

/// The mean, in whole seconds.
std::string SecondsOf(const std::vector<GalleryRun>& runs) {
  if (runs.empty()) return "";
  double sum = 0;
  for (const GalleryRun& run : runs) sum += run.seconds;
  return std::to_string(static_cast<int>(sum / static_cast<double>(runs.size()) + 0.5)) + " s";
}

std::string Overview(const std::vector<GalleryEntry>& entries) {
  std::vector<Row> rows;
  for (const GalleryEntry& entry : entries) {
    const Finding& finding = *entry.finding;
    rows.push_back({"<a href=\"#" + Escape(finding.name) + "\">" + Escape(finding.title) + "</a>",
                    Escape(finding.target), Escape(finding.kind), Mark(entry.broken, entry.Found()),
                    SecondsOf(entry.broken), Mark(entry.clean, entry.Clean()),
                    SecondsOf(entry.clean)});
  }
  return Table({"Finding", "Store", "Expected", "Found", "a run", "Control valid", "a run"}, rows,
               "Runs as expected, of all runs of each command");
}

std::string Banner(const std::vector<GalleryEntry>& entries) {
  size_t found = 0, clean = 0, broken_runs = 0, clean_runs = 0, holds = 0;
  for (const GalleryEntry& entry : entries) {
    found += AsExpected(entry.broken);
    broken_runs += entry.broken.size();
    clean += AsExpected(entry.clean);
    clean_runs += entry.clean.size();
    holds += entry.Holds();
  }
  const bool all = holds == entries.size();
  return std::string("<div class=\"banner ") + (all ? "valid" : "unknown") +
         "\"><p class=\"what\">Gallery</p><h1>" +
         Escape(all ? "Every finding is as expected."
                    : std::to_string(holds) + " of " + std::to_string(entries.size()) +
                          " findings are as expected.") +
         "</h1><p class=\"why\">Each finding is a promise that a real store breaks under one "
         "setting and keeps under another. Both were run: the first must show the anomaly, named "
         "as its kind, the second must be valid.</p><div class=\"figures\">" +
         Figure(std::to_string(found) + " / " + std::to_string(broken_runs),
                "runs that found what is known") +
         Figure(std::to_string(clean) + " / " + std::to_string(clean_runs), "controls valid") +
         "</div></div>";
}

std::string ReportOf(const GalleryRun& run, const fs::path& directory) {
  return (run.directory.lexically_relative(directory) / "report.html").string();
}

/// A line for each run: verdict, what it saw, its report.
std::string Runs(const Finding& finding, const std::vector<GalleryRun>& runs,
                 const fs::path& directory) {
  std::vector<Row> rows;
  for (const GalleryRun& run : runs) {
    std::string seen = KindsInWords(finding, run);
    if (seen.empty()) seen = run.verdict == "valid" ? Grouped(run.ok) + " operations ok" : "";
    if (run.failed || (seen.empty() && !run.as_expected))
      seen += (seen.empty() ? "" : ": ") + run.reason;
    rows.push_back({std::to_string(run.seed),
                    VerdictBadge(run.failed ? "did not run" : run.verdict),
                    Escape(Shorten(seen, 300)),
                    run.as_expected ? "<span class=\"mark good\">✓ as expected</span>"
                                    : "<span class=\"mark bad\">✗ not as expected</span>",
                    "<a href=\"" + Escape(ReportOf(run, directory)) + "\">report</a>"});
  }
  return rows.empty() ? "" : Table({"Seed", "Verdict", "Seen", "", ""}, rows, "Runs");
}

std::string Command(const Finding& finding, const std::string& arguments) {
  return "<div class=\"command\"><pre>cleave test " + Escape(finding.target + " " + arguments) +
         "</pre></div>";
}

/// The first anomaly of the expected kind in the first run that shows it.
std::string Evidence(const GalleryEntry& entry, const fs::path& directory) {
  const auto shows = std::find_if(entry.broken.begin(), entry.broken.end(),
                                  [](const GalleryRun& run) { return run.as_expected; });
  if (shows == entry.broken.end()) return "";
  const History history = ReadHistory(shows->directory / "history.jsonl");
  const ReportInput input{shows->directory, history, shows->test, Json(), shows->results};
  const std::vector<CitedAnomaly> anomalies = AnomaliesOf(input.results);
  for (size_t i = 0; i < anomalies.size(); ++i) {
    if (KindOf(*anomalies[i].anomaly) != entry.finding->kind) continue;
    return RenderAnomaly(input, i, ReportOf(*shows, directory));
  }
  return "";
}

std::string VersionOf(const GalleryEntry& entry) {
  for (const auto* runs : {&entry.broken, &entry.clean}) {
    for (const GalleryRun& run : *runs) {
      if (!run.version.empty()) return entry.finding->target + " " + run.version;
    }
  }
  return entry.finding->target;
}

std::string RenderEntry(const GalleryEntry& entry, const fs::path& directory) {
  const Finding& finding = *entry.finding;
  std::string source = Escape(finding.source);
  if (!finding.link.empty()) {
    source = "<a href=\"" + Escape(finding.link) + "\" rel=\"noreferrer\">" + source + "</a>";
  }
  return "<section id=\"" + Escape(finding.name) + "\"><h2>" + Escape(finding.title) +
         "</h2><p class=\"quiet\">" + Escape(VersionOf(entry)) +
         " · expected: " + Escape(finding.kind) + " · " + source + "</p><p class=\"explanation\">" +
         Escape(finding.why) + "</p>" + Command(finding, finding.breaks) +
         Runs(finding, entry.broken, directory) + Evidence(entry, directory) +
         "<h4>The control</h4>" + Command(finding, finding.holds) +
         Runs(finding, entry.clean, directory) + "</section>";
}

}  // namespace

std::string RenderGallery(const std::vector<GalleryEntry>& entries, const fs::path& directory) {
  Frame frame;
  frame.title = "Gallery";
  frame.body = Banner(entries) + "<section id=\"overview\"><h2>Overview</h2>" + Overview(entries) +
               "</section>";
  for (const GalleryEntry& entry : entries) {
    frame.navigation +=
        "<a href=\"#" + Escape(entry.finding->name) + "\">" + Escape(entry.finding->name) + "</a>";
    frame.body += RenderEntry(entry, directory);
  }
  frame.footer = "Written by Cleave; <code>cleave gallery run all</code> makes it again.";
  return RenderFrame(frame);
}

}  // namespace cleave
