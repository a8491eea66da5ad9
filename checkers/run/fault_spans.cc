// See fault_spans.h.
#include "checkers/run/fault_spans.h"

#include <map>

namespace cleave {
namespace {

/// What the evidence of a completion says under `name`; null where it says nothing.
Json Evidence(const Json& value, const char* name) {
  if (!value.is_object()) return nullptr;
  const auto evidence = value.find("evidence");
  if (evidence == value.end() || !evidence->is_object()) return nullptr;
  return evidence->value(name, Json());
}

bool Effective(const Json& value) { return Evidence(value, "effective") == Json(true); }

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

/// Indices into the windows of one fault that no stop has healed yet, in order of their starts.
struct Open {
  std::vector<size_t> begun, failed;

  std::vector<size_t>* Latest() {
    return !begun.empty() ? &begun : !failed.empty() ? &failed : nullptr;
  }
};

void Stopped(const FaultEvent& event, Json value, FaultSpan* window) {
  if (window->end == kNever) {
    window->end = event.position;
    window->end_time = event.time;
  }
  if (event.type == EventType::kInvoke) return;
  window->effective |= Effective(value);
  window->healed = Evidence(value, "healed") != Json(false);
  window->stop = std::move(value);
  if (window->healed) {
    window->healed_time = event.time;
  } else {
    // Still in force: it ends with the stop that heals it.
    window->end = kNever;
    window->end_time = kNoTime;
  }
}

}  // namespace

std::vector<FaultSpan> FaultSpans(const History& history) {
  std::vector<FaultSpan> windows;
  std::map<std::string, Open> open;
  for (const FaultEvent& event : history.faults()) {
    const std::string& f = history.FunctionName(event.function);
    const bool start = f.starts_with("start-"), stop = f.starts_with("stop-");
    if (!start && !stop) continue;
    const std::string fault = f.substr(start ? 6 : 5);
    if (start && event.type == EventType::kInvoke) continue;  // in force only once it has completed
    Json value = event.value == kNoValue ? Json() : history.values().ToJson(event.value);
    Open& unhealed = open[fault];
    if (start) {
      FaultSpan& window = windows.emplace_back();
      window.fault = fault;
      Started(event, std::move(value), &window);
      (window.failed ? unhealed.failed : unhealed.begun).push_back(windows.size() - 1);
    } else if (std::vector<size_t>* which = unhealed.Latest()) {
      FaultSpan& window = windows[which->back()];
      Stopped(event, std::move(value), &window);
      if (window.healed) which->pop_back();
    }
  }
  return windows;
}

}  // namespace cleave
