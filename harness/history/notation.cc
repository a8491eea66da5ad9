// The one-line notation of notation.h, by recursive descent over words; events go to a
// HistoryBuilder, so that everything a file may not contain cannot be written here either.
#include "harness/history/notation.h"

#include <cctype>
#include <charconv>
#include <deque>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace cleave {
namespace {

constexpr int64_t kLongestPause = 1'000'000'000;  // milliseconds

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }

std::vector<std::string_view> Split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find_first_of(separators, begin), text.size());
    if (end > begin) parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

/// What one word says: an invocation, and the value that its ok completion will have.
struct Word {
  FunctionId function = kRead;
  ValueId key = kNoValue;
  ValueId input = kNull;
  ValueId output = kNull;
  bool at_once = false;  // r=5: completed as soon as it is invoked
};

class Parser {
 public:
  History Parse(std::string_view text) {
    for (std::string_view line : Split(text, "\n")) {
      line = line.substr(0, CommentStart(line));
      for (const std::string_view step : Split(line, "|")) Step(step);
    }
    return builder_.Finish();
  }

 private:
  struct Open {
    int32_t process;
    Word word;
  };

  /// A comment's # stands after a blank or at the start; WORD# is a failure.
  static size_t CommentStart(std::string_view line) {
    for (size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '#' && (i == 0 || line[i - 1] == ' ')) return i;
    }
    return line.size();
  }

  [[noreturn]] void Bad(std::string_view what, std::string_view why) const {
    throw std::invalid_argument("notation: \"" + std::string(what) + "\": " + std::string(why));
  }

  int64_t Number(std::string_view text, int64_t most, std::string_view step) const {
    int64_t number = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 0 || number > most) {
      Bad(step, "\"" + std::string(text) + "\" must be a number from 0 to " + std::to_string(most));
    }
    return number;
  }

  void Step(std::string_view step) {
    std::vector<std::string_view> words = Split(step, " \t");
    if (words.empty()) return;
    if (words[0] == "nemesis:") return NemesisStep(step, words);
    const size_t colon = words[0].size() - 1;
    if (words[0][0] == 'p' && words[0][colon] == ':') return ProcessStep(step, words);
    for (const std::string_view word : words) FreeEvent(word);
  }

  void NemesisStep(std::string_view step, const std::vector<std::string_view>& words) {
    if (words.size() < 3) Bad(step, "nemesis: invoke|info FUNCTION JSON");
    std::string json;
    for (size_t i = 3; i < words.size(); ++i) json += (i > 3 ? " " : "") + std::string(words[i]);
    RawEvent event;
    event.process = kNemesis;
    event.type = words[1] == "invoke" ? EventType::kInvoke : EventType::kInfo;
    event.function = builder_.Function(words[2]);
    event.value = json.empty() ? kNull : Value(json);
    Add(event, step);
  }

  void ProcessStep(std::string_view step, const std::vector<std::string_view>& words) {
    std::string_view head = words[0].substr(1, words[0].size() - 2);
    ValueId node = kNoValue;
    if (const size_t at = head.find('@'); at != std::string_view::npos) {
      node = builder_.values().String(head.substr(at + 1));
      head = head.substr(0, at);
    }
    const auto process = static_cast<int32_t>(Number(head, INT32_MAX, step));
    if (words.size() < 2) Bad(step, "a process without an operation");
    size_t next = 1;
    if (!IsOutcome(words[1])) {
      const Word word = Operation(words[1]);
      open_[process] = {process, word};
      Invoke(process, word, node, step);
      if (word.at_once) Complete(process, EventType::kOk, word.output, kNoValue, kNoValue, step);
      next = 2;
    }
    if (next < words.size()) Outcome(process, words, next, step);
  }

  static bool IsOutcome(std::string_view word) {
    return word == "ok" || word == "fail" || word == "info" || word == "mismatch" ||
           word.starts_with("saw=") || word.starts_with("=");
  }

  void Outcome(int32_t process, const std::vector<std::string_view>& words, size_t at,
               std::string_view step) {
    const std::string_view word = words[at];
    ValueTable& values = builder_.values();
    ValueId output = open_[process].word.output, error = kNoValue, observed = kNoValue;
    EventType type = EventType::kOk;
    if (word == "fail" || word == "info") {
      type = word == "fail" ? EventType::kFail : EventType::kInfo;
      output = open_[process].word.input;
      if (at + 1 < words.size()) error = values.String(words[at + 1]);
    } else if (word == "mismatch") {
      type = EventType::kFail;
      error = values.String("mismatch");
    } else if (word.starts_with("saw=")) {
      type = EventType::kFail;
      observed = Value(word.substr(4));
    } else if (word.starts_with("=")) {
      output = Value(word.substr(1));
    } else if (word != "ok") {
      Bad(step, "an outcome is ok, fail, info, mismatch, saw=V or =V");
    }
    Complete(process, type, output, error, observed, step);
  }

  /// An event without a process: WORD, WORD! WORD~ WORD#, or +50ms.
  void FreeEvent(std::string_view word) {
    if (word[0] == '+' && word.ends_with("ms")) {
      time_ += Number(word.substr(1, word.size() - 3), kLongestPause, word) * 1'000'000;
      return;
    }
    const char last = word.back();
    if (last != '!' && last != '~' && last != '#') {
      int32_t process = 0;
      while (busy_.contains(process)) ++process;
      const Word parsed = Operation(word);
      busy_.insert(process);
      free_[std::string(word)].push_back({process, parsed});
      Invoke(process, parsed, kNoValue, word);
      if (parsed.at_once) FreeComplete(word, EventType::kOk);
      return;
    }
    const EventType type = last == '!'   ? EventType::kOk
                           : last == '~' ? EventType::kInfo
                                         : EventType::kFail;
    FreeComplete(word.substr(0, word.size() - 1), type);
  }

  void FreeComplete(std::string_view word, EventType type) {
    std::deque<Open>& waiting = free_[std::string(word)];
    if (waiting.empty()) Bad(word, "completed, but not open");
    const Open open = waiting.front();
    waiting.pop_front();
    const ValueId value = type == EventType::kOk ? open.word.output : open.word.input;
    Complete(open.process, type, value, kNoValue, kNoValue, word);
    if (type != EventType::kInfo) busy_.erase(open.process);
  }

  void Invoke(int32_t process, const Word& word, ValueId node, std::string_view step) {
    RawEvent event;
    event.process = process;
    event.function = word.function;
    event.key = word.key;
    event.value = word.input;
    event.node = node;
    Add(event, step);
  }

  void Complete(int32_t process, EventType type, ValueId value, ValueId error, ValueId observed,
                std::string_view step) {
    RawEvent event;
    event.process = process;
    event.type = type;
    event.has_function = false;
    event.value = value;
    event.error = error;
    event.observed = observed;
    Add(event, step);
  }

  void Add(RawEvent event, std::string_view step) {
    event.time = time_;
    time_ += 1'000'000;
    if (const auto problem = builder_.Add(event)) Bad(step, *problem);
  }

  Word Operation(std::string_view text) {
    Word word;
    std::string_view rest = text;
    if (const size_t dot = text.find('.');
        dot != std::string_view::npos && IsName(text.substr(0, dot))) {
      word.key = builder_.values().String(text.substr(0, dot));
      rest = text.substr(dot + 1);
    }
    if (rest.empty()) Bad(text, "an operation is missing");
    const size_t paren = rest.find('(');
    if (paren != std::string_view::npos && IsLower(rest[0])) {
      Call(rest, paren, &word);
    } else if (rest.size() > 1 && IsLower(rest[1]) && !rest.starts_with("wnil") &&
               std::string_view("arw").find(rest[0]) != std::string_view::npos) {
      Transaction(rest, &word);
    } else {
      Simple(rest, &word);
    }
    return word;
  }

  static bool IsName(std::string_view text) {
    for (const char c : text) {
      if (!std::isalnum(static_cast<unsigned char>(c))) return false;
    }
    return !text.empty();
  }

  void Call(std::string_view text, size_t paren, Word* word) {
    const size_t close = text.rfind(')');
    if (close == std::string_view::npos || close < paren) Bad(text, "a ) is missing");
    word->function = builder_.Function(text.substr(0, paren));
    const std::string_view argument = text.substr(paren + 1, close - paren - 1);
    word->input = argument.empty() ? kNull : Value(argument);
    word->output = word->input;
    if (close + 1 < text.size() && text[close + 1] == '=') {
      word->output = Value(text.substr(close + 2));
      word->at_once = true;
    }
  }

  void Simple(std::string_view text, Word* word) {
    const std::string_view rest = text.substr(1);
    switch (text[0]) {
      case 'r':
        if (rest.empty()) return;
        if (rest[0] != '=' && rest[0] != '?') Bad(text, "a read is r, r=V or r?V");
        word->at_once = rest[0] == '=';
        word->output = Value(rest.substr(1));
        return;
      case 'w':
      case 'a':
        word->function = text[0] == 'w' ? kWrite : kAdd;
        word->input = word->output = Value(rest);
        return;
      case 'c': {
        const size_t arrow = rest.find('>');
        if (arrow == std::string_view::npos) Bad(text, "a cas is cOLD>NEW");
        const ValueId pair[] = {Value(rest.substr(0, arrow)), Value(rest.substr(arrow + 1))};
        word->function = kCas;
        word->input = word->output = builder_.values().List(pair);
        return;
      }
      default: Bad(text, "not an operation: w5, r=5, c1>2, a5, ax1ry12, name(V)");
    }
  }

  void Transaction(std::string_view text, Word* word) {
    std::vector<ValueId> asked, seen;
    for (size_t i = 0; i < text.size();) {
      const char kind = text[i];
      if (std::string_view("arw").find(kind) == std::string_view::npos || i + 1 >= text.size()) {
        Bad(text, "a transaction is a row of axN, rxNN and wxN");
      }
      const ValueId key = builder_.values().String(text.substr(i + 1, 1));
      const size_t begin = i += 2;
      while (i < text.size() && !IsLower(text[i])) ++i;
      const std::string_view rest = text.substr(begin, i - begin);
      const ValueId f = builder_.values().String(kind == 'a' ? "append" : kind == 'w' ? "w" : "r");
      const ValueId value = kind == 'r' ? Elements(rest) : Value(rest);
      const ValueId before[] = {f, key, kind == 'r' ? kNull : value};
      const ValueId after[] = {f, key, value};
      asked.push_back(builder_.values().List(before));
      seen.push_back(builder_.values().List(after));
    }
    word->function = kTxn;
    word->input = builder_.values().List(asked);
    word->output = builder_.values().List(seen);
  }

  /// "" is null, "[]" the empty list, "12" [1,2], "10,11" [10,11], "=5" 5.
  ValueId Elements(std::string_view text) {
    if (text.empty()) return kNull;
    if (text[0] == '=') return Value(text.substr(1));
    std::vector<ValueId> elements;
    if (text.find(',') != std::string_view::npos) {
      for (const std::string_view part : Split(text, ",")) elements.push_back(Value(part));
    } else if (text != "[]") {
      for (size_t i = 0; i < text.size(); ++i) elements.push_back(Value(text.substr(i, 1)));
    }
    return builder_.values().List(elements);
  }

  ValueId Value(std::string_view text) {
    if (text == "nil") return kNull;
    const Json json = TryParseJson(text);
    if (!json.is_discarded()) return builder_.values().FromJson(json);
    if (!IsName(text)) Bad(text, "not a value: JSON without blanks, nil or a name");
    return builder_.values().String(text);
  }

  HistoryBuilder builder_;
  int64_t time_ = 0;
  std::map<int32_t, Open> open_;
  std::map<std::string, std::deque<Open>> free_;
  std::set<int32_t> busy_;  // processes of words without one: open, or retired
};

}  // namespace

History ParseNotation(std::string_view text) { return Parser().Parse(text); }

}  // namespace cleave
