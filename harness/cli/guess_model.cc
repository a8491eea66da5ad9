// Most functions belong to one model. Those that several share are told apart by their values: what
// transactions are made of, and whether what is added is read as a list or as a number.
#include "harness/cli/guess_model.h"

#include "checkers/checker.h"

namespace cleave {
namespace {

/// "append" for a transaction that appends, "rw-register" for one that writes, "" for other values.
std::string TransactionModel(const History& history, ValueId value) {
  const ValueTable& values = history.values();
  if (!values.IsList(value)) return "";
  for (const ValueId part : values.Elements(value)) {
    if (!values.IsList(part) || values.Elements(part).empty()) continue;
    const ValueId f = values.Elements(part)[0];
    const std::string_view name =
        values.kind(f) == ValueKind::kString ? values.AsText(f) : std::string_view();
    if (name == "append") return "append";
    if (name == "w") return "rw-register";
  }
  return "";
}

/// What one operation says of the model, "" where it says nothing.
std::string ModelOf(const History& history, const Operation& op) {
  switch (op.function) {
    case kTxn: return TransactionModel(history, op.input);
    case kAppend: return "kv-append";
    case kEnqueue:
    case kDequeue:
    case kDrain: return "queue";
    case kAcquire:
    case kRelease: return "mutex";
    case kTransfer: return "bank";
    case kWrite:
    case kCas:
    case kPut: return "linearizable";
    case kRead:
      if (op.outcome != Outcome::kOk || op.output == kNoValue) return "";
      if (history.values().kind(op.output) == ValueKind::kMap) return "bank";
      return "";
    default: return "";
  }
}

/// A set's elements are read as a list, a counter's sum as a number.
std::string ModelOfAdds(const History& history) {
  for (const Operation& op : history.operations()) {
    if (op.function == kRead && op.outcome == Outcome::kOk && op.output != kNoValue) {
      return history.values().IsInt(op.output) ? "counter" : "set";
    }
  }
  return "set";
}

}  // namespace

std::string GuessModel(const History& history) {
  bool seen[kWellKnownFunctions] = {};
  std::string model;
  for (const Operation& op : history.operations()) {
    if (op.function < kWellKnownFunctions) seen[op.function] = true;
    if (model = ModelOf(history, op); !model.empty()) break;
  }
  if (model.empty() && seen[kTxn]) model = "append";
  if (model.empty() && seen[kAdd]) model = ModelOfAdds(history);
  if (model.empty() && (seen[kRead] || seen[kGet])) model = "linearizable";
  return FindChecker(model) == nullptr ? "" : model;
}

}  // namespace cleave
