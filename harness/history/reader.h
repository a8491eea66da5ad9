// Files to histories. Bad lines are reported with file, line and reason, and never silently
// skipped.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "harness/history/format.h"
#include "harness/history/history.h"

namespace cleave {

struct ReadOptions {
  HistoryFormat format = HistoryFormat::kDetect;
  /// Every value is [key value], as jepsen.independent writes it and as no reader can tell from a
  /// pair that is a value. For JSON and EDN; what names its key already is left alone.
  bool independent = false;
};

/// "file:line: reason", several lines when several events are bad (at most ten, then how many
/// more).
class HistoryError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Whether a history of the format may be a folder of files.
bool MayBeFolder(HistoryFormat format);

/// Reads a whole history, packed with gzip or not; "-" is standard input. Throws HistoryError for
/// content, std::system_error for the file itself. A torn last line (a crash) becomes a warning.
/// O(bytes); holds one block of the file, or its longest event, beside the history.
History ReadHistory(const std::filesystem::path& file, const ReadOptions& options = {});
/// The same from memory; `name` stands for the file in messages. `text` need not be padded.
History ReadHistoryText(std::string_view text, std::string_view name,
                        const ReadOptions& options = {});

}  // namespace cleave
