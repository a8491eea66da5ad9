// Files to histories. Bad lines are reported with file, line and reason, and never silently
// skipped.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "harness/history/history.h"

namespace cleave {

enum class HistoryFormat { kDetect, kJsonLines, kJsonArray, kPorcupineEtcd };

/// "file:line: reason", several lines when several events are bad (at most ten, then how many
/// more).
class HistoryError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads a whole history. Throws HistoryError for content, std::system_error for the file itself.
/// A torn last line (a crash) becomes a warning.
History ReadHistory(const std::filesystem::path& file,
                    HistoryFormat format = HistoryFormat::kDetect);
/// The same from memory; `name` stands for the file in messages. `text` need not be padded.
History ReadHistoryText(std::string_view text, std::string_view name,
                        HistoryFormat format = HistoryFormat::kDetect);

}  // namespace cleave
