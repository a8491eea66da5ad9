// Reading a whole history: which format it has, its lines one by one, and the torn end that a crash
// leaves. Invariant: every line that is not blank becomes an event, an error or a warning (in
// Jepsen's logs, lines that are no events are skipped).
#include "harness/history/reader.h"

#include <algorithm>
#include <cstring>

#include "harness/history/edn_reader.h"
#include "harness/history/event_collector.h"
#include "harness/history/event_fields.h"
#include "harness/history/json_array.h"
#include "harness/history/json_event.h"
#include "harness/history/line_blocks.h"
#include "harness/history/porcupine_log.h"
#include "harness/history/session_binary.h"
#include "harness/history/session_text.h"
#include "harness/history/text_source.h"

namespace cleave {
namespace {

constexpr const char* kSpace = " \t\r\n";

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(kSpace) == std::string_view::npos;
}

bool HasNul(std::string_view text) { return std::memchr(text.data(), 0, text.size()) != nullptr; }

/// Reads formats of one event a line. A hole of NUL bytes is forgiven in the last line only: it is
/// where the Journal's process was killed.
class LineReader {
 public:
  /// `line` is how many lines lie before what is pending.
  LineReader(TextSource* source, EventCollector* collector, HistoryFormat format, size_t line)
      : source_(source),
        collector_(collector),
        format_(format),
        canonical_(collector),
        careful_(collector),
        first_line_(line),
        line_(line) {}

  void Run() {
    LineBlocks blocks(source_, format_ == HistoryFormat::kJsonLines);
    while (const LineBlock* block = blocks.Next()) {
      if (block->too_long) collector_->Abort(line_ + 1, "the line is longer than 1 GiB");
      Take(*block);
    }
    Tail();
  }

 private:
  void Take(const LineBlock& block) {
    size_t bytes = 0;
    for (const LexedLine& line : block.lines) {
      ++line_;
      bytes += line.text.size() + 1;
      if (!line.is_canonical || !Fast(line.canonical, block.tape)) Careful(line.text);
    }
    if (reserved_ == 0) Reserve(bytes);
  }

  /// False where only the careful reader can say what the line is.
  bool Fast(const CanonicalLine& line, const CanonicalTape& tape) {
    RawEvent event;
    if (!canonical_.Take(line, tape, &event)) return false;
    RefuseHole();
    if (collector_->independent()) {
      if (auto problem = SplitTuple(collector_->values(), &event)) {
        collector_->Fail(line_, std::move(*problem));
        return true;
      }
    }
    collector_->NoteIndex(line.index, line_);
    collector_->Add(event, line_);
    return true;
  }

  void Careful(std::string_view line) {
    if (HasNul(line)) {
      RefuseHole();
      hole_ = line_;
      return;
    }
    if (IsBlank(line)) return;
    RefuseHole();
    if (auto problem = TryLine(line)) collector_->Fail(line_, std::move(*problem));
  }

  std::optional<std::string> TryLine(std::string_view line) {
    RawEvent event;
    std::optional<int64_t> index;
    if (format_ == HistoryFormat::kPorcupineEtcd) {
      if (!IsPorcupineEvent(line)) return std::nullopt;
      if (auto problem = ParsePorcupineLine(line, collector_, &event)) return problem;
    } else if (auto problem = careful_.Parse(line, &event, &index)) {
      return problem;
    }
    if (index) collector_->NoteIndex(*index, line_);
    collector_->Add(event, line_);
    return std::nullopt;
  }

  void RefuseHole() {
    if (hole_ != 0) collector_->Abort(hole_, "a NUL byte: the file is binary or damaged");
  }

  // What follows the last newline.
  void Tail() {
    std::string_view text = source_->pending();
    const size_t last = text.find_last_not_of('\0');
    text = text.substr(0, last == std::string_view::npos ? 0 : last + 1);
    if (!IsBlank(text)) {
      ++line_;
      RefuseHole();
      if (HasNul(text)) {
        hole_ = line_;
      } else if (format_ == HistoryFormat::kPorcupineEtcd) {
        // Half a number is a number: only its newline shows that the line is whole.
        if (IsPorcupineEvent(text)) collector_->WarnTorn(line_);
      } else if (auto problem = TryLine(text)) {
        if (careful_.well_formed())
          collector_->Fail(line_, std::move(*problem));
        else
          collector_->WarnTorn(line_);
      }
    }
    if (hole_ != 0) collector_->WarnTorn(hole_);
  }

  void Reserve(size_t bytes) {
    reserved_ = source_->size_hint() / std::max<size_t>(1, bytes / (line_ - first_line_));
    collector_->builder().Reserve(reserved_ + reserved_ / 32);
  }

  TextSource* source_;
  EventCollector* collector_;
  HistoryFormat format_;
  CanonicalEvents canonical_;
  JsonEventParser careful_;
  const size_t first_line_;
  size_t line_;
  size_t hole_ = 0;  // the line with NUL bytes, 0: none so far
  size_t reserved_ = 0;
};

/// Consumes the blank lines that the text begins with. Returns how many.
size_t SkipBlankLines(TextSource* source) {
  size_t lines = 0;
  for (;;) {
    const std::string_view text = source->pending();
    const size_t first = text.find_first_not_of(kSpace);
    const bool found = first != std::string_view::npos;
    // The blanks before an event on its own line stay: messages count columns.
    const size_t blank = found ? text.substr(0, first).rfind('\n') + 1 : text.size();
    lines += static_cast<size_t>(std::count(text.begin(), text.begin() + blank, '\n'));
    source->Consume(blank);
    if (found || !source->Load()) return lines;
  }
}

/// What no format can be.
void RefuseNothing(std::string_view text, EventCollector* collector) {
  if (IsBlank(text)) collector->Abort(1, "the file is empty: nothing was recorded");
  if (text.find_first_not_of('\0') == std::string_view::npos) {
    collector->Abort(1, "the file holds only zeros: it was created, and nothing was recorded");
  }
}

/// `line` is how many lines lie before `text`.
HistoryFormat Detect(std::string_view text, size_t line, EventCollector* collector) {
  const HistoryFormat format = DetectFormat(text);
  if (format != HistoryFormat::kDetect) return format;
  collector->Abort(line + 1, HasNul(text)
                                 ? "a NUL byte: the file is binary, not a history"
                                 : "not a history: JSON lines, a JSON array of events, EDN, a log "
                                   "of Jepsen's or transactions by session are expected");
}

void ReadArray(TextSource* source, size_t lines, EventCollector* collector) {
  JsonEventParser parser(collector);
  ReadJsonArray(source, lines, collector, [&](std::string_view text, size_t line) {
    RawEvent event;
    std::optional<int64_t> index;
    if (auto problem = parser.Parse(text, &event, &index)) {
      collector->Fail(line, std::move(*problem));
      return;
    }
    if (index) collector->NoteIndex(*index, line);
    collector->Add(event, line);
  });
}

History Read(TextSource* source, std::string_view name, const ReadOptions& options) {
  EventCollector collector(name, options.independent);
  source->Load();
  if (options.format == HistoryFormat::kCobra) {  // binary: nothing in it is blank
    SessionTransactions sessions(&collector);
    ReadCobraLog(source, &collector, &sessions);
    sessions.Finish();
    return collector.Finish();
  }
  if (options.format == HistoryFormat::kDbcop) {
    ReadDbcop(source, 0, &collector);
    return collector.Finish();
  }
  if (source->pending().starts_with("\xef\xbb\xbf")) source->Consume(3);  // a byte order mark
  const size_t blank = SkipBlankLines(source);
  RefuseNothing(source->pending(), &collector);
  HistoryFormat format = options.format;
  if (format == HistoryFormat::kDetect) format = Detect(source->pending(), blank, &collector);
  switch (format) {
    case HistoryFormat::kEdn: ReadEdn(source, blank, &collector); break;
    case HistoryFormat::kJsonArray: ReadArray(source, blank, &collector); break;
    case HistoryFormat::kAwditTest: ReadAwditTest(source, blank, &collector); break;
    case HistoryFormat::kPlume: ReadPlume(source, blank, &collector); break;
    case HistoryFormat::kDbcop: ReadDbcop(source, blank, &collector); break;
    default: LineReader(source, &collector, format, blank).Run();
  }
  return collector.Finish();
}

/// A log for each session, by the order of their names.
History ReadCobraFolder(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> logs;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".log") logs.push_back(entry.path());
  }
  std::sort(logs.begin(), logs.end());
  EventCollector collector(folder.string());
  SessionTransactions sessions(&collector);
  for (const std::filesystem::path& log : logs) {
    TextSource source = TextSource::OpenFile(log);
    ReadCobraLog(&source, &collector, &sessions);
  }
  sessions.Finish();
  return collector.Finish();
}

}  // namespace

bool MayBeFolder(HistoryFormat format) {
  return format == HistoryFormat::kCobra || format == HistoryFormat::kDbcop;
}

History ReadHistory(const std::filesystem::path& file, const ReadOptions& options) {
  if (MayBeFolder(options.format) && std::filesystem::is_directory(file)) {
    if (options.format == HistoryFormat::kCobra) return ReadCobraFolder(file);
    return ReadHistory(file / "history.bincode", options);
  }
  const bool standard_input = file == "-";
  TextSource source = standard_input ? TextSource::StandardInput() : TextSource::OpenFile(file);
  return Read(&source, standard_input ? "standard input" : file.string(), options);
}

History ReadHistoryText(std::string_view text, std::string_view name, const ReadOptions& options) {
  TextSource source = TextSource::FromMemory(text);
  return Read(&source, name, options);
}

}  // namespace cleave
