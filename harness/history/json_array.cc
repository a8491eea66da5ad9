// Splits by counting brackets outside of strings; whether an element is JSON is for its parser to
// say.
#include "harness/history/json_array.h"

namespace cleave {
namespace {

class ArraySplitter {
 public:
  ArraySplitter(TextSource* source, size_t lines, EventCollector* collector)
      : source_(source), collector_(collector), line_(lines + 1) {}

  void Run(const std::function<void(std::string_view, size_t)>& event) {
    Expect('[');
    if (SkipSpace() == ']') return End();
    for (;;) {
      const char first = SkipSpace();
      if (first != '{') {
        if (first == 0 && Ended()) TooShort();
        collector_->Abort(line_, "an event must be a JSON object, and this is none");
      }
      const size_t line = line_;
      const size_t length = ObjectLength();
      event(source_->pending().substr(0, length), line);
      source_->Consume(length);
      const char next = SkipSpace();
      if (next == ']') return End();
      if (next == 0 && Ended()) TooShort();
      Expect(',');
    }
  }

 private:
  [[noreturn]] void TooShort() {
    collector_->Abort(line_, "the file is truncated: its array is never closed with ]");
  }

  bool Ended() { return source_->pending().empty() && !source_->Load(); }

  // The next byte that is no space, which stays pending; 0 at the end of the text.
  char SkipSpace() {
    while (!Ended()) {
      const char c = source_->pending()[0];
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return c;
      line_ += c == '\n';
      source_->Consume(1);
    }
    return 0;
  }

  void Expect(char wanted) {
    const char c = SkipSpace();
    if (c != wanted) {
      collector_->Abort(line_,
                        std::string("malformed JSON array: a ") + wanted + " is missing here");
    }
    source_->Consume(1);
  }

  void End() {
    source_->Consume(1);
    if (SkipSpace() != 0 || !source_->pending().empty()) {
      collector_->Abort(line_, "there is text behind the end of the array");
    }
  }

  // The length of the object that pending() begins with, all of which is then loaded.
  size_t ObjectLength() {
    size_t at = 0, depth = 0;
    bool in_string = false, escaped = false;
    const size_t first_line = line_;
    for (;; ++at) {
      if (at == source_->pending().size()) {
        if (at > kMaxEventBytes) {
          collector_->Abort(first_line, "the event that begins here is longer than 1 GiB");
        }
        if (!source_->Load()) {
          collector_->Abort(first_line,
                            "the file is truncated: the event that begins here never ends");
        }
      }
      const char c = source_->pending()[at];
      if (c == '\n') ++line_;
      if (escaped) {
        escaped = false;
      } else if (in_string) {
        escaped = c == '\\';
        in_string = c != '"';
      } else if (c == '"') {
        in_string = true;
      } else if (c == '{' || c == '[') {
        ++depth;
      } else if ((c == '}' || c == ']') && --depth == 0) {
        return at + 1;
      }
    }
  }

  TextSource* source_;
  EventCollector* collector_;
  size_t line_;
};

}  // namespace

void ReadJsonArray(TextSource* source, size_t lines, EventCollector* collector,
                   const std::function<void(std::string_view, size_t)>& event) {
  ArraySplitter(source, lines, collector).Run(event);
}

}  // namespace cleave
