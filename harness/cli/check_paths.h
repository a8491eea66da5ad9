// The paths that `cleave check` was given: quoted globs expanded, slips of the pen refused.
#pragma once

#include <string>
#include <vector>

namespace cleave {

/// Files, run directories and "-" (standard input) in the order given; a pattern that is no file
/// itself (*, ?, [a-z]) becomes what it matches, in the order of names. Throws UsageError for a
/// path that does not exist, a pattern that matches nothing, a directory that is no run and a
/// second "-": before anything is judged, so that the last word costs no hour of checking.
std::vector<std::string> ExpandPaths(const std::vector<std::string>& words);

}  // namespace cleave
