// The report of a run: report.html for people, junit.xml for CI. Written from the run directory's
// content alone; equal input gives an equal report.
#pragma once

#include <filesystem>
#include <string>

#include "harness/run/section.h"

namespace cleave {

/// Writes one HTML file that needs no network. 1,000,000 operations take a few seconds and a few
/// tens of megabytes. Throws std::system_error with the path where the file cannot be written.
void WriteReport(const ReportInput& input, const std::filesystem::path& html);
/// The page's text, for those who want no file.
std::string RenderReport(const ReportInput& input);

/// Writes one <testsuite> with a <testcase> for each checker: invalid is a failure with its
/// evidence, unknown an error, and vacuous a failure of type "vacuous", because a run that proved
/// nothing must not turn CI green. Throws as WriteReport does.
void WriteJUnit(const ReportInput& input, const std::filesystem::path& xml);
std::string RenderJUnit(const ReportInput& input);

}  // namespace cleave
