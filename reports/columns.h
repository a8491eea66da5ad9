// Operations as columns for the page: zigzag varints, delta-coded where neighbours are alike,
// deflated (zlib) and base64. A million operations fit in a few megabytes, and a browser inflates
// them at once. reports/README.md describes the format; assets/data.js reads it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/history/history.h"

namespace cleave {

/// Appends numbers as LEB128 varints of their zigzag code, the difference to the last one if
/// `delta`.
class ColumnWriter {
 public:
  explicit ColumnWriter(bool delta) : delta_(delta) {}
  void Add(int64_t value);
  const std::string& bytes() const { return bytes_; }

 private:
  bool delta_;
  int64_t last_ = 0;
  std::string bytes_;
};

std::string Deflate(std::string_view bytes);  // zlib format
std::string Base64(std::string_view bytes);

/// The <script> elements that carry all operations of a history, one a column, each with its name
/// and coding as attributes. O(history); texts of values are cut, so that the page stays below 60
/// MB.
std::string RenderColumns(const History& history);

}  // namespace cleave
