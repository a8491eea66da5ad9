// What the runs of a finding and of its control have shown, read back from their directories.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/gallery/finding.h"
#include "harness/history/json.h"

namespace cleave {

/// An anomaly of results.json in the words of the field: "stale read", "lost write", "lost update",
/// "write skew", "two holders"; any other by its own name.
std::string KindOf(const Json& anomaly);

/// One run as its directory tells it.
struct GalleryRun {
  std::filesystem::path directory;
  uint64_t seed = 0;
  double seconds = 0;              // of the whole run
  std::string verdict;             // results.json's; "" where there is none
  std::string reason;              // of the checker that made the verdict what it is
  std::vector<std::string> kinds;  // what was found, each once, in the order of the report
  uint64_t ok = 0;                 // operations
  std::string version;             // of the store
  bool failed = false;             // the environment did: the run says nothing of the store
  bool as_expected = false;
  Json results, test;  // its files, null where there are none
};

/// Reads results.json and test.json. A directory without them is a run that failed.
GalleryRun ReadGalleryRun(const std::filesystem::path& directory);

/// Whether the run with the breaking setting shows the finding, named as its kind, and nothing that
/// must not be seen; or whether the control is valid.
bool ShowsFinding(const Finding& finding, const GalleryRun& run);
bool IsClean(const GalleryRun& run);

/// "lost update, G-cursor, G-single and 8 more": what was looked for first, and not all that
/// follows from it.
std::string KindsInWords(const Finding& finding, const GalleryRun& run);

/// Everything that was run of one finding.
struct GalleryEntry {
  const Finding* finding = nullptr;
  std::vector<GalleryRun> broken, clean;
  /// Found in at least four of five runs, and no run failed; every control valid. True where
  /// nothing was run.
  bool Found() const;
  bool Clean() const;
  /// Nothing ran against expectation.
  bool Holds() const { return Found() && Clean(); }
};

/// How many of these are as expected.
size_t AsExpected(const std::vector<GalleryRun>& runs);

/// gallery.json: every entry with its commands and runs, for machines.
Json ToJson(const std::vector<GalleryEntry>& entries);

}  // namespace cleave
