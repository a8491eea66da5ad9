// See outcome.h.
#include "harness/gallery/outcome.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "reports/facts.h"
#include "reports/html.h"

namespace cleave {
namespace {

/// A finding that depends on races counts when this part of its runs shows it.
constexpr size_t kFound = 4, kOf = 5;

/// null where there is no such file or it is damaged: the run then counts as failed.
Json ReadJsonFile(const std::filesystem::path& file) {
  std::ifstream in(file);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  Json json = Json::parse(text, nullptr, false);
  return json.is_discarded() ? Json() : json;
}

std::string ReasonOf(const Json& results, const std::string& verdict) {
  for (const Json& checker : At(results, "checkers")) {
    if (TextAt(checker, "verdict") == verdict) return TextAt(checker, "reason");
  }
  return "";
}

bool EnvironmentFailed(const Json& results) {
  const Json& checkers = At(results, "checkers");
  return std::any_of(checkers.begin(), checkers.end(), [](const Json& checker) {
    return TextAt(checker, "checker") == "environment";
  });
}

Json ToJson(const std::vector<GalleryRun>& runs) {
  Json list = Json::array();
  for (const GalleryRun& run : runs) {
    list.push_back({{"seed", run.seed},
                    {"directory", run.directory.string()},
                    {"seconds", run.seconds},
                    {"verdict", run.verdict},
                    {"reason", run.reason},
                    {"kinds", run.kinds},
                    {"ok", run.ok},
                    {"failed", run.failed},
                    {"as-expected", run.as_expected}});
  }
  return list;
}

}  // namespace

std::string KindOf(const Json& anomaly) {
  const std::string name = TextAt(anomaly, "name");
  if (name == "stale-read" || name == "stale") return "stale read";
  if (name == "lost" || name == "lost-write") return "lost write";
  // Two cas from one value: each read it, and the second overwrote what the first had made of it.
  if (name == "lost-update" || name == "double-cas") return "lost update";
  if (name == "two-holders") return "two holders";
  // Of a cycle of two anti-dependencies between two keys, and of g2, the sentences say so.
  if (TextAt(anomaly, "explanation").find("This is a write skew") != std::string::npos) {
    return "write skew";
  }
  return name;
}

GalleryRun ReadGalleryRun(const std::filesystem::path& directory) {
  GalleryRun run;
  run.directory = directory;
  run.results = ReadJsonFile(directory / "results.json");
  run.test = ReadJsonFile(directory / "test.json");
  const Json& results = run.results;
  run.verdict = TextAt(results, "verdict");
  run.reason = ReasonOf(results, run.verdict);
  run.failed = run.verdict.empty() || EnvironmentFailed(results);
  run.ok = CountAt(At(results, "counts"), "ok");
  run.version = TextAt(At(run.test, "target"), "version");
  for (const CitedAnomaly& cited : AnomaliesOf(results)) {
    const std::string kind = KindOf(*cited.anomaly);
    if (std::find(run.kinds.begin(), run.kinds.end(), kind) == run.kinds.end()) {
      run.kinds.push_back(kind);
    }
  }
  return run;
}

bool ShowsFinding(const Finding& finding, const GalleryRun& run) {
  const auto seen = [&run](const std::string& kind) {
    return std::find(run.kinds.begin(), run.kinds.end(), kind) != run.kinds.end();
  };
  return !run.failed && run.verdict == "invalid" && seen(finding.kind) &&
         std::none_of(finding.never.begin(), finding.never.end(), seen);
}

bool IsClean(const GalleryRun& run) { return !run.failed && run.verdict == "valid"; }

std::string KindsInWords(const Finding& finding, const GalleryRun& run) {
  constexpr size_t kMost = 3;
  std::vector<std::string> kinds = run.kinds;
  std::stable_partition(kinds.begin(), kinds.end(),
                        [&](const std::string& kind) { return kind == finding.kind; });
  std::string words;
  for (size_t i = 0; i < std::min(kMost, kinds.size()); ++i) {
    words += (words.empty() ? "" : ", ") + kinds[i];
  }
  if (kinds.size() > kMost) words += " and " + std::to_string(kinds.size() - kMost) + " more";
  return words;
}

size_t AsExpected(const std::vector<GalleryRun>& runs) {
  return static_cast<size_t>(std::count_if(runs.begin(), runs.end(),
                                           [](const GalleryRun& run) { return run.as_expected; }));
}

bool GalleryEntry::Found() const {
  const auto failed = [](const GalleryRun& run) { return run.failed; };
  return std::none_of(broken.begin(), broken.end(), failed) &&
         AsExpected(broken) * kOf >= broken.size() * kFound;
}

bool GalleryEntry::Clean() const { return AsExpected(clean) == clean.size(); }

Json ToJson(const std::vector<GalleryEntry>& entries) {
  Json list = Json::array();
  for (const GalleryEntry& entry : entries) {
    const Finding& finding = *entry.finding;
    list.push_back({{"name", finding.name},
                    {"title", finding.title},
                    {"kind", finding.kind},
                    {"source", finding.source},
                    {"finding",
                     {{"command", "cleave test " + finding.target + " " + finding.breaks},
                      {"runs", ToJson(entry.broken)}}},
                    {"control",
                     {{"command", "cleave test " + finding.target + " " + finding.holds},
                      {"runs", ToJson(entry.clean)}}},
                    {"holds", entry.Holds()}});
  }
  return list;
}

}  // namespace cleave
