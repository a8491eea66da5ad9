// What the fields of an event mean, whatever notation they were written in: shared by the readers
// of JSON, EDN and logs, so that the same event in each is the same event.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/history/event_collector.h"

namespace cleave {

/// The fields that mean something, as bits.
enum class EventField : unsigned {
  kUnknown = 0,
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

EventField EventFieldByName(std::string_view name);

/// A few bytes of a file for a message, without anything that could upset a terminal.
std::string Excerpt(std::string_view text);

// Each sets a part of `event`, or returns why it cannot. A leading colon of a name means nothing.

std::optional<std::string> SetType(std::string_view name, RawEvent* event);
/// Bounds how many functions a history may have.
std::optional<std::string> SetFunction(std::string_view name, EventCollector* collector,
                                       RawEvent* event);
/// A number below 0 is a process of its own, as a name is.
void SetProcess(int64_t number, EventCollector* collector, RawEvent* event);
std::optional<std::string> SetTime(double nanoseconds, RawEvent* event);

/// Takes the value [key value] of an operation on an independent key apart (jepsen.independent).
/// Leaves alone what names its key already, completions without a value, and the nemesis.
std::optional<std::string> SplitTuple(const ValueTable& values, RawEvent* event);

/// When all other fields are set: an event without a function. A completion's is its invocation's,
/// and an invocation whose value is a transaction is a txn.
std::optional<std::string> InferFunction(const ValueTable& values, RawEvent* event);

/// True for [] and for a list of lists that begin with a word: the value of a transaction.
bool LooksLikeTransaction(const ValueTable& values, ValueId value);

}  // namespace cleave
