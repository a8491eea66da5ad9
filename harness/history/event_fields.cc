// See event_fields.h.
#include "harness/history/event_fields.h"

#include <algorithm>

namespace cleave {
namespace {

constexpr size_t kMaxFunctions = 4096;

std::string_view WithoutColon(std::string_view name) {
  if (name.starts_with(':')) name.remove_prefix(1);
  return name;
}

}  // namespace

EventField EventFieldByName(std::string_view name) {
  // By length first: this is asked for every field of every event.
  switch (name.size()) {
    case 1: return name == "f" ? EventField::kF : EventField::kUnknown;
    case 3: return name == "key" ? EventField::kKey : EventField::kUnknown;
    case 4:
      if (name == "type") return EventField::kType;
      if (name == "time") return EventField::kTime;
      return name == "node" ? EventField::kNode : EventField::kUnknown;
    case 5:
      if (name == "value") return EventField::kValue;
      if (name == "index") return EventField::kIndex;
      return name == "error" ? EventField::kError : EventField::kUnknown;
    case 7: return name == "process" ? EventField::kProcess : EventField::kUnknown;
    case 8: return name == "observed" ? EventField::kObserved : EventField::kUnknown;
    default: return EventField::kUnknown;
  }
}

std::string Excerpt(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 32)) out += c >= 0x20 && c < 0x7f ? c : '.';
  return out;
}

std::optional<std::string> SetType(std::string_view name, RawEvent* event) {
  name = WithoutColon(name);
  for (const auto type : {EventType::kInvoke, EventType::kOk, EventType::kFail, EventType::kInfo}) {
    if (name == EventTypeName(type)) {
      event->type = type;
      return std::nullopt;
    }
  }
  return "unknown type \"" + Excerpt(name) + "\": it must be invoke, ok, fail or info";
}

std::optional<std::string> SetFunction(std::string_view name, EventCollector* collector,
                                       RawEvent* event) {
  name = WithoutColon(name);
  HistoryBuilder& builder = collector->builder();
  if (builder.function_count() >= kMaxFunctions && !builder.FindFunction(name)) {
    return "more than 4,096 different functions (f): this is not a history";
  }
  event->function = builder.Function(name);
  event->has_function = true;
  return std::nullopt;
}

void SetProcess(int64_t number, EventCollector* collector, RawEvent* event) {
  event->process = number >= 0 && number <= INT32_MAX
                       ? static_cast<int32_t>(number)
                       : collector->ProcessByName(std::to_string(number));
}

std::optional<std::string> SetTime(double nanoseconds, RawEvent* event) {
  constexpr double kLimit = 9.2e18;
  if (!(nanoseconds > -kLimit && nanoseconds < kLimit)) {
    return "time must be a number of nanoseconds";
  }
  event->time = static_cast<int64_t>(nanoseconds);
  return std::nullopt;
}

std::optional<std::string> SplitTuple(const ValueTable& values, RawEvent* event) {
  if (event->process == kNemesis || event->key != kNoValue) return std::nullopt;
  const bool none = event->value == kNoValue || event->value == kNull;
  if (none && event->type != EventType::kInvoke) return std::nullopt;
  if (!values.IsList(event->value) || values.Elements(event->value).size() != 2) {
    return "the value of an operation on an independent key is [key value], and this is " +
           values.ToShortText(event->value);
  }
  const auto parts = values.Elements(event->value);
  event->key = parts[0];
  event->value = parts[1];
  return std::nullopt;
}

std::optional<std::string> InferFunction(const ValueTable& values, RawEvent* event) {
  if (event->has_function) return std::nullopt;
  if (event->process == kNemesis) return "an event of the nemesis has no function (f)";
  if (event->type != EventType::kInvoke) return std::nullopt;
  if (!LooksLikeTransaction(values, event->value)) {
    return "the invocation has no function (f), and its value is no transaction";
  }
  event->function = kTxn;
  event->has_function = true;
  return std::nullopt;
}

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
