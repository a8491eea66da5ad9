// Reads one line of a Jepsen log.
#include "harness/history/porcupine_log.h"

#include <charconv>

#include "harness/history/event_fields.h"

namespace cleave {
namespace {

constexpr std::string_view kMark = "jepsen.util - ";

std::string_view NextField(std::string_view* rest) {
  const size_t tab = rest->find('\t');
  const std::string_view field = rest->substr(0, tab);
  rest->remove_prefix(tab == std::string_view::npos ? rest->size() : tab + 1);
  return field;
}

std::optional<int64_t> IntegerOf(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// nil, an integer or [old new]; nothing for any other text.
std::optional<ValueId> ValueOf(std::string_view text, ValueTable* values) {
  if (text == "nil") return kNull;
  if (const auto number = IntegerOf(text)) return values->Int(*number);
  if (!text.starts_with('[') || !text.ends_with(']')) return std::nullopt;
  text = text.substr(1, text.size() - 2);
  const size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto before = IntegerOf(text.substr(0, space)), after = IntegerOf(text.substr(space + 1));
  if (!before || !after) return std::nullopt;
  const ValueId pair[] = {values->Int(*before), values->Int(*after)};
  return values->List(pair);
}

}  // namespace

bool IsPorcupineEvent(std::string_view line) {
  const size_t mark = line.find(kMark);
  if (mark == std::string_view::npos) return false;
  line.remove_prefix(mark + kMark.size());
  NextField(&line);
  return line.starts_with(':');
}

std::optional<std::string> ParsePorcupineLine(std::string_view line, EventCollector* collector,
                                              RawEvent* event) {
  *event = RawEvent();
  std::string_view rest = line.substr(line.find(kMark) + kMark.size());
  if (rest.ends_with('\r')) rest.remove_suffix(1);
  const std::string_view process = NextField(&rest), type = NextField(&rest), f = NextField(&rest);
  if (process.empty()) return "the event has no process";
  event->process = collector->ProcessByName(process);
  if (auto problem = SetType(type, event)) return problem;
  if (event->process == kNemesis) {
    if (!f.starts_with(':')) return "an event of the nemesis has no function";
  } else if (f != ":read" && f != ":write" && f != ":cas") {
    return "unknown function: such a log has :read, :write and :cas";
  }
  if (auto problem = SetFunction(f, collector, event)) return problem;
  const auto value = ValueOf(rest, &collector->values());
  const bool unsuccessful = event->type == EventType::kFail || event->type == EventType::kInfo;
  if (!value && !unsuccessful && event->process != kNemesis) {
    return "the value must be nil, an integer or [old new]";
  }
  if (value) {
    event->value = *value;
  } else {
    event->error = collector->values().String(rest.starts_with(':') ? rest.substr(1) : rest);
  }
  if (value && event->type == EventType::kFail && event->function == kCas) {
    event->error = collector->values().String("mismatch");
  }
  return std::nullopt;
}

}  // namespace cleave
