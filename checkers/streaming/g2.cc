// See g2.h.
#include "checkers/streaming/g2.h"

#include "checkers/by_key.h"
#include "checkers/streaming/findings.h"

namespace cleave {
namespace {

struct Inserts {
  uint32_t attempts = 0, committed = 0;
  uint32_t first = kNone;  // to commit, in call order
};

/// The key that an insert is for.
ValueId KeyOfInsert(const Findings& findings, uint32_t i) {
  const Operation& op = findings.op(i);
  const ValueTable& values = findings.values();
  if (op.key != kNoKey) return findings.history().keys()[op.key];
  if (values.IsList(op.input)) {
    const auto parts = values.Elements(op.input);
    if (parts.size() == 2 && values.IsList(parts[1])) return parts[0];
  }
  throw std::invalid_argument("an insert has a key, or is [key, [a-id, b-id]]; " +
                              findings.Name(i) + " has " + findings.Text(op.input));
}

void BothCommitted(Findings* findings, uint32_t first, uint32_t second, ValueId key) {
  findings->Report("G2", findings->op(second).key, {first, second}, [&] {
    return Explained{findings->Name(first) + " and " + findings->Name(second) +
                         " both inserted for " + "key " + findings->Text(key) +
                         ", each after reading that nobody had: whichever came first, the other " +
                         "read what was no longer so. This is a write skew.",
                     {{"key", findings->values().ToShortJson(key)}}};
  });
}

}  // namespace

CheckResult CheckG2(const History& history, const CheckOptions& options) {
  return Judged("g2", history, options, [&](Findings* findings) {
    const FunctionId insert = FunctionNamed(history, "insert");
    findings->Hold(history.values().size() * sizeof(Inserts), "the keys");
    std::vector<Inserts> keys(history.values().size());
    for (uint32_t i = 0; i < history.operations().size(); ++i) {
      const Operation& op = history.operations()[i];
      if (op.function != insert) UnknownFunction(history, i, "insert");
      findings->Step(1, i);
      const ValueId name = KeyOfInsert(*findings, i);
      Inserts& key = keys[name];
      ++key.attempts;
      if (op.outcome != Outcome::kOk) continue;
      if (++key.committed == 1) {
        key.first = i;
      } else {
        BothCommitted(findings, key.first, i, name);
      }
    }
    uint64_t used = 0, contended = 0, legal = 0;
    for (const Inserts& key : keys) {
      used += key.attempts > 0;
      contended += key.attempts > 1 && key.committed > 0;
      legal += key.committed == 1;
    }
    Shown shown;
    shown.data = {{"keys", used}, {"contended", contended}, {"legal", legal}};
    if (contended == 0) shown.unknown = "no key had two inserts of which one was ok";
    shown.valid = "on each of " + std::to_string(contended) +
                  " keys that two transactions wanted, only one inserted";
    return shown;
  });
}

}  // namespace cleave
