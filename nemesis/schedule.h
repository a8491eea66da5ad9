// The faults of a run with their times: what was done, as a file that a person can read and edit,
// and that replays exactly. Invariant: times do not decrease.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
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

/// The text of schedule.json, a line for each fault: entries with commas between, and the end.
std::string ToText(const Schedule& schedule);
std::string ToLine(const ScheduledFault& fault);  // begins with its newline
inline constexpr std::string_view kScheduleEnd = "\n]}\n";

/// The text of a schedule as JSON, unchecked. The last entry of a recorded schedule may be torn, by
/// a crash while it was written: it is left out. `name` stands for the file in messages. Throws
/// ScheduleError.
Json ScheduleJson(std::string_view text, const std::string& name);
/// Throws ScheduleError for the first thing that is wrong.
Schedule ParseSchedule(std::string_view text, const std::string& name);
/// Throws ScheduleError, or std::system_error where the file cannot be read.
Schedule ReadSchedule(const std::filesystem::path& file);
/// Throws ScheduleError for the first fault that cannot be done on nodes n1 … n<nodes>.
void ValidateSchedule(const Schedule& schedule, int nodes, const std::string& name);

/// Does the same at the same times, counted from its start. For the nemesis only.
GeneratorPtr ReplayGenerator(const Schedule& schedule);

}  // namespace cleave
