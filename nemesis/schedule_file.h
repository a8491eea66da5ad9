// schedule.json while a run goes. Invariant: between two calls the file is a whole schedule, and a
// process that is killed within one leaves at worst a torn last entry, which ReadSchedule leaves
// out.
#pragma once

#include <filesystem>
#include <string>

#include "nemesis/schedule.h"

namespace cleave {

/// Appending costs one write, however long the schedule is. Not thread-safe.
class ScheduleFile {
 public:
  /// Creates the file with the schedule so far; throws std::system_error with its path.
  ScheduleFile(const std::filesystem::path& file, const Schedule& schedule);
  ~ScheduleFile();
  ScheduleFile(const ScheduleFile&) = delete;
  ScheduleFile& operator=(const ScheduleFile&) = delete;

  /// Throws std::system_error; the file then is as it was, and the next Append writes this entry
  /// too.
  void Append(const ScheduledFault& fault);

 private:
  void Write(const std::string& text, int64_t at);

  std::filesystem::path path_;
  int fd_ = -1;
  int64_t end_ = 0;      // where the closing brackets begin
  bool empty_;           // no entry yet, written or pending
  std::string pending_;  // entries that could not be written
};

}  // namespace cleave
