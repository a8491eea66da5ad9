// Runs findings of the gallery and their controls, one after another.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/gallery/finding.h"
#include "harness/run/test_options.h"

namespace cleave {

struct GalleryOptions {
  int seeds = 1;
  uint64_t seed = 1;  // the first
  std::string only;   // "finding", "control" or "": both
  std::filesystem::path store = "store";
  bool quiet = false;
};

/// The options of `cleave test TARGET ARGUMENTS`. Throws UsageError for what that refuses.
TestOptions GalleryTestOptions(const std::string& target, const std::string& arguments);

/// Prints a line for each run and a table at the end; writes gallery.html and gallery.json. The
/// exit code: 0 as expected, 1 not, 2 interrupted, 255 something could not be run. Call it before
/// any thread starts.
int RunGallery(const std::vector<const Finding*>& findings, const GalleryOptions& options);

}  // namespace cleave
