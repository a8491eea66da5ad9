// See run_gallery.h.
#include "harness/cli/run_gallery.h"

#include <chrono>
#include <iomanip>
#include <iostream>
#include <sstream>

#include "harness/cli/judge.h"
#include "harness/cli/plan.h"
#include "harness/cli/run_plan.h"
#include "harness/cli/suggest.h"
#include "harness/cli/test_arguments.h"
#include "harness/gallery/page.h"
#include "harness/run/run_directory.h"

namespace cleave {
namespace {

namespace fs = std::filesystem;

constexpr int kNotAsExpected = 1, kInterrupted = 2;

/// Runs one of the two commands with one seed in a store of its own, so that its directory is the
/// latest there.
GalleryRun RunOnce(const Finding& finding, const std::string& arguments, uint64_t seed,
                   const fs::path& store, bool quiet, bool* interrupted) {
  TestOptions options = GalleryTestOptions(finding.target, arguments);
  options.seed = seed;
  options.store = store;
  options.quiet = quiet;
  Plan plan = MakePlan(options);
  plan.brief = true;
  const auto start = std::chrono::steady_clock::now();
  const PlanOutcome outcome = RunPlan(plan);
  *interrupted = outcome.interrupted;
  std::error_code none;
  GalleryRun run = ReadGalleryRun(fs::canonical(store / "latest", none));
  run.seed = seed;
  run.failed = run.failed || outcome.exit_code == kEnvironment;
  run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return run;
}

/// What servers left is large, and says nothing more once the run went as it should.
void RemoveData(const fs::path& run) {
  std::error_code ignored;
  for (const auto& node : fs::directory_iterator(run / "nodes", ignored)) {
    fs::remove_all(node.path() / "data", ignored);
  }
}

std::string SeenIn(const Finding& finding, const GalleryRun& run) {
  if (run.failed) return "did not run" + (run.reason.empty() ? "" : ": " + run.reason);
  if (!run.kinds.empty()) return KindsInWords(finding, run);
  return run.verdict == "valid" ? std::to_string(run.ok) + " operations ok" : run.reason;
}

void PrintRun(const Finding& finding, const char* what, const GalleryRun& run) {
  std::cout << "  " << what << ", seed " << run.seed << ", " << std::setprecision(0) << std::fixed
            << run.seconds << " s: " << (run.as_expected ? "as expected" : "NOT AS EXPECTED")
            << ": " << run.verdict << ", " << SeenIn(finding, run)
            << (run.directory.empty() ? "" : "\n    " + (run.directory / "report.html").string())
            << std::endl;
}

/// One of a finding's two commands, over all seeds. False: the user wants no more.
bool RunArm(const Finding& finding, bool control, const fs::path& directory,
            const GalleryOptions& options, std::vector<GalleryRun>* runs) {
  const char* what = control ? "control" : "finding";
  const fs::path store = directory / finding.name / what;
  for (int i = 0; i < options.seeds; ++i) {
    bool interrupted = false;
    GalleryRun run =
        RunOnce(finding, control ? finding.holds : finding.breaks,
                options.seed + static_cast<uint64_t>(i), store, options.quiet, &interrupted);
    if (interrupted) return false;
    run.as_expected = control ? IsClean(run) : ShowsFinding(finding, run);
    if (run.as_expected) RemoveData(run.directory);
    PrintRun(finding, what, run);
    runs->push_back(run);
    if (run.failed) break;  // the next would fail as well
  }
  return true;
}

bool RunBoth(const fs::path& directory, const GalleryOptions& options, GalleryEntry* entry) {
  const Finding& finding = *entry->finding;
  std::cout << finding.name << ": " << finding.title << std::endl;
  if (options.only != "control" && !RunArm(finding, false, directory, options, &entry->broken)) {
    return false;
  }
  // Without the store neither can be run.
  const bool failed = !entry->broken.empty() && entry->broken.back().failed;
  return options.only == "finding" || failed ||
         RunArm(finding, true, directory, options, &entry->clean);
}

std::string Count(const std::vector<GalleryRun>& runs) {
  return runs.empty() ? "-" : std::to_string(AsExpected(runs)) + "/" + std::to_string(runs.size());
}

void PrintTable(const std::vector<GalleryEntry>& entries) {
  size_t width = 0;
  for (const GalleryEntry& entry : entries) width = std::max(width, entry.finding->name.size());
  const auto row = [width](const std::string& name, const std::string& kind,
                           const std::string& found, const std::string& clean) {
    std::cout << std::left << std::setw(static_cast<int>(width) + 2) << name << std::setw(13)
              << kind << std::setw(8) << found << clean << "\n";
  };
  std::cout << "\n";
  row("finding", "expected", "found", "control valid");
  for (const GalleryEntry& entry : entries) {
    row(entry.finding->name, entry.finding->kind, Count(entry.broken), Count(entry.clean));
  }
}

int ExitCodeOf(const std::vector<GalleryEntry>& entries) {
  int code = 0;
  for (const GalleryEntry& entry : entries) {
    if (entry.Holds()) continue;
    const auto failed = [](const std::vector<GalleryRun>& runs) {
      return !runs.empty() && runs.back().failed;
    };
    if (!failed(entry.broken) && !failed(entry.clean)) return kNotAsExpected;
    code = kEnvironment;
  }
  return code;
}

fs::path MakeDirectory(const fs::path& store) {
  const fs::path gallery = fs::absolute(store) / "gallery";
  const std::string name = UtcName(std::chrono::system_clock::now());
  fs::create_directories(gallery / name);
  std::error_code ignored;
  fs::remove(gallery / "latest", ignored);
  fs::create_directory_symlink(name, gallery / "latest", ignored);
  return gallery / name;
}

}  // namespace

TestOptions GalleryTestOptions(const std::string& target, const std::string& arguments) {
  CLI::App app;
  TestArguments parsed;
  parsed.options.target = target;
  AddTestOptions(&app, &parsed);
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    throw UsageError("cleave test " + target + " " + arguments + ": " + error.what());
  }
  return ToTestOptions(parsed);
}

int RunGallery(const std::vector<const Finding*>& findings, const GalleryOptions& options) {
  const fs::path directory = MakeDirectory(options.store);
  std::vector<GalleryEntry> entries;
  bool interrupted = false;
  for (const Finding* finding : findings) {
    entries.push_back({.finding = finding, .broken = {}, .clean = {}});
    interrupted = !RunBoth(directory, options, &entries.back());
    if (interrupted) break;
  }
  PrintTable(entries);
  WriteText(directory / "gallery.json", DumpJson(ToJson(entries), 1) + "\n");
  WriteText(directory / "gallery.html", RenderGallery(entries, directory));
  std::cout << "page: " << (directory / "gallery.html").string() << std::endl;
  if (interrupted) std::cerr << "cleave: interrupted; the page has what was run until then\n";
  return interrupted ? kInterrupted : ExitCodeOf(entries);
}

}  // namespace cleave
