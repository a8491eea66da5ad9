// The lines of a text, block by block, canonical ones lexed: on a thread of its own where there are
// many, so that of two cores one lexes while the other interns.
#pragma once

#include <array>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "harness/history/canonical_line.h"
#include "harness/history/text_source.h"

namespace cleave {

struct LexedLine {
  std::string_view text;    // without its newline, which TextSource::kPadding readable bytes follow
  bool is_canonical;        // then
  CanonicalLine canonical;  //   this is set, and its values are on the tape
};

/// Two threads work on neighbours: none shares a cache line, nor what is fetched with it.
struct alignas(128) LineBlock {
  std::vector<char> buffer;  // holds the text
  std::vector<LexedLine> lines;
  CanonicalTape tape;  // of the canonical ones, one behind the other
  /// No line: the next one is longer than an event may be.
  bool too_long = false;
};

class LineBlocks {
 public:
  /// From what is pending on. Where `canonical` is false, no line is taken for one. The source is
  /// this object's until Next has returned null, or its end.
  LineBlocks(TextSource* source, bool canonical);
  ~LineBlocks();
  LineBlocks(const LineBlocks&) = delete;
  LineBlocks& operator=(const LineBlocks&) = delete;

  /// The next lines, one at least unless too_long; valid until the next call. Null at the end: what
  /// follows the last newline is then pending in the source. Throws what the source throws.
  const LineBlock* Next();

 private:
  bool Fill(LineBlock* block);
  void Lex(std::string_view text, LineBlock* block);
  void FillAll();

  TextSource* source_;
  const bool canonical_;
  CanonicalLexer lexer_;
  size_t searched_ = 0;  // of what is pending, for a newline
  std::array<LineBlock, 4> blocks_;
  // Blocks are filled and taken in turn: the n-th is blocks_[n % 4].
  std::mutex mutex_;  // of all that follows
  std::condition_variable changed_;
  size_t filled_ = 0, taken_ = 0;
  bool holding_ = false;  // the reader: the block taken_
  bool done_ = false, stopped_ = false;
  std::exception_ptr problem_;
  std::thread thread_;
};

}  // namespace cleave
