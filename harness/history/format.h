// The formats that histories come in: their names, and how one is recognised.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace cleave {

enum class HistoryFormat {
  kDetect,
  kJsonLines,
  kJsonArray,
  kEdn,
  kPorcupineEtcd,
  kAwditTest,
  kPlume,
  kDbcop,
  kCobra,
};

/// A row of the table of formats: `name` is what --format says.
struct HistoryFormatInfo {
  const char* name;
  HistoryFormat format;
  const char* summary;
};

std::span<const HistoryFormatInfo> HistoryFormats();
/// Nothing for a name that no format has.
std::optional<HistoryFormat> FindHistoryFormat(std::string_view name);

/// The format that `text`, the beginning of a file, is in; kDetect where it looks like none.
HistoryFormat DetectFormat(std::string_view text);

}  // namespace cleave
