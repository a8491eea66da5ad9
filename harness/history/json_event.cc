// The careful reader of one event, on simdjson's DOM: it validates all of the text (UTF-8, numbers,
// fields that are skipped too), which its on-demand interface does not.
#include "harness/history/json_event.h"

#include <simdjson.h>

#include "harness/history/event_fields.h"
#include "harness/history/text_source.h"

namespace cleave {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

const char* Reason(simdjson::error_code code) {
  switch (code) {
    case simdjson::DEPTH_ERROR: return "nested deeper than 1,024 levels";
    case simdjson::UTF8_ERROR: return "not UTF-8";
    case simdjson::UNESCAPED_CHARS: return "a control character inside a string";
    case simdjson::UNCLOSED_STRING: return "a string that is not closed";
    case simdjson::STRING_ERROR: return "a string with a malformed escape";
    case simdjson::NUMBER_ERROR: return "a number that is malformed or does not fit in 64 bits";
    case simdjson::CAPACITY: return "longer than 4 GiB";
    case simdjson::MEMALLOC: return "too large for the memory of this machine";
    default: return "malformed JSON";
  }
}

// Where the JSON is wrong, by a second parser that knows. Only for lines that a person could look
// at.
std::string Place(std::string_view text) {
  constexpr size_t kReadable = 64 << 10;
  if (text.size() > kReadable) return "";
  try {
    if (ParseJson(text).is_discarded()) return "";
  } catch (const Json::parse_error& e) {
    const size_t at = std::min(e.byte == 0 ? 0 : e.byte - 1, text.size());
    if (at == text.size()) {
      const size_t tail = text.size() - std::min<size_t>(24, text.size());
      return ": it ends too early, after \"" + Excerpt(text.substr(tail)) + "\"";
    }
    return " at column " + std::to_string(at + 1) + ", near \"" + Excerpt(text.substr(at)) + "\"";
  } catch (const Json::exception&) {
    return "";
  }
  return "";
}

}  // namespace

class JsonEventParser::Impl {
 public:
  explicit Impl(EventCollector* collector) : collector_(collector) {}

  std::optional<std::string> Parse(std::string_view text, RawEvent* event,
                                   std::optional<int64_t>* index) {
    element root;
    well_formed_ = false;
    // Without a copy: the source guarantees the padding that simdjson wants.
    static_assert(TextSource::kPadding >= simdjson::SIMDJSON_PADDING);
    if (const auto code = parser_.parse(text.data(), text.size(), false).get(root)) {
      return Reason(code) + Place(text);
    }
    well_formed_ = true;
    simdjson::dom::object fields;
    if (root.get(fields)) return "an event must be a JSON object";
    *event = RawEvent();
    event->has_function = false;
    seen_ = 0;
    has_process_ = false;
    for (const auto field : fields) {
      if (auto problem = Field(field.key, field.value, event, index)) return problem;
    }
    return Complete(event);
  }

  bool well_formed() const { return well_formed_; }

 private:
  std::optional<std::string> Field(std::string_view name, element value, RawEvent* event,
                                   std::optional<int64_t>* index) {
    const EventField field = EventFieldByName(name);
    // Unknown fields stay in the file and mean nothing here.
    if (field == EventField::kUnknown) return std::nullopt;
    const unsigned bit = static_cast<unsigned>(field);
    if (seen_ & bit) return "the field \"" + std::string(name) + "\" appears twice";
    seen_ |= bit;
    const bool null = value.is_null();
    switch (field) {
      case EventField::kIndex:
        if (int64_t number; !value.get(number)) *index = number;
        return std::nullopt;
      case EventField::kTime: return null ? std::nullopt : Time(value, event);
      case EventField::kProcess: return null ? std::nullopt : Process(value, event);
      case EventField::kType: return Type(value, event);
      case EventField::kF: return null ? std::nullopt : Function(value, event);
      case EventField::kKey: event->key = Intern(value); break;
      case EventField::kValue: event->value = Intern(value); break;
      case EventField::kNode: event->node = null ? kNoValue : Intern(value); break;
      case EventField::kError: event->error = null ? kNoValue : Intern(value); break;
      default: event->observed = Intern(value); break;
    }
    return std::nullopt;
  }

  static std::optional<std::string> Time(element value, RawEvent* event) {
    if (!value.get(event->time)) return std::nullopt;
    double time;
    if (value.get(time)) return "time must be a number of nanoseconds";
    return SetTime(time, event);
  }

  std::optional<std::string> Process(element value, RawEvent* event) {
    std::string_view name;
    int64_t number;
    has_process_ = true;
    if (!value.get(number)) {
      SetProcess(number, collector_, event);
    } else if (!value.get(name)) {
      event->process = collector_->ProcessByName(name);
    } else {
      return "process must be a number or a name";
    }
    return std::nullopt;
  }

  static std::optional<std::string> Type(element value, RawEvent* event) {
    std::string_view name;
    if (value.get(name)) return "type must be invoke, ok, fail or info";
    return SetType(name, event);
  }

  std::optional<std::string> Function(element value, RawEvent* event) {
    std::string_view name;
    if (value.get(name)) return "f must be the name of a function";
    return SetFunction(name, collector_, event);
  }

  // What only the whole event can tell.
  std::optional<std::string> Complete(RawEvent* event) {
    if (!(seen_ & static_cast<unsigned>(EventField::kType))) return "the event has no type";
    if (!has_process_) return "the event has no process";
    if (collector_->independent()) {
      if (auto problem = SplitTuple(collector_->values(), event)) return problem;
    }
    return InferFunction(collector_->values(), event);
  }

  ValueId Intern(element value) {
    ValueTable& values = collector_->values();
    switch (value.type()) {
      case element_type::INT64: return values.Int(int64_t(value));
      case element_type::STRING: return values.String(std::string_view(value));
      case element_type::BOOL: return values.Bool(bool(value));
      case element_type::NULL_VALUE: return kNull;
      case element_type::UINT64: return values.Number(std::to_string(uint64_t(value)));
      // The same text as ValueTable::FromJson gives it.
      case element_type::DOUBLE: return values.Number(DumpJson(Json(double(value))));
      case element_type::ARRAY: {
        const size_t base = stack_.size();
        for (const element part : simdjson::dom::array(value)) stack_.push_back(Intern(part));
        return Pop(base, &ValueTable::List);
      }
      default: {
        const size_t base = stack_.size();
        for (const auto field : simdjson::dom::object(value)) {
          stack_.push_back(values.String(field.key));
          stack_.push_back(Intern(field.value));
        }
        return Pop(base, &ValueTable::Map);
      }
    }
  }

  ValueId Pop(size_t base, ValueId (ValueTable::*make)(std::span<const ValueId>)) {
    const ValueId id = (collector_->values().*make)(std::span(stack_).subspan(base));
    stack_.resize(base);
    return id;
  }

  EventCollector* collector_;
  simdjson::dom::parser parser_;
  std::vector<ValueId> stack_;  // elements of the lists that are open, reused
  unsigned seen_ = 0;
  bool has_process_ = false;
  bool well_formed_ = false;
};

JsonEventParser::JsonEventParser(EventCollector* collector)
    : impl_(std::make_unique<Impl>(collector)) {}
JsonEventParser::~JsonEventParser() = default;

std::optional<std::string> JsonEventParser::Parse(std::string_view text, RawEvent* event,
                                                  std::optional<int64_t>* index) {
  return impl_->Parse(text, event, index);
}

bool JsonEventParser::well_formed() const { return impl_->well_formed(); }

}  // namespace cleave
