// What a generator emits and a client is asked to do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/history/json.h"
#include "harness/history/operation.h"

namespace cleave {

/// An operation before it has a process or a time. For the nemesis, `f` is "start-partition",
/// "stop-partition", …, and `value` the fault's parameters.
struct Op {
  enum class Kind : uint8_t { kInvoke, kSleep, kLog };
  std::string f;
  Json value;
  Json key;  // null: no independent key
  Kind kind = Kind::kInvoke;
  int64_t sleep = 0;    // kSleep: nanoseconds
  int64_t timeout = 0;  // kInvoke: nanoseconds; where the run gives less, this long
};

inline Op MakeOp(std::string f, Json value = nullptr, Json key = nullptr) {
  Op op;
  op.f = std::move(f);
  op.value = std::move(value);
  op.key = std::move(key);
  return op;
}

/// An operation as a client receives it.
struct Invocation {
  std::string f;
  Json value;
  Json key;
  int32_t process = 0;
  int32_t thread = 0;    // which worker; kNemesis for the nemesis
  int64_t time = 0;      // nanoseconds since the run began
  int64_t deadline = 0;  // the same clock: the runner gives up then, and so should the client
};

/// What a client learned. kFail only for what certainly did not happen.
struct Completion {
  Outcome outcome = Outcome::kInfo;
  Json value;                    // kOk: the completion's value; null: the input stands
  std::string error;             // a short symbol: "timeout", "connection-refused", "mismatch"
  std::string text;              // details for people, or ""
  std::optional<Json> observed;  // kFail: the state that made it fail
};

inline Completion Succeeded(Json value) {
  Completion completion;
  completion.outcome = Outcome::kOk;
  completion.value = std::move(value);
  return completion;
}

}  // namespace cleave
