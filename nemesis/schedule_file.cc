// See schedule_file.h. A new entry is written over the closing brackets, with new ones behind it.
#include "nemesis/schedule_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace cleave {

ScheduleFile::ScheduleFile(const std::filesystem::path& file, const Schedule& schedule)
    : path_(file), empty_(schedule.faults.empty()) {
  fd_ = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd_ < 0) {
    throw std::system_error(errno, std::generic_category(), "cannot create " + path_.string());
  }
  const std::string text = ToText(schedule);
  try {
    Write(text, 0);
  } catch (...) {
    close(fd_);
    throw;
  }
  end_ = static_cast<int64_t>(text.size() - kScheduleEnd.size());
}

ScheduleFile::~ScheduleFile() { close(fd_); }

void ScheduleFile::Append(const ScheduledFault& fault) {
  pending_ += (empty_ ? "" : ",") + ToLine(fault);
  empty_ = false;
  try {
    Write(pending_ + std::string(kScheduleEnd), end_);
  } catch (...) {
    // A full disk may have taken a part; what was there before still has its place.
    const ssize_t restored = pwrite(fd_, kScheduleEnd.data(), kScheduleEnd.size(), end_);
    // Where this fails too, ReadSchedule leaves out the torn end.
    static_cast<void>(restored > 0 && ftruncate(fd_, end_ + restored) == 0);
    throw;
  }
  end_ += static_cast<int64_t>(pending_.size());
  pending_.clear();
}

void ScheduleFile::Write(const std::string& text, int64_t at) {
  for (size_t done = 0; done < text.size();) {
    const ssize_t n = pwrite(fd_, text.data() + done, text.size() - done, at + done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      throw std::system_error(n < 0 ? errno : ENOSPC, std::generic_category(),
                              "cannot write " + path_.string());
    }
    done += static_cast<size_t>(n);
  }
}

}  // namespace cleave
