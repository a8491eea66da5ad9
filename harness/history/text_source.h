// The text of a history, block by block: from a file, a gzip file or memory. Memory use is bounded
// by the longest piece that a reader keeps, not by the file.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace cleave {

/// A window on the text that slides forward. After pending() at least kPadding more bytes may be
/// read (they mean nothing and are zero at the end of what was loaded).
class TextSource {
 public:
  static constexpr size_t kPadding = 64;

  /// Throws std::system_error where the file cannot be opened.
  static TextSource OpenFile(const std::filesystem::path& file);
  /// Leaves the descriptor open. Throws std::system_error where there is none.
  static TextSource StandardInput();
  static TextSource FromMemory(std::string_view text);

  /// The bytes loaded and not yet consumed. Valid until Load.
  std::string_view pending() const { return {buffer_.data() + begin_, end_ - begin_}; }
  void Consume(size_t bytes) { begin_ += bytes; }
  /// Loads more bytes behind pending(). False at the end of the text. Throws std::system_error.
  bool Load();
  /// Gives away the buffer that holds the text so far, for another one: what was consumed stays
  /// readable there, and so does what was pending, of which pending() is a copy now.
  void ExchangeBuffer(std::vector<char>* buffer);
  /// How many bytes there are in all, 0 where that is not known.
  size_t size_hint() const { return size_hint_; }

 private:
  using Read = std::function<size_t(char* to, size_t room)>;  // 0 at the end
  /// Owns `fd`; `file` stands for it in messages.
  static TextSource FromDescriptor(int fd, const std::filesystem::path& file);
  TextSource(Read read, size_t size_hint);

  Read read_;
  size_t size_hint_;
  size_t block_;  // a short text takes no more memory than it needs
  std::vector<char> buffer_;
  size_t begin_ = 0, end_ = 0;
};

}  // namespace cleave
