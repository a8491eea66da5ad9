// See edn_reader.h. Events are parsed where they lie in the loaded block; one that the block's end
// cuts is parsed again from its first byte when more is there. Invariant: what lies before at_ has
// become events, errors or blanks.
#include "harness/history/edn_reader.h"

#include <algorithm>
#include <cstring>

#include "harness/history/edn_event.h"
#include "harness/history/json_array.h"

namespace cleave {
namespace {

class EdnReader {
 public:
  EdnReader(TextSource* source, size_t lines, EventCollector* collector)
      : source_(source),
        collector_(collector),
        scanner_(&collector->values()),
        parser_(collector, &scanner_),
        line_(lines + 1) {
    Look();
  }

  void Run() {
    while (Step()) {
    }
    if (open_ != 0 && !collector_->failed()) {
      collector_->Abort(line_, std::string("the file is truncated: what holds its events is never "
                                           "closed with ") +
                                   open_);
    }
  }

 private:
  // One event or bracket, or more text. False at the end.
  bool Step() {
    const char* const p = scanner_.Blank(at_);
    if (p == nullptr) return scanner_.ended() ? More() : Resync();
    if (scanner_.AtEnd(p)) {
      Commit(p);
      return More();
    }
    if (open_ == 0 && (*p == '[' || *p == '(')) {
      open_ = *p == '[' ? ']' : ')';
    } else if (open_ != 0 && *p == open_) {
      open_ = 0;
    } else {
      return Event(p);
    }
    Commit(p + 1);
    return true;
  }

  bool Event(const char* p) {
    const size_t line = scanner_.line();
    RawEvent event;
    std::optional<int64_t> index;
    const char* const behind = parser_.Parse(p, &event, &index);
    if (behind == nullptr) {
      if (!scanner_.ended()) return Resync();
      const ptrdiff_t blank = p - at_;
      if (More()) return true;
      Torn(at_ + blank, line);
      return false;
    }
    if (parser_.problem()) {
      collector_->Fail(line, std::move(*parser_.problem()));
    } else {
      if (index) collector_->NoteIndex(*index, line);
      collector_->Add(event, line);
      ++events_;
    }
    Commit(behind);
    return true;
  }

  void Commit(const char* p) {
    at_ = p;
    line_ = scanner_.line();
  }

  // Points the scanner at what is pending and not yet read.
  void Look() {
    const std::string_view text = source_->pending();
    at_ = text.data();
    scanner_.Begin(text.data() + text.size(), line_);
  }

  // Loads as much again as is pending, so that a long event is not looked at too often. False at
  // the end of the file.
  bool More() {
    const size_t used = static_cast<size_t>(at_ - source_->pending().data());
    if (reserved_ == 0 && events_ != 0) Reserve(used);
    source_->Consume(used);
    const size_t wanted = 2 * source_->pending().size();
    if (wanted > 2 * kMaxEventBytes) {
      collector_->Abort(line_, "the event that begins here is longer than 1 GiB");
    }
    bool grew = false;
    while (source_->Load()) {
      grew = true;
      if (source_->pending().size() >= wanted) break;
    }
    Look();
    return grew;
  }

  // Reports what is wrong, and goes on at the next line that begins like an event: one broken event
  // is one error.
  bool Resync() {
    const char* const bad = scanner_.problem_at();
    const std::string_view rest(bad, std::min<size_t>(32, static_cast<size_t>(End() - bad)));
    line_ = scanner_.line();
    collector_->Fail(line_, std::string(scanner_.problem()) + ", near \"" +
                                Excerpt(rest.substr(0, rest.find('\n'))) + "\"");
    at_ = bad;
    for (;;) {
      while (at_ != End() && *at_ != '\n') ++at_;
      if (at_ == End()) {
        if (!More()) return false;
        continue;
      }
      ++line_;
      while (++at_ != End() && (*at_ == ' ' || *at_ == ',' || *at_ == '[')) {
      }
      if (at_ != End() && (*at_ == '{' || *at_ == '#')) break;
    }
    scanner_.Begin(End(), line_);
    return true;
  }

  const char* End() const { return source_->pending().data() + source_->pending().size(); }

  // The file ends inside the event at p: after a crash where that is on its last line.
  void Torn(const char* p, size_t line) {
    const bool last_line = std::memchr(p, '\n', static_cast<size_t>(End() - p)) == nullptr;
    if (open_ == 0 && last_line) return collector_->WarnTorn(line);
    collector_->Abort(line, "the file is truncated: the event that begins here never ends");
  }

  void Reserve(size_t bytes) {
    reserved_ = source_->size_hint() / std::max<size_t>(1, bytes / events_);
    collector_->builder().Reserve(reserved_ + reserved_ / 32);
  }

  TextSource* source_;
  EventCollector* collector_;
  EdnScanner scanner_;
  EdnEventParser parser_;
  const char* at_ = nullptr;
  size_t line_;    // of at_
  char open_ = 0;  // the bracket that closes what holds the events; 0 where nothing does
  size_t events_ = 0;
  size_t reserved_ = 0;
};

}  // namespace

void ReadEdn(TextSource* source, size_t lines, EventCollector* collector) {
  EdnReader(source, lines, collector).Run();
}

}  // namespace cleave
