// One part of a run's report, as reports/registry.cc lists it. A section is a pure function of what
// the run left behind, so that a report can be written again at any time from the run directory
// alone.
#pragma once

#include <filesystem>
#include <string>

#include "harness/history/history.h"
#include "harness/history/json.h"

namespace cleave {

/// All that a report is made from. `test`, `schedule` and `results` are the files of the run
/// directory of these names; null where absent. They come from outside: a section trusts neither
/// their shape nor their text.
struct ReportInput {
  std::filesystem::path run_directory;
  const History& history;
  Json test;
  Json schedule;
  Json results;
};

struct Section {
  const char* name;   // the id of the section in the page, and its place in links: "timeline"
  const char* title;  // what the reader sees, also in the navigation
  /// The body as HTML in which everything from outside is escaped (reports/html.h). No style or
  /// event attributes: the page's policy forbids them. "" leaves the section out of this report.
  std::string (*render)(const ReportInput& input);
};

}  // namespace cleave
