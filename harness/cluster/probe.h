// `cleave doctor`: which of the mechanisms that faults build on work on this machine. Each is
// really tried, in a child that is thrown away, never guessed from versions.
#pragma once

#include <string>
#include <vector>

namespace cleave {

struct ProbeResult {
  std::string name;
  bool works = false;
  bool used = true;    // whether a fault or the cluster of this version needs it
  std::string detail;  // what was seen: a figure, or the error
  std::string remedy;  // what a user can do about it; "" when it works
};

/// Tries every mechanism; takes about a second, never hangs. Call it before any thread starts,
/// outside of private namespaces.
std::vector<ProbeResult> Probe();

/// A line each, aligned, with the remedies below those that do not work.
std::string FormatProbes(const std::vector<ProbeResult>& results);

}  // namespace cleave
