// The table of formats, one line each, and their marks.
#include "harness/history/format.h"

#include "harness/history/session_text.h"

namespace cleave {
namespace {

constexpr HistoryFormatInfo kFormats[] = {
    {"auto", HistoryFormat::kDetect, "by what the file begins with"},
    {"jsonl", HistoryFormat::kJsonLines, "a JSON object a line: Cleave's history.jsonl"},
    {"json", HistoryFormat::kJsonArray, "one JSON array of events: elle-cli"},
    {"edn", HistoryFormat::kEdn, "EDN maps: Jepsen, Knossos, Elle; Porcupine's key-value files"},
    {"etcd-log", HistoryFormat::kPorcupineEtcd, "Jepsen's log, as in Porcupine's etcd histories"},
    {"awdit-test", HistoryFormat::kAwditTest, "AWDIT's test format: r KEY VALUE a line"},
    {"plume", HistoryFormat::kPlume, "Plume, PolySI: r(KEY,VALUE,SESSION,TRANSACTION) a line"},
    {"dbcop", HistoryFormat::kDbcop, "dbcop: its JSON, or history.bincode (or the folder of that)"},
    {"cobra", HistoryFormat::kCobra, "Cobra: a session's log, or a folder of such logs"},
};

constexpr std::string_view kBlank = " \t\r\n,";  // for EDN a comma is one

std::string_view WithoutBlanks(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlank);
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

bool IsTagOrDiscard(std::string_view text) {
  if (!text.starts_with('#') || text.size() < 2) return false;
  const char c = text[1];
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}

/// What only EDN has where JSON has a value or a name: a keyword, a comment, a list, a tag.
bool IsEdnOnly(std::string_view text) {
  return text.starts_with(':') || text.starts_with(';') || text.starts_with('(') ||
         IsTagOrDiscard(text);
}

/// {"params": …} or [[{"events": …
bool IsDbcopJson(std::string_view text) {
  const bool with_parameters = text.starts_with('{');
  for (const char bracket : with_parameters ? std::string_view("{") : std::string_view("[[{")) {
    if (!text.starts_with(bracket)) return false;
    text = WithoutBlanks(text.substr(1));
  }
  return text.starts_with(with_parameters ? "\"params\"" : "\"events\"");
}

bool IsEdnMap(std::string_view text) {
  return text.starts_with('{') && IsEdnOnly(WithoutBlanks(text.substr(1)));
}

}  // namespace

std::span<const HistoryFormatInfo> HistoryFormats() { return kFormats; }

std::optional<HistoryFormat> FindHistoryFormat(std::string_view name) {
  for (const HistoryFormatInfo& info : kFormats) {
    if (name == info.name) return info.format;
  }
  return std::nullopt;
}

HistoryFormat DetectFormat(std::string_view text) {
  text = WithoutBlanks(text);
  if (IsDbcopJson(text)) return HistoryFormat::kDbcop;
  if (IsEdnMap(text) || (IsEdnOnly(text) && text[0] != ':')) return HistoryFormat::kEdn;
  if (text.starts_with('[')) {
    const std::string_view first = WithoutBlanks(text.substr(1));
    return IsEdnMap(first) || IsEdnOnly(first) ? HistoryFormat::kEdn : HistoryFormat::kJsonArray;
  }
  if (text.starts_with('{')) return HistoryFormat::kJsonLines;
  const std::string_view line = text.substr(0, text.find('\n'));
  if (IsAwditTestLine(line)) return HistoryFormat::kAwditTest;
  if (IsPlumeLine(line)) return HistoryFormat::kPlume;
  if (text.find("jepsen.util - ") != std::string_view::npos) return HistoryFormat::kPorcupineEtcd;
  return HistoryFormat::kDetect;
}

}  // namespace cleave
