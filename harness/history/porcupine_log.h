// Lines of Jepsen's log as Porcupine's etcd histories keep them:
//   INFO  jepsen.util - PROCESS<tab>:invoke|:ok|:fail|:info<tab>:read|:write|:cas<tab>VALUE
// A failed cas did not find the expected value; any other failure constrains nothing. Other lines
// of the log are no events.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/history/event_collector.h"

namespace cleave {

/// True where the line has the shape of an event, well-formed or not.
bool IsPorcupineEvent(std::string_view line);
/// Returns why the line is not an event, or nothing and sets `event`.
std::optional<std::string> ParsePorcupineLine(std::string_view line, EventCollector* collector,
                                              RawEvent* event);

}  // namespace cleave
