// The faults of a run with their times: what was done, as a file that a person can read and edit,
// and that replays exactly. Invariant: times do not decrease.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/run/generator.h"

namespace cleave {

/// An operation of the nemesis, e.g. {1.25 s, "start-partition", {"shape": "halves", …}}.
struct ScheduledFault {
  int64_t at = 0;  // nanoseconds since the main phase began
  std::string f;
  Json value;  // the fault's parameters, in full when recorded; null for a stop
};

struct Schedule {
  int nodes = 0;      // 0: not said
  uint64_t seed = 0;  // of the run it was recorded in; chooses what parameters leave open
  std::vector<ScheduledFault> faults;
};

/// "FILE: faults[3].at: must be a number of seconds, not \"x\"".
class ScheduleError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The text of schedule.json, a line for each fault.
std::string ToText(const Schedule& schedule);
/// `name` stands for the file in messages. Throws ScheduleError for the first thing that is wrong.
Schedule ParseSchedule(std::string_view text, const std::string& name);

/// Replaces the file in one step: whoever reads it, also after SIGKILL of this process, finds the
/// old or the new text whole. Throws std::system_error with the path.
void WriteSchedule(const Schedule& schedule, const std::filesystem::path& file);
/// Throws ScheduleError, or std::system_error where the file cannot be read.
Schedule ReadSchedule(const std::filesystem::path& file);

/// Does the same at the same times, counted from its start. For the nemesis only.
GeneratorPtr ReplayGenerator(const Schedule& schedule);

}  // namespace cleave
