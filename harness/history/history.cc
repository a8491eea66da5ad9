// Pairing events into operations, and saying what an operation was.
#include "harness/history/history.h"

#include <algorithm>

#include "harness/history/check.h"

namespace cleave {
namespace {

constexpr uint32_t kClosed = UINT32_MAX;
constexpr const char* kFunctionNames[] = {"read",    "write",    "cas",     "add",   "txn",
                                          "append",  "enqueue",  "dequeue", "drain", "acquire",
                                          "release", "transfer", "get",     "put"};
static_assert(std::size(kFunctionNames) == kWellKnownFunctions);

std::string ProcessName(int32_t process) {
  return process == kNemesis ? "the nemesis" : "process " + std::to_string(process);
}

}  // namespace

const char* EventTypeName(EventType type) {
  constexpr const char* kNames[] = {"invoke", "ok", "fail", "info"};
  return kNames[static_cast<size_t>(type)];
}

const char* OutcomeName(Outcome outcome) {
  constexpr const char* kNames[] = {"ok", "fail", "info"};
  return kNames[static_cast<size_t>(outcome)];
}

HistoryBuilder::HistoryBuilder() {
  history_.functions_.assign(std::begin(kFunctionNames), std::end(kFunctionNames));
  mismatch_ = history_.values_.String("mismatch");
}

void HistoryBuilder::Reserve(size_t events) {
  const size_t operations = events / 2 + 1;
  history_.operations_.reserve(operations);
  history_.times_.reserve(operations);
  history_.nodes_.reserve(operations);
  history_.errors_.reserve(operations);
}

std::optional<FunctionId> HistoryBuilder::FindFunction(std::string_view name) const {
  const auto known = history_.functions_.begin() + kWellKnownFunctions;
  const auto it = std::find(history_.functions_.begin(), known, name);
  if (it != known) return static_cast<FunctionId>(it - history_.functions_.begin());
  const auto other = other_functions_.find(name);
  if (other == other_functions_.end()) return std::nullopt;
  return other->second;
}

FunctionId HistoryBuilder::Function(std::string_view name) {
  if (const auto known = FindFunction(name)) return *known;
  auto& names = history_.functions_;
  CHECK(names.size() < UINT16_MAX) << "a history has at most 65,535 function names";
  names.emplace_back(name);
  const auto number = static_cast<FunctionId>(names.size() - 1);
  other_functions_.emplace(name, number);
  return number;
}

KeyId HistoryBuilder::Key(ValueId value) {
  if (value == kNoValue || value == kNull) return kNoKey;
  if (value >= key_of_value_.size()) {
    key_of_value_.resize(std::max<size_t>(value + 1, key_of_value_.size() * 2), kNoKey);
  }
  KeyId& key = key_of_value_[value];
  if (key == kNoKey) {
    key = static_cast<KeyId>(history_.keys_.size());
    history_.keys_.push_back(value);
  }
  return key;
}

uint16_t HistoryBuilder::NodeOf(ValueId name) {
  if (name == kNoValue || name == kNull) return 0;
  if (name >= node_of_value_.size()) node_of_value_.resize(name + 1, 0);
  uint16_t& node = node_of_value_[name];
  if (node == 0) {
    // One name more than fits, and the rest, share the last number: no cluster has so many nodes.
    if (history_.node_names_.size() == UINT16_MAX) return UINT16_MAX - 1;
    node = static_cast<uint16_t>(history_.node_names_.size());
    const bool text = values().kind(name) == ValueKind::kString;
    history_.node_names_.push_back(text ? std::string(values().AsText(name))
                                        : values().ToText(name));
  }
  return node;
}

std::optional<std::string> HistoryBuilder::Add(const RawEvent& event) {
  CHECK(history_.event_count_ < kNever - 1) << "a history holds at most 2^32 - 2 events";
  std::optional<std::string> problem;
  if (event.process == kNemesis) {
    history_.faults_.push_back(
        {history_.event_count_, event.time, event.type, event.function, event.value});
  } else if (event.type == EventType::kInvoke) {
    problem = Invoke(event);
  } else {
    problem = Complete(event);
  }
  if (!problem) ++history_.event_count_;
  return problem;
}

std::optional<std::string> HistoryBuilder::Invoke(const RawEvent& event) {
  uint32_t& open = open_.try_emplace(event.process, kClosed).first->second;
  if (open != kClosed) {
    return ProcessName(event.process) + " invokes " +
           Shortened(history_.functions_[event.function]) + " while its " +
           history_.Describe(open) + " is still open: a process does one thing at a time";
  }
  open = static_cast<uint32_t>(history_.operations_.size());
  history_.operations_.push_back({event.process, event.function, Outcome::kInfo, false, false,
                                  Key(event.key), event.value == kNoValue ? kNull : event.value,
                                  kNoValue, history_.event_count_, kNever});
  history_.times_.push_back({event.time, kNoTime});
  history_.nodes_.push_back(NodeOf(event.node));
  history_.errors_.push_back(kNoValue);
  return std::nullopt;
}

std::optional<std::string> HistoryBuilder::Complete(const RawEvent& event) {
  const auto it = open_.find(event.process);
  if (it == open_.end() || it->second == kClosed) {
    return std::string(EventTypeName(event.type)) +
           " without an invocation: " + ProcessName(event.process) + " has no open operation";
  }
  const uint32_t index = it->second;
  Operation& op = history_.operations_[index];
  if (event.has_function && event.function != op.function) {
    return ProcessName(event.process) + " completes " +
           Shortened(history_.functions_[event.function]) + " but had invoked " +
           Shortened(history_.functions_[op.function]);
  }
  const KeyId key = Key(event.key);
  if (key != kNoKey && key != op.key) {
    return ProcessName(event.process) + " completes an operation on key " +
           values().ToShortText(event.key) + " but had invoked one on " +
           (op.key == kNoKey ? "no key" : values().ToShortText(history_.keys_[op.key]));
  }
  it->second = kClosed;
  op.output = event.value;
  history_.times_[index].ret = event.time;
  history_.errors_[index] = event.error;
  if (const uint16_t node = NodeOf(event.node); node != 0) history_.nodes_[index] = node;
  switch (event.type) {
    case EventType::kOk: op.outcome = Outcome::kOk; break;
    case EventType::kFail: op.outcome = Outcome::kFail; break;
    default: return std::nullopt;  // info: may take effect at any later time, so ret stays kNever
  }
  op.ret = history_.event_count_;
  if (op.outcome == Outcome::kFail) {
    const auto parts = values().IsList(event.error) ? values().Elements(event.error)
                                                    : std::span<const ValueId>(&event.error, 1);
    op.mismatch = !parts.empty() && parts[0] == mismatch_;
    if (event.observed != kNoValue) {
      op.has_observed = true;
      op.output = event.observed;
    }
  }
  return std::nullopt;
}

History HistoryBuilder::Finish() {
  History done = std::move(history_);
  *this = HistoryBuilder();
  return done;
}

size_t History::MemoryUse() const {
  return values_.MemoryUse() + operations_.size() * sizeof(Operation) +
         times_.size() * sizeof(Times) + nodes_.size() * sizeof(uint16_t) +
         errors_.size() * sizeof(ValueId) + faults_.size() * sizeof(FaultEvent) +
         keys_.size() * sizeof(ValueId);
}

std::string History::Describe(size_t operation) const {
  const Operation& op = operations_[operation];
  std::string text = Shortened(functions_[op.function]);
  if (op.key != kNoKey) text += " " + values_.ToShortText(keys_[op.key]);
  const bool pair =
      op.function == kCas && values_.IsList(op.input) && values_.Elements(op.input).size() == 2;
  if (pair) {
    const auto parts = values_.Elements(op.input);
    text += " " + values_.ToShortText(parts[0]) + "→" + values_.ToShortText(parts[1]);
  } else if (op.input != kNull && op.function != kTxn) {
    text += " " + values_.ToShortText(op.input);
  }
  if (op.function == kTxn) {
    const bool seen = op.outcome == Outcome::kOk && op.output != kNoValue && op.output != kNull;
    text += " " + values_.ToShortText(seen ? op.output : op.input);
  } else if (op.outcome == Outcome::kOk && op.output != kNoValue &&
             (op.output != op.input || op.function == kRead)) {
    text += " = " + values_.ToShortText(op.output);
  }
  if (op.mismatch) text += " (mismatch)";
  if (op.has_observed) text += " (saw " + values_.ToShortText(op.output) + ")";
  if (op.outcome == Outcome::kFail && !op.mismatch && !op.has_observed) text += " (failed)";
  if (op.outcome == Outcome::kInfo) text += " (unknown outcome)";
  return text;
}

}  // namespace cleave
