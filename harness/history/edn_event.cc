// See edn_event.h. A field that is wrong does not end the scan: the next event begins behind this
// one's bracket.
#include "harness/history/edn_event.h"

#include <cstdlib>

namespace cleave {
namespace {

constexpr std::string_view kTuple = "jepsen.independent/tuple";

}  // namespace

const char* EdnEventParser::Parse(const char* p, RawEvent* event, std::optional<int64_t>* index) {
  *event = RawEvent();
  event->has_function = false;
  index->reset();
  problem_.reset();
  seen_ = 0;
  has_process_ = has_parts_ = false;
  tuple_ = collector_->independent();
  std::string_view record;  // #jepsen.history.Op{…}
  while (EdnScanner::AtTag(p)) {
    if ((p = scanner_.Tag(p, &record)) == nullptr) return nullptr;
  }
  if (*p != '{') {
    Note("an event must be an EDN map, and this is none");
    return scanner_.Skip(p);
  }
  for (++p;;) {
    if ((p = scanner_.Blank(p)) == nullptr) return nullptr;
    if (*p == '}') break;
    if ((p = Entry(p, event, index)) == nullptr) return nullptr;
  }
  Note(Complete(event));
  return p + 1;
}

const char* EdnEventParser::Entry(const char* p, RawEvent* event, std::optional<int64_t>* index) {
  const char* const begin = p;
  EventField field = EventField::kUnknown;
  if (*p == ':') {
    std::string_view name;
    if ((p = scanner_.Token(p, &name)) == nullptr) return nullptr;
    field = EventFieldByName(name.substr(1));
    if (field != EventField::kUnknown && (seen_ & static_cast<unsigned>(field)) != 0) {
      Note("the field \"" + std::string(name) + "\" appears twice");
    }
    seen_ |= static_cast<unsigned>(field);
  } else if ((p = scanner_.Skip(p)) == nullptr) {
    return nullptr;
  }
  if ((p = scanner_.Blank(p)) == nullptr) return nullptr;
  if (*p == '}') return scanner_.Fail(begin, "a map in which a key has no value");
  return field == EventField::kUnknown ? scanner_.Skip(p) : Field(field, p, event, index);
}

const char* EdnEventParser::Field(EventField field, const char* p, RawEvent* event,
                                  std::optional<int64_t>* index) {
  switch (field) {
    case EventField::kIndex:
    case EventField::kTime:
    case EventField::kProcess:
      if (const char* behind = Number(field, p, event, index)) return behind;
      break;
    case EventField::kType:
    case EventField::kF:
      if (*p == ':') return Name(field, p, event);
      break;
    case EventField::kValue: return Value(p, event);
    default: break;
  }
  if (field == EventField::kIndex) return scanner_.Skip(p);
  ValueId value;
  if ((p = scanner_.Value(p, &value)) != nullptr) Set(field, value, event);
  return p;
}

// The keyword of a type or function, which need not be interned.
const char* EdnEventParser::Name(EventField field, const char* p, RawEvent* event) {
  std::string_view name;
  const char* const first = p;
  if ((p = scanner_.Token(p, &name)) == nullptr) return nullptr;
  if (name == ":") return scanner_.Fail(first, "malformed EDN: a keyword without a name");
  Note(field == EventField::kType ? SetType(name, event) : SetFunction(name, collector_, event));
  return p;
}

// Numbers that differ in every event are not interned. Null where p is at none.
const char* EdnEventParser::Number(EventField field, const char* p, RawEvent* event,
                                   std::optional<int64_t>* index) {
  int64_t number = 0;
  const char* const behind = scanner_.Integer(p, &number);
  if (behind == nullptr) return nullptr;
  switch (field) {
    case EventField::kIndex: *index = number; break;
    case EventField::kTime: event->time = number; break;
    default: has_process_ = true; cleave::SetProcess(number, collector_, event);
  }
  return behind;
}

const char* EdnEventParser::Value(const char* p, RawEvent* event) {
  std::string_view tag;
  while (EdnScanner::AtTag(p)) {
    if ((p = scanner_.Tag(p, &tag)) == nullptr) return nullptr;
    tuple_ = tuple_ || tag == kTuple;
  }
  if (tuple_ && *p == '[') return Tuple(p);
  // Where the function comes later, the lists are found again instead: that is only slower.
  const bool transaction = event->has_function && event->function == kTxn;
  return transaction ? scanner_.Transaction(p, &event->value) : scanner_.Value(p, &event->value);
}

const char* EdnEventParser::Tuple(const char* p) {
  parts_.clear();
  has_parts_ = true;
  for (++p;;) {
    ValueId part;
    if ((p = scanner_.Blank(p)) == nullptr) return nullptr;
    if (*p == ']') return p + 1;
    if ((p = scanner_.Value(p, &part)) == nullptr) return nullptr;
    parts_.push_back(part);
  }
}

void EdnEventParser::Set(EventField field, ValueId value, RawEvent* event) {
  const bool text = values_.kind(value) == ValueKind::kString;
  const bool number = values_.IsInt(value) || values_.kind(value) == ValueKind::kNumber;
  switch (field) {
    case EventField::kType:
      Note(text ? SetType(values_.AsText(value), event)
                : "type must be :invoke, :ok, :fail or :info");
      break;
    case EventField::kF:
      if (text) Note(SetFunction(values_.AsText(value), collector_, event));
      if (!text && value != kNull) Note("f must be the name of a function");
      break;
    case EventField::kProcess: SetProcess(value, event); break;
    case EventField::kTime:
      if (number) Note(SetTime(std::strtod(values_.ToText(value).c_str(), nullptr), event));
      if (!number && value != kNull) Note("time must be a number of nanoseconds");
      break;
    case EventField::kKey: event->key = value; break;
    case EventField::kNode: event->node = value == kNull ? kNoValue : value; break;
    case EventField::kError: event->error = value == kNull ? kNoValue : value; break;
    default: event->observed = value; break;
  }
}

void EdnEventParser::SetProcess(ValueId value, RawEvent* event) {
  if (value == kNull) return;
  has_process_ = true;
  if (values_.kind(value) == ValueKind::kString) {
    event->process = collector_->ProcessByName(values_.AsText(value));
  } else if (values_.IsInt(value)) {
    cleave::SetProcess(values_.AsInt(value), collector_, event);
  } else {
    Note("process must be a number or a name");
  }
}

std::optional<std::string> EdnEventParser::Split(RawEvent* event) {
  if (!tuple_) return std::nullopt;
  if (has_parts_) {
    if (parts_.size() == 2 && event->process != kNemesis && event->key == kNoValue) {
      event->key = parts_[0];
      event->value = parts_[1];
      return std::nullopt;
    }
    event->value = values_.List(parts_);
  }
  return SplitTuple(values_, event);
}

// What only the whole event can tell.
std::optional<std::string> EdnEventParser::Complete(RawEvent* event) {
  if (!(seen_ & static_cast<unsigned>(EventField::kType))) return "the event has no :type";
  // As for Knossos and elle-cli, whose examples have such events, no name is one process's name.
  if (!has_process_) event->process = collector_->ProcessByName("nil");
  if (auto problem = Split(event)) return problem;
  const bool may_be_read =
      !event->has_function || event->function == kRead || event->function == kGet;
  if (event->type == EventType::kOk && event->value == kNull && may_be_read) {
    event->value = kNoValue;
  }
  return InferFunction(values_, event);
}

}  // namespace cleave
