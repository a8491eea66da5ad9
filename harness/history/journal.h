// history.jsonl while a run is going. Events are appended to a memory-mapped file: no system call
// an event, and what was appended survives SIGKILL of this process (the page cache keeps it). After
// a crash the file may end in zeros; readers leave them out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "harness/history/event.h"

namespace cleave {

/// Not thread-safe. Space is reserved before it is written, so that a full disk is an exception
/// (std::system_error, ENOSPC) and never a SIGBUS. Resident memory is bounded: windows already full
/// are unmapped.
class Journal {
 public:
  /// Creates the file; throws std::system_error with its path when it cannot.
  explicit Journal(const std::filesystem::path& file);
  ~Journal();  // Close, without throwing
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Appends one line. The event is on its way to disk when this returns.
  void Append(const Event& event);
  /// Trims the file to what was written.
  void Close();
  int64_t events() const { return events_; }
  /// How long the file is, without the zeros behind: whole lines.
  uint64_t bytes() const { return used_; }

 private:
  void Extend(size_t need);

  std::filesystem::path path_;
  int fd_ = -1;
  char* window_ = nullptr;  // mapped at window_start_ in the file
  size_t window_start_ = 0, window_size_ = 0, used_ = 0;
  int64_t events_ = 0;
  std::string line_;  // reused
};

/// Appends `event` as one line with its newline: what Journal writes.
void AppendJsonLine(const Event& event, std::string* out);

}  // namespace cleave
