// Sentences for register anomalies; see register_words.h.
#include "checkers/register/register_words.h"

#include <algorithm>
#include <set>

#include "checkers/no_index.h"
#include "checkers/object/partial_orders.h"
#include "checkers/words.h"

namespace cleave {
namespace {

using Kind = RegisterOp::Kind;
using Violation = ZoneViolation::Kind;
constexpr size_t kMostEvidence = 32;
constexpr size_t kMostCited = 400;

/// How far orders of these operations come, for an anomaly's details.
Json RegisterPartialOrders(const History& history, const RegisterKey& key,
                           std::span<const uint32_t> operations) {
  const ModelInfo& info = *FindModel("cas-register");
  const auto model = info.make({&history, key.values[RegisterKey::kInitial]});
  return DescribePartialOrders(history, key.key, operations, info, *model);
}

class Words {
 public:
  Words(const History& history, const RegisterKey& key) : history_(history), key_(key) {}

  std::string Value(uint32_t local) const {
    return key_.values[local] == kNoValue ? "the initial value"
                                          : history_.values().ToShortText(key_.values[local]);
  }
  std::string OfKey() const { return cleave::OfKey(history_, key_.key); }
  /// "process 3's read", "process 1's write of 7", "process 2's cas 1→2".
  std::string Who(const RegisterOp& op) const {
    const Operation& o = history_.operations()[op.operation];
    const std::string process = ProcessOf(o);
    switch (op.kind) {
      case Kind::kWrite: return process + "write of " + Value(op.b);
      case Kind::kCas: return process + "cas " + Value(op.a) + "→" + Value(op.b);
      case Kind::kDiffer: return process + "cas from " + Value(op.a) + " (a mismatch)";
      case Kind::kRead: break;
    }
    return process + (o.outcome == Outcome::kFail
                          ? "failed " + Shortened(history_.FunctionName(o.function))
                          : "read");
  }
  static std::string Called(const RegisterOp& op) { return CalledAt(op.call); }
  static std::string Returned(const RegisterOp& op) { return ReturnedAt(op.ret); }
  /// What an operation shows: "process 1's write of 7 had returned (event 8)".
  std::string HadReturned(const RegisterOp& op) const {
    const std::string event = " (event " + std::to_string(op.ret) + ")";
    if (op.kind == Kind::kRead) return Who(op) + " had already returned " + Value(op.a) + event;
    return Who(op) + " had returned" + event;
  }
  /// The value of the register right after (a change) or at (an observation) the operation.
  uint32_t After(const RegisterOp& op) const { return op.changes() ? op.b : op.a; }

 private:
  const History& history_;
  const RegisterKey& key_;
};

class ZoneExplainer {
 public:
  ZoneExplainer(const History& history, const RegisterKey& key, const ZoneViolation& violation)
      : history_(history), key_(key), violation_(violation), words_(history, key) {}

  Anomaly Explain() {
    anomaly_.key = key_.key;
    for (const uint32_t i : violation_.ops) {
      if (i != kNone) evidence_.insert(i);
    }
    switch (violation_.kind) {
      case Violation::kUnwritten: Unwritten(op(0)); break;
      case Violation::kDoubleCas: DoubleCas(op(0), op(1)); break;
      case Violation::kCasCycle: CasCycle(); break;
      case Violation::kFuture: Future(op(0), op(1)); break;
      case Violation::kBackwards: Backwards(op(0), op(1)); break;
      case Violation::kOverwritten: Overwritten(); break;
    }
    Close();
    for (const uint32_t i : evidence_) anomaly_.operations.push_back(key_.ops[i].operation);
    anomaly_.detail = RegisterPartialOrders(history_, key_, anomaly_.operations);
    for (const uint32_t i : failed_) anomaly_.operations.push_back(i);
    auto& cited = anomaly_.operations;  // a failed cas may be there twice, as what it saw too
    std::sort(cited.begin(), cited.end());
    cited.erase(std::unique(cited.begin(), cited.end()), cited.end());
    return std::move(anomaly_);
  }

 private:
  const RegisterOp& op(size_t i) const { return key_.ops[violation_.ops[i]]; }

  /// Adds whoever wrote a value that the evidence speaks of, and for a crashed change whoever saw
  /// it.
  void Close() {
    std::vector<uint32_t> todo(evidence_.begin(), evidence_.end());
    while (!todo.empty() && evidence_.size() < kMostEvidence) {
      const RegisterOp o = key_.ops[todo.back()];
      todo.pop_back();
      uint32_t writer = kNone, observer = kNone;
      const bool doubtful = o.changes() && o.crashed();
      for (uint32_t i = 0; i < key_.ops.size(); ++i) {
        const RegisterOp& other = key_.ops[i];
        if (o.demands() && other.changes() && other.b == o.a && writer == kNone) writer = i;
        if (!doubtful || !other.demands() || other.kind == Kind::kDiffer || other.a != o.b)
          continue;
        // Better one that certainly saw it than one that is doubtful itself.
        if (observer == kNone || (key_.ops[observer].crashed() && !other.crashed())) observer = i;
      }
      if (writer != kNone && evidence_.insert(writer).second) todo.push_back(writer);
      if (observer != kNone && evidence_.insert(observer).second) todo.push_back(observer);
    }
  }

  /// The index of a write or cas that tried to make `value` and certainly failed; kNone if none
  /// did.
  uint32_t FailedWriter(ValueId value, Position before) const {
    const auto ops = history_.operations();
    for (uint32_t i = 0; i < ops.size(); ++i) {
      if (ops[i].call > before) break;
      if (ops[i].outcome != Outcome::kFail || ops[i].key != key_.key) continue;
      if ((ops[i].function == kWrite || ops[i].function == kPut) && ops[i].input == value) return i;
      if (ops[i].function != kCas || !history_.values().IsList(ops[i].input)) continue;
      if (history_.values().Elements(ops[i].input).back() == value) return i;
    }
    return kNone;
  }

  void Unwritten(const RegisterOp& o) {
    const std::string value = words_.Value(o.a);
    anomaly_.name = o.kind == Kind::kCas ? "cas-of-unwritten" : "read-of-unwritten";
    anomaly_.explanation =
        Capital(words_.Who(o)) + words_.OfKey() +
        (o.kind == Kind::kCas ? HowSucceeded(o)
                              : " returned " + value + " (event " + std::to_string(o.ret) + ")") +
        ", but nobody had written " + value + ": ";
    const uint32_t failed = FailedWriter(key_.values[o.a], o.ret);
    if (failed == kNone) {
      anomaly_.explanation +=
          "it is not the initial value, and no other write or cas of it had been called.";
      return;
    }
    if (o.kind != Kind::kCas) anomaly_.name = "read-of-failed-write";
    failed_.push_back(failed);
    const Operation& f = history_.operations()[failed];
    anomaly_.explanation += "process " + std::to_string(f.process) + "'s " +
                            history_.Describe(failed) + " had certainly not happened (event " +
                            std::to_string(f.ret) + ").";
  }

  std::string HowSucceeded(const RegisterOp& o) const {
    return o.crashed()
               ? " took effect (its outcome is unknown, but " + words_.Value(o.b) + " was seen)"
               : " succeeded (event " + std::to_string(o.ret) + ")";
  }

  void DoubleCas(const RegisterOp& a, const RegisterOp& b) {
    anomaly_.name = "double-cas";
    anomaly_.explanation = Capital(words_.Who(a)) + HowSucceeded(a) + " and " + words_.Who(b) +
                           HowSucceeded(b) + ", both from " + words_.Value(a.a) + words_.OfKey() +
                           ", which was there only once: after the first of them the value was no "
                           "longer " +
                           words_.Value(a.a) + ", and nobody wrote it again.";
  }

  void CasCycle() {
    if (violation_.ops.size() == 1) return Unwritten(op(0));  // from a value to itself
    anomaly_.name = "cas-cycle";
    anomaly_.explanation =
        "These cas" + words_.OfKey() + " took their values only from each other:";
    for (size_t i = 0; i < violation_.ops.size() && i < kMostEvidence; ++i) {
      anomaly_.explanation += (i == 0 ? " " : ", ") + words_.Who(op(i));
    }
    anomaly_.explanation +=
        ". None of them can have been the first, as no write made any of the values.";
  }

  void Future(const RegisterOp& early, const RegisterOp& writer) {
    anomaly_.name = "future-read";
    anomaly_.explanation =
        Capital(words_.Who(early)) + words_.OfKey() +
        (early.kind == Kind::kCas ? " succeeded from " : " returned ") + words_.Value(early.a) +
        " (event " + std::to_string(early.ret) + ") before " + words_.Who(writer) +
        ", the only one that made this value, was " + words_.Called(writer) + ".";
  }

  void Backwards(const RegisterOp& late, const RegisterOp& early) {
    const std::string value = words_.Value(words_.After(late));
    const std::string newer = words_.Value(words_.After(early));
    if (late.changes()) {
      anomaly_.name = "future-read";
      anomaly_.explanation = Capital(words_.HadReturned(early)) + words_.OfKey() + " before " +
                             words_.Who(late) + " was " + words_.Called(late) + ", but " + newer +
                             " came from " + value + " by cas: it cannot have been there yet.";
      return;
    }
    anomaly_.name = "stale-read";
    anomaly_.explanation = Capital(words_.Who(late)) + words_.OfKey() + " was " +
                           words_.Called(late) + ", after " + words_.HadReturned(early) +
                           ", and yet returned " + value + " (event " + std::to_string(late.ret) +
                           "). A cas had turned " + value +
                           (After(early, late) ? "" : ", step by step,") + " into " + newer +
                           ", and nobody wrote " + value + " again.";
  }
  bool After(const RegisterOp& early, const RegisterOp& late) const {
    return early.kind == Kind::kCas && early.a == late.a;
  }

  void Overwritten() {
    const auto at = [&](size_t i) {
      return violation_.ops[i] == kNone ? nullptr : &key_.ops[violation_.ops[i]];
    };
    const RegisterOp *x = at(0), *y = at(1), *z = at(2), *r = at(3);
    const bool cas = r->changes();
    const std::string old = words_.Value(r->demands() ? r->a : r->b);
    anomaly_.name = cas ? "lost-update" : "stale-read";
    std::string& text = anomaly_.explanation;
    text = Capital(words_.Who(*r)) + words_.OfKey() + " was " + words_.Called(*r);
    if (z != nullptr) text += ", after " + words_.HadReturned(*z) + ",";
    text += " and yet";
    text += cas ? HowSucceeded(*r) + ", from " + old
                : " returned " + old + " (event " + std::to_string(r->ret) + ")";
    text += ". But " + old + " was older and gone: ";
    if (x == nullptr) {
      text += "it " + std::string(r->a == RegisterKey::kInitial ? "is" : "follows from") +
              " the initial value";
    } else {
      text += words_.HadReturned(*x);
      if (words_.After(*x) != r->a) {
        text += " (" + words_.Value(words_.After(*x)) + " and " + old + " are linked by cas)";
      }
      text += " before " + words_.Who(*y);
      if (y->kind == Kind::kRead) text += ", which saw " + words_.Value(y->a) + ",";
      text += " was " + words_.Called(*y);
    }
    const std::string newer = words_.Value(words_.After(*(z != nullptr ? z : y)));
    text += ", so " + newer + " came after " + old + ", and nobody wrote " + old + " again.";
  }

  const History& history_;
  const RegisterKey& key_;
  const ZoneViolation& violation_;
  const Words words_;
  std::set<uint32_t> evidence_;
  std::vector<uint32_t> failed_;  // operations of the history that are not among key.ops
  Anomaly anomaly_;
};

}  // namespace

Anomaly ExplainZones(const History& history, const RegisterKey& key,
                     const ZoneViolation& violation) {
  return ZoneExplainer(history, key, violation).Explain();
}

namespace {

/// Whether a value of the evidence was also made by operations that were left out.
bool OthersWrote(const RegisterKey& key, const RegisterEvidence& evidence) {
  std::vector<uint32_t> makers(key.values.size(), 0);
  const Position end = evidence.ops[evidence.result.failed].ret;
  for (const RegisterOp& op : key.ops) makers[op.b] += op.changes() && op.call < end;
  for (const RegisterOp& op : evidence.ops) makers[op.b] -= op.changes();
  for (const RegisterOp& op : evidence.ops) {
    if (op.changes() && makers[op.b] > 0) return true;
  }
  return false;
}

/// "1, 2 or a value that nobody read".
std::string Possible(const Words& words, const FrontierResult& result) {
  std::vector<std::string> values;
  for (const uint32_t value : result.possible) values.push_back(words.Value(value));
  if (result.possible_unasked) values.push_back("a value that nobody read");
  return Alternatives(values);
}

}  // namespace

Anomaly ExplainEvidence(const History& history, const RegisterKey& key,
                        const RegisterEvidence& evidence) {
  const RegisterKey alone{key.key, evidence.ops, key.values};
  const ZoneResult zones = CheckZones(alone, 1);
  const Words words(history, key);
  Anomaly anomaly;
  anomaly.key = key.key;
  if (!zones.violations.empty()) {
    anomaly = ExplainZones(history, alone, zones.violations[0]);
    const bool from_nowhere = zones.violations[0].kind == ZoneViolation::Kind::kUnwritten;
    if (!from_nowhere && OthersWrote(key, evidence)) {
      anomaly.explanation +=
          " (Other writes of these values were overwritten before, or came too late, to be seen.)";
    }
    return anomaly;
  }
  anomaly.name = "non-linearizable";
  const RegisterOp& failed = evidence.ops[evidence.result.failed];
  std::string& text = anomaly.explanation;
  text = "No order of these " + std::to_string(evidence.ops.size()) + " operations" +
         words.OfKey() + " explains what they returned. When " + words.Who(failed) +
         (failed.kind == Kind::kRead ? " of " + words.Value(failed.a) : "") + " " +
         Words::Returned(failed) + ", the register could only have been " +
         Possible(words, evidence.result) + ", whichever way the open operations are put:";
  const size_t told = evidence.ops.size() > kMostEvidence ? evidence.ops.size() - kMostEvidence : 0;
  for (size_t i = told; i < evidence.ops.size(); ++i) {
    const RegisterOp& op = evidence.ops[i];
    text += (i > told   ? "; "
             : told > 0 ? " …; "
                        : " ") +
            words.Who(op) + (op.kind == Kind::kRead ? " of " + words.Value(op.a) : "") +
            AtEvents(op.call, op.ret);
  }
  text += ".";
  // Evidence that could not be shrunk in time is the whole prefix: its end is what matters.
  const size_t skipped = evidence.ops.size() > kMostCited ? evidence.ops.size() - kMostCited : 0;
  for (size_t i = skipped; i < evidence.ops.size(); ++i) {
    anomaly.operations.push_back(evidence.ops[i].operation);
  }
  if (skipped > 0) {
    anomaly.explanation += " (Only the last " + std::to_string(kMostCited) + " of " +
                           std::to_string(evidence.ops.size()) +
                           " operations are cited: there was no time to find out which matter.)";
  }
  anomaly.detail = RegisterPartialOrders(history, key, anomaly.operations);
  return anomaly;
}

}  // namespace cleave
