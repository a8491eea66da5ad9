// The journal: one mapped window that moves along the file. Invariant: everything below used_ is
// whole lines; space for the whole window is allocated before any of it is written.
#include "harness/history/journal.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "harness/history/check.h"
#include "harness/history/file_error.h"

namespace cleave {
namespace {

constexpr size_t kWindow = size_t{1} << 20;  // also the longest zero tail that a crash leaves

size_t PageSize() {
  static const size_t size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

int Reserve(int fd, size_t start, size_t size) {
  for (;;) {
    const int error = posix_fallocate(fd, static_cast<off_t>(start), static_cast<off_t>(size));
    if (error != EINTR) return error;
  }
}

}  // namespace

Journal::Journal(const std::filesystem::path& file) : path_(file) {
  // O_EXCL: a history that was recorded is never overwritten.
  fd_ = open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd_ < 0) ThrowFileError(errno, "cannot create the history", path_);
  try {
    Extend(1);
  } catch (...) {
    close(fd_);
    unlink(path_.c_str());
    throw;
  }
}

Journal::~Journal() {
  try {
    Close();
  } catch (const std::system_error&) {
    // The events are in the file; what is left untrimmed is a zero tail, which readers leave out.
  }
}

void Journal::Append(const Event& event) {
  CHECK(fd_ >= 0) << "an event was appended to a closed journal";
  line_.clear();
  AppendJsonLine(event, &line_);
  if (used_ + line_.size() > window_start_ + window_size_) Extend(line_.size());
  std::memcpy(window_ + (used_ - window_start_), line_.data(), line_.size());
  used_ += line_.size();
  ++events_;
  // One gigantic value must not hold its memory for the rest of the run.
  if (line_.capacity() > kWindow) std::string().swap(line_);
}

// Moves the window so that `need` more bytes fit. Where this throws, the journal is as it was.
void Journal::Extend(size_t need) {
  const size_t page = PageSize();
  const size_t start = used_ / page * page;
  const size_t least = used_ - start + need;
  const size_t size = std::max(kWindow, (least + page - 1) / page * page);
  if (const int error = Reserve(fd_, start, size); error != 0) {
    ThrowFileError(error, "cannot extend the history", path_);
  }
  // Populated at once: a fault for every page costs more than the lines that fill it.
  void* map = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd_,
                   static_cast<off_t>(start));
  if (map == MAP_FAILED) ThrowFileError(errno, "cannot map the history", path_);
  if (window_ != nullptr) munmap(window_, window_size_);
  window_ = static_cast<char*>(map);
  window_start_ = start;
  window_size_ = size;
}

void Journal::Close() {
  if (fd_ < 0) return;
  if (window_ != nullptr) munmap(window_, window_size_);
  window_ = nullptr;
  const bool trimmed = ftruncate(fd_, static_cast<off_t>(used_)) == 0;
  const int error = errno;
  close(fd_);
  fd_ = -1;
  if (!trimmed) ThrowFileError(error, "cannot trim the history", path_);
}

}  // namespace cleave
