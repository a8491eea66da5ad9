// Reads with read(2) rather than mmap: a run that is still going on trims its history when it ends,
// and a mapping beyond the end of a file is a SIGBUS.
#include "harness/history/text_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "harness/history/file_error.h"

namespace cleave {
namespace {

constexpr size_t kBlock = size_t{512} << 10;  // stays in the second-level cache

/// True where zlib must look: at a packed file, and at a pipe, whose beginning cannot be read twice
/// (zlib passes on what is not packed).
bool MayBeGzip(int fd) {
  unsigned char magic[2];
  const ssize_t got = pread(fd, magic, 2, 0);
  return got < 0 ? errno == ESPIPE : got == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
}

}  // namespace

TextSource::TextSource(Read read, size_t size_hint)
    : read_(std::move(read)),
      size_hint_(size_hint),
      block_(size_hint == 0 ? kBlock : std::min(kBlock, size_hint + 1)) {}

TextSource TextSource::OpenFile(const std::filesystem::path& file) {
  const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) ThrowFileError(errno, "cannot open", file);
  return FromDescriptor(fd, file);
}

TextSource TextSource::StandardInput() {
  const int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
  if (fd < 0) ThrowFileError(errno, "cannot open", "standard input");
  return FromDescriptor(fd, "standard input");
}

TextSource TextSource::FromDescriptor(int fd, const std::filesystem::path& file) {
  if (MayBeGzip(fd)) {
    const std::shared_ptr<gzFile_s> gz(gzdopen(fd, "rb"), gzclose);
    if (gz == nullptr) {
      close(fd);
      ThrowFileError(ENOMEM, "cannot open", file);
    }
    return TextSource(
        [gz, file](char* to, size_t room) {
          const int got = gzread(gz.get(), to, static_cast<unsigned>(std::min(room, kBlock)));
          int code = Z_OK;
          const char* reason = gzerror(gz.get(), &code);
          if (got < 0 || code == Z_BUF_ERROR) {
            ThrowFileError(EIO, std::string("cannot unpack (") + reason + ")", file);
          }
          return static_cast<size_t>(got);
        },
        0);
  }
  const std::shared_ptr<void> owner(nullptr, [fd](void*) { close(fd); });
  struct stat status {};
  fstat(fd, &status);
  return TextSource(
      [fd, owner, file](char* to, size_t room) {
        for (;;) {
          const ssize_t got = read(fd, to, room);
          if (got >= 0) return static_cast<size_t>(got);
          if (errno != EINTR) ThrowFileError(errno, "cannot read", file);
        }
      },
      S_ISREG(status.st_mode) ? static_cast<size_t>(status.st_size) : 0);
}

TextSource TextSource::FromMemory(std::string_view text) {
  return TextSource(
      [text](char* to, size_t room) mutable {
        const size_t n = std::min(room, text.size());
        std::memcpy(to, text.data(), n);
        text.remove_prefix(n);
        return n;
      },
      text.size());
}

bool TextSource::Load() {
  const size_t kept = end_ - begin_;
  if (begin_ != 0) std::memmove(buffer_.data(), buffer_.data() + begin_, kept);
  begin_ = 0;
  end_ = kept;
  if (buffer_.size() < kept + block_ / 2 + kPadding) {
    buffer_.resize(std::max(block_ + kPadding, buffer_.size() * 2));
  }
  const size_t got = read_(buffer_.data() + end_, buffer_.size() - kPadding - end_);
  end_ += got;
  std::memset(buffer_.data() + end_, 0, kPadding);
  return got != 0;
}

void TextSource::ExchangeBuffer(std::vector<char>* buffer) {
  const size_t kept = end_ - begin_;
  if (buffer->size() < kept + kPadding) buffer->resize(std::max(block_, kept) + kPadding);
  std::memcpy(buffer->data(), buffer_.data() + begin_, kept);
  std::memset(buffer->data() + kept, 0, kPadding);
  buffer_.swap(*buffer);
  begin_ = 0;
  end_ = kept;
}

}  // namespace cleave
