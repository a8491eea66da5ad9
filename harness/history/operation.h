// What a process asked of the target, and what it learned.
#pragma once

#include <cstdint>

#include "harness/history/event.h"
#include "harness/history/value.h"

namespace cleave {

/// What is known about an operation once its process has moved on.
enum class Outcome : uint8_t {
  kOk,    // it happened
  kFail,  // it certainly did not
  kInfo,  // unknown: it may take effect at any later time, or never
};

/// "ok", "fail" or "info".
const char* OutcomeName(Outcome outcome);

/// A function's place in History::functions(). The well-known ones have fixed places.
using FunctionId = uint16_t;
enum WellKnownFunction : FunctionId {
  kRead,
  kWrite,
  kCas,
  kAdd,
  kTxn,
  kAppend,
  kEnqueue,
  kDequeue,
  kDrain,
  kAcquire,
  kRelease,
  kTransfer,
  kGet,
  kPut,
  kWellKnownFunctions,
};

/// A dense number for each independent key of a history, from 0.
using KeyId = uint32_t;
inline constexpr KeyId kNoKey = UINT32_MAX;

/// The number of an event in its history. Orders events: a returned before b was called iff
/// a.ret < b.call.
using Position = uint32_t;
inline constexpr Position kNever = UINT32_MAX;

/// An operation took effect, if it did, at one moment inside the closed interval [call, ret].
/// Times are positions in the history, not nanoseconds; for kInfo, ret is kNever for checkers even
/// when an info event was recorded (see History::Times for when the client gave up).
struct Operation {
  int32_t process;  // a logical client
  FunctionId function;
  Outcome outcome;
  /// On kFail: the event says what made it fail, so that it constrains like a read.
  bool mismatch : 1;      // "error": "mismatch": the state was not the expected one
  bool has_observed : 1;  // output holds "observed": the state that made it fail
  KeyId key;              // kNoKey unless the workload has independent keys
  ValueId input;          // the value of the invocation
  ValueId output;         // the value of the completion; kNoValue where there is none
  Position call, ret;
};
static_assert(sizeof(Operation) == 28);

}  // namespace cleave
