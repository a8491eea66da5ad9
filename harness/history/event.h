// One line of history.jsonl while a run is going: an invocation, its completion, or a fault.
// Of the checkers only the online ones see this type; the others read the columns of history.h.
#pragma once

#include <cstdint>
#include <string>

#include "harness/history/json.h"

namespace cleave {

enum class EventType : uint8_t { kInvoke, kOk, kFail, kInfo };

/// "invoke", "ok", "fail" or "info".
const char* EventTypeName(EventType type);

/// The process number of the nemesis, written as "nemesis" in the file.
inline constexpr int32_t kNemesis = -1;

struct Event {
  int64_t index = 0;  // position in the history, from 0, without gaps
  int64_t time = 0;   // nanoseconds since the run began, monotonic
  int32_t process = 0;
  EventType type = EventType::kInvoke;
  std::string f;     // the function's name
  Json key;          // null: the workload has no independent keys
  Json value;        // the input on kInvoke; what was learned otherwise
  std::string node;  // "" where no node is meant
  Json error;        // null, "symbol" or ["symbol", "text"]; only on kFail and kInfo
  Json observed;     // kFail only: the state that made the operation fail
  bool has_observed = false;
};

}  // namespace cleave
