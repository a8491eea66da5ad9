// Faults with their ends, the page's clock, and the places of anomalies.
#include "reports/facts.h"

#include <map>

#include "reports/html.h"

namespace cleave {
namespace {

std::vector<std::string> Strings(const Json& list) {
  std::vector<std::string> strings;
  if (!list.is_array()) return strings;
  for (const Json& item : list)
    strings.push_back(item.is_string() ? item.get<std::string>() : DumpJson(item));
  return strings;
}

/// `effective` may stand beside the evidence or inside it.
void ReadEffect(const Json& value, FaultWindow* window) {
  for (const Json* place : {&value, &At(value, "evidence")}) {
    const Json& effective = At(*place, "effective");
    if (effective.is_boolean()) window->effective = effective.get<bool>();
  }
}

/// An error may be a symbol, [symbol, text], or anything else that a driver wrote.
std::string ErrorText(const Json& error) {
  if (error.is_null()) return "";
  if (error.is_string()) return error.get<std::string>();
  std::string text;
  for (const std::string& part : Strings(error)) text += (text.empty() ? "" : ": ") + part;
  return text.empty() ? DumpJson(error) : text;
}

void TakeStart(const FaultEvent& event, int64_t time, const Json& value, FaultWindow* window) {
  if (event.type == EventType::kInvoke) {
    window->asked = time;
    window->first = event.position;
    window->parameters = value;
    return;
  }
  window->start = time;
  window->injected = value;
  window->nodes = Strings(At(value, "nodes"));
  window->error = ErrorText(At(value, "error"));
  ReadEffect(value, window);
}

/// Whether the evidence of a stop says that the fault is still there: it will be tried again.
bool Unhealed(const Json& value) {
  const Json& healed = At(At(value, "evidence"), "healed");
  return healed.is_boolean() && !healed.get<bool>();
}

void TakeStop(const FaultEvent& event, int64_t time, const Json& value, FaultWindow* window) {
  if (event.type == EventType::kInvoke) {
    window->heal = time;
    return;
  }
  window->removed = value;
  if (!Unhealed(value)) {
    window->healed = time;
    window->last = event.position;
  }
  if (window->nodes.empty()) window->nodes = Strings(At(value, "nodes"));
  if (window->error.empty()) window->error = ErrorText(At(value, "error"));
  ReadEffect(value, window);
}

/// For each window, each node's first ok operation called after the heal. One pass from the end
/// keeps, per node, the first ok return among later calls.
void FindRecoveries(const History& history, const Clock& clock, std::vector<FaultWindow>* windows) {
  std::vector<FaultWindow*> by_end;
  for (FaultWindow& window : *windows) {
    if (window.healed != kNoTime) by_end.push_back(&window);
  }
  std::sort(by_end.begin(), by_end.end(),
            [](const FaultWindow* a, const FaultWindow* b) { return a->last > b->last; });
  std::vector<int64_t> first_ok(history.node_names().size(), kNoTime);
  size_t next = history.operations().size();
  for (FaultWindow* window : by_end) {
    for (; next > 0 && history.operations()[next - 1].call > window->last; --next) {
      const size_t i = next - 1;
      if (history.operations()[i].outcome != Outcome::kOk) continue;
      int64_t& best = first_ok[history.nodes()[i]];
      if (best == kNoTime || clock.Return(i) < best) best = clock.Return(i);
    }
    for (size_t node = 1; node < first_ok.size(); ++node) {
      window->recovered.emplace_back(history.node_names()[node], first_ok[node]);
    }
    std::sort(window->recovered.begin(), window->recovered.end());
  }
}

std::string Quoted(const std::string& word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isalnum(c) || std::string_view("-_./:=,@+").find(c) != std::string_view::npos;
  });
  if (plain) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

}  // namespace

std::vector<FaultWindow> FaultWindows(const History& history) {
  const Clock clock(history);
  std::vector<FaultWindow> windows;
  std::map<std::string, std::vector<size_t>> open;  // the latest last
  for (const FaultEvent& event : history.faults()) {
    const std::string& name = history.FunctionName(event.function);
    const bool start = name.starts_with("start-");
    if (!start && !name.starts_with("stop-")) continue;
    const std::string fault = name.substr(name.find('-') + 1);
    std::vector<size_t>& begun = open[fault];
    if (start && (begun.empty() || event.type == EventType::kInvoke)) {
      begun.push_back(windows.size());
      windows.emplace_back();
      windows.back().fault = fault;
      windows.back().first = event.position;
    } else if (begun.empty()) {
      continue;  // a stop of what never began
    }
    FaultWindow& window = windows[begun.back()];
    const Json value = history.values().ToJson(event.value);
    (start ? TakeStart : TakeStop)(event, clock.At(event), value, &window);
    // A start that was refused leaves the fault that was active to be stopped.
    const bool refused = start && !window.error.empty() && begun.size() > 1;
    if (refused || window.healed != kNoTime) begun.pop_back();
  }
  FindRecoveries(history, clock, &windows);
  return windows;
}

std::string Describe(const FaultWindow& window) {
  std::string text = window.fault;
  const std::string shape = TextAt(window.parameters, "shape", TextAt(window.injected, "shape"));
  if (!shape.empty()) text += " " + shape;
  const Json& groups = At(window.injected, "groups").is_array() ? At(window.injected, "groups")
                                                                : At(window.parameters, "groups");
  if (groups.is_array() && !groups.empty()) {
    std::string sides;
    for (const Json& group : groups) {
      if (!sides.empty()) sides += " |";
      for (const std::string& node : Strings(group)) sides += (sides.empty() ? "" : " ") + node;
    }
    return text + ": " + sides;
  }
  if (!window.nodes.empty()) text += ":";
  for (const std::string& node : window.nodes) text += " " + node;
  return text;
}

std::string Kind(const std::string& fault) {
  for (const char* known : {"partition", "kill", "pause"}) {
    if (fault == known) return "kind-" + fault;
  }
  return "kind-other";
}

Clock::Clock(const History& history) : history_(history) {
  for (const Times& times : history.times()) has_times_ = has_times_ && times.call != kNoTime;
  for (size_t i = 0; i < history.operations().size(); ++i) {
    end_ = std::max({end_, Call(i), Return(i)});
  }
  for (const FaultEvent& event : history.faults()) end_ = std::max(end_, At(event));
}

int64_t Clock::Call(size_t operation) const {
  return has_times_ ? history_.times()[operation].call : history_.operations()[operation].call;
}

int64_t Clock::Return(size_t operation) const {
  const Operation& op = history_.operations()[operation];
  if (!has_times_) return op.ret == kNever ? kNoTime : op.ret;
  const Times& times = history_.times()[operation];
  return times.ret == kNoTime ? kNoTime : std::max(times.ret, times.call);
}

int64_t Clock::At(const FaultEvent& event) const {
  return has_times_ ? std::max<int64_t>(event.time, 0) : event.position;
}

std::string Clock::Text(int64_t time) const {
  if (time == kNoTime) return "–";
  if (!has_times_) return "event " + Grouped(time);
  char text[32];
  std::snprintf(text, sizeof text, "%.3f s", static_cast<double>(time) / 1e9);
  return text;
}

std::optional<uint32_t> OperationAt(const History& history, uint64_t position) {
  const auto operations = history.operations();
  const auto it = std::lower_bound(operations.begin(), operations.end(), position,
                                   [](const Operation& op, uint64_t p) { return op.call < p; });
  if (it == operations.end() || it->call != position) return std::nullopt;
  return static_cast<uint32_t>(it - operations.begin());
}

std::vector<uint32_t> OperationsOf(const Json& anomaly, const History& history) {
  std::vector<uint32_t> found;
  const Json& operations = At(anomaly, "operations");
  if (!operations.is_array()) return found;
  for (const Json& operation : operations) {
    const Json& index = At(operation, "index");
    if (!index.is_number_integer() || index.get<double>() < 0) continue;
    if (const auto i = OperationAt(history, index.get<uint64_t>())) found.push_back(*i);
  }
  return found;
}

std::vector<CitedAnomaly> AnomaliesOf(const Json& results) {
  std::vector<CitedAnomaly> cited;
  const Json& checkers = At(results, "checkers");
  if (!checkers.is_array()) return cited;
  for (const Json& checker : checkers) {
    const Json& anomalies = At(checker, "anomalies");
    if (!anomalies.is_array()) continue;
    for (const Json& anomaly : anomalies) cited.push_back({TextAt(checker, "checker"), &anomaly});
  }
  return cited;
}

const Json& Option(const Json& test, std::string_view name) {
  const Json& option = At(At(test, "options"), name);
  return option.is_null() ? At(test, name) : option;
}

std::string TargetName(const Json& test) {
  const std::string name = TextAt(At(test, "target"), "name", TextAt(test, "target"));
  return name.empty() ? TextAt(At(test, "options"), "target", "a recorded history") : name;
}

std::string WorkloadName(const Json& test) {
  const Json& workload = Option(test, "workload");
  return workload.is_string() ? workload.get<std::string>() : TextAt(workload, "name");
}

std::string CommandLine(const Json& test) {
  std::string line;
  for (const std::string& word : Strings(Option(test, "command"))) {
    line += (line.empty() ? "" : " ") + Quoted(word);
  }
  return line;
}

}  // namespace cleave
