// The careful reader of one event, on simdjson's DOM: it validates all of the text (UTF-8, numbers,
// fields that are skipped too), which its on-demand interface does not.
#include "harness/history/json_event.h"

#include <simdjson.h>

#include "harness/history/text_source.h"

namespace cleave {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr size_t kMaxFunctions = 4096;

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

// A few bytes for a message, without anything that could upset a terminal.
std::string Excerpt(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 32)) out += c >= 0x20 && c < 0x7f ? c : '.';
  return out;
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
  enum FieldBit : unsigned {
    kIndex = 1,
    kTime = 2,
    kProcess = 4,
    kType = 8,
    kF = 16,
    kKey = 32,
    kValue = 64,
    kNode = 128,
    kError = 256,
    kObserved = 512,
  };

  static unsigned Bit(std::string_view name) {
    constexpr std::pair<std::string_view, unsigned> kFields[] = {
        {"index", kIndex}, {"time", kTime},        {"process", kProcess}, {"type", kType},
        {"f", kF},         {"key", kKey},          {"value", kValue},     {"node", kNode},
        {"error", kError}, {"observed", kObserved}};
    for (const auto& [field, bit] : kFields) {
      if (field == name) return bit;
    }
    return 0;
  }

  std::optional<std::string> Field(std::string_view name, element value, RawEvent* event,
                                   std::optional<int64_t>* index) {
    const unsigned bit = Bit(name);
    if (bit == 0) return std::nullopt;  // unknown fields stay in the file and mean nothing here
    if (seen_ & bit) return "the field \"" + std::string(name) + "\" appears twice";
    seen_ |= bit;
    const bool null = value.is_null();
    switch (bit) {
      case kIndex:
        if (int64_t number; !value.get(number)) *index = number;
        return std::nullopt;
      case kTime: return null ? std::nullopt : Time(value, event);
      case kProcess: return null ? std::nullopt : Process(value, event);
      case kType: return Type(value, event);
      case kF: return null ? std::nullopt : Function(value, event);
      case kKey: event->key = Intern(value); break;
      case kValue: event->value = Intern(value); break;
      case kNode: event->node = null ? kNoValue : Intern(value); break;
      case kError: event->error = null ? kNoValue : Intern(value); break;
      default: event->observed = Intern(value); break;
    }
    return std::nullopt;
  }

  static std::optional<std::string> Time(element value, RawEvent* event) {
    if (!value.get(event->time)) return std::nullopt;
    double time;
    constexpr double kLimit = 9.2e18;
    if (value.get(time) || !(time > -kLimit && time < kLimit)) {
      return "time must be a number of nanoseconds";
    }
    event->time = static_cast<int64_t>(time);
    return std::nullopt;
  }

  std::optional<std::string> Process(element value, RawEvent* event) {
    std::string_view name;
    int64_t number;
    has_process_ = true;
    if (!value.get(number)) {
      event->process = number >= 0 && number <= INT32_MAX
                           ? static_cast<int32_t>(number)
                           : collector_->ProcessByName(std::to_string(number));
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
    if (name.starts_with(':')) name.remove_prefix(1);
    for (const auto type :
         {EventType::kInvoke, EventType::kOk, EventType::kFail, EventType::kInfo}) {
      if (name == EventTypeName(type)) {
        event->type = type;
        return std::nullopt;
      }
    }
    return "unknown type \"" + Excerpt(name) + "\": it must be invoke, ok, fail or info";
  }

  std::optional<std::string> Function(element value, RawEvent* event) {
    std::string_view name;
    if (value.get(name)) return "f must be the name of a function";
    if (name.starts_with(':')) name.remove_prefix(1);
    HistoryBuilder& builder = collector_->builder();
    if (builder.function_count() >= kMaxFunctions && !builder.FindFunction(name)) {
      return "more than 4,096 different functions (f): this is not a history";
    }
    event->function = builder.Function(name);
    event->has_function = true;
    return std::nullopt;
  }

  // What only the whole event can tell.
  std::optional<std::string> Complete(RawEvent* event) {
    if (!(seen_ & kType)) return "the event has no type";
    if (!has_process_) return "the event has no process";
    if (event->has_function) return std::nullopt;
    if (event->process == kNemesis) return "an event of the nemesis has no function (f)";
    if (event->type != EventType::kInvoke) return std::nullopt;
    if (!LooksLikeTransaction(collector_->values(), event->value)) {
      return "the invocation has no function (f), and its value is no transaction";
    }
    event->function = kTxn;
    event->has_function = true;
    return std::nullopt;
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

bool LooksLikeTransaction(const ValueTable& values, ValueId value) {
  if (!values.IsList(value)) return false;
  for (const ValueId part : values.Elements(value)) {
    if (!values.IsList(part)) return false;
    const auto micro = values.Elements(part);
    if (micro.empty() || values.kind(micro[0]) != ValueKind::kString) return false;
  }
  return true;
}

}  // namespace cleave
