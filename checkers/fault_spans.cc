// See fault_spans.h.
#include "checkers/fault_spans.h"

namespace cleave {
namespace {

bool Effective(const Json& value) {
  if (!value.is_object()) return false;
  const auto evidence = value.find("evidence");
  if (evidence == value.end() || !evidence->is_object()) return false;
  return evidence->value("effective", Json(false)) == Json(true);
}

void Started(const FaultEvent& event, Json value, FaultSpan* window) {
  window->begin = event.position;
  window->begin_time = event.time;
  window->start = std::move(value);
  if (!window->start.is_object()) return;
  window->failed = window->start.contains("error");
  window->effective = Effective(window->start);
  const auto nodes = window->start.find("nodes");
  if (nodes == window->start.end() || !nodes->is_array()) return;
  for (const Json& node : *nodes) {
    if (node.is_string()) window->nodes.push_back(node.get<std::string>());
  }
}

}  // namespace

std::vector<FaultSpan> FaultSpans(const History& history) {
  std::vector<FaultSpan> windows;
  for (const FaultEvent& event : history.faults()) {
    const std::string& f = history.FunctionName(event.function);
    const bool start = f.starts_with("start-"), stop = f.starts_with("stop-");
    if (!start && !stop) continue;
    const std::string fault = f.substr(start ? 6 : 5);
    const bool asked = event.type == EventType::kInvoke;
    if (start && asked) continue;  // in force only once it has completed
    Json value = event.value == kNoValue ? Json() : history.values().ToJson(event.value);
    if (start) {
      windows.emplace_back().fault = fault;
      Started(event, std::move(value), &windows.back());
      continue;
    }
    for (size_t i = windows.size(); i-- > 0;) {
      FaultSpan& window = windows[i];
      if (window.fault != fault) continue;
      if (asked && window.end == kNever) {
        window.end = event.position;
        window.end_time = event.time;
      } else if (!asked && window.healed_time == kNoTime) {
        if (window.end == kNever) window.end = event.position, window.end_time = event.time;
        window.healed_time = event.time;
        window.effective |= Effective(value);
        window.stop = std::move(value);
      }
      break;
    }
  }
  return windows;
}

}  // namespace cleave
