// Fuzz target: a file of any kind. Its format is found out, it may be packed (well or badly), and
// what is read must not depend on whether it came from a file, packed, or from memory.
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <system_error>

#include "harness/history/fuzz/read_bytes.h"

namespace cleave {
namespace {

/// A file in memory, with a path.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : fd_(memfd_create("h", MFD_CLOEXEC)) {
    CHECK(fd_ >= 0 && write(fd_, bytes.data(), bytes.size()) == ssize_t(bytes.size()));
  }
  ~MemoryFile() { close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  const int fd_;
};

std::string Packed(std::string_view bytes) {
  constexpr int kGzip = 15 + 16;
  z_stream stream{};
  CHECK(deflateInit2(&stream, 1, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string ReadFile(std::string_view bytes) {
  const MemoryFile file(bytes);
  try {
    return TextOfHistory(ReadHistory(file.path()));
  } catch (const HistoryError&) {
    return "refused";
  } catch (const std::system_error&) {
    return "unreadable";
  }
}

void ReadAsFile(std::string_view bytes) {
  const std::string from_file = ReadFile(bytes);
  if (bytes.starts_with("\x1f\x8b")) return;
  CHECK(from_file == Read(bytes, {}));
  CHECK(from_file == ReadFile(Packed(bytes)));
}

}  // namespace
}  // namespace cleave

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cleave::ReadAsFile(cleave::AsText(data, size));
  return 0;
}
