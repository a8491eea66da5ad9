// Most functions belong to one model. Those that several share are told apart by the functions
// beside them and by values: what transactions are made of, and whether what was added is read as a
// list or as a number.
#include "harness/cli/guess_model.h"

#include <algorithm>

#include "checkers/checker.h"

namespace cleave {
namespace {

struct Hints {
  bool seen[kWellKnownFunctions] = {};
  bool reads_number = false, reads_map = false;
  bool appends = false, writes = false;  // in transactions

  bool Any(std::initializer_list<WellKnownFunction> functions) const {
    return std::any_of(functions.begin(), functions.end(), [&](auto f) { return seen[f]; });
  }
};

void LookIntoTransaction(const ValueTable& values, ValueId value, Hints* hints) {
  if (!values.IsList(value)) return;
  for (const ValueId part : values.Elements(value)) {
    if (!values.IsList(part) || values.Elements(part).empty()) continue;
    const ValueId f = values.Elements(part)[0];
    if (values.kind(f) != ValueKind::kString) continue;
    hints->appends = hints->appends || values.AsText(f) == "append";
    hints->writes = hints->writes || values.AsText(f) == "w";
  }
}

Hints HintsOf(const History& history) {
  Hints hints;
  const ValueTable& values = history.values();
  for (const Operation& op : history.operations()) {
    if (op.function >= kWellKnownFunctions) continue;
    hints.seen[op.function] = true;
    if (op.function == kTxn && !hints.appends) LookIntoTransaction(values, op.input, &hints);
    if (op.function == kRead && op.outcome == Outcome::kOk && op.output != kNoValue) {
      hints.reads_number = hints.reads_number || values.IsInt(op.output);
      hints.reads_map = hints.reads_map || values.kind(op.output) == ValueKind::kMap;
    }
  }
  return hints;
}

const char* Guess(const Hints& hints) {
  if (hints.seen[kTxn]) return hints.writes && !hints.appends ? "rw-register" : "append";
  if (hints.seen[kTransfer]) return "bank";
  if (hints.seen[kAppend]) return hints.seen[kRead] ? "list" : "kv-append";
  if (hints.Any({kEnqueue, kDequeue, kDrain})) return "queue";
  if (hints.Any({kAcquire, kRelease})) return "mutex";
  if (hints.Any({kWrite, kCas, kPut})) return "linearizable";
  if (hints.seen[kAdd]) return hints.reads_number ? "counter" : "set";
  if (hints.seen[kRead] && hints.reads_map) return "bank";
  return hints.Any({kRead, kGet}) ? "linearizable" : "";
}

}  // namespace

std::string GuessModel(const History& history) {
  const std::string model = Guess(HintsOf(history));
  return FindChecker(model) == nullptr ? "" : model;
}

}  // namespace cleave
