// See unique_ids.h. Identifiers are dense numbers already: one array says who got each first.
#include "checkers/streaming/unique_ids.h"

#include "checkers/by_key.h"
#include "checkers/streaming/findings.h"

namespace cleave {
namespace {

/// An identifier as one key handed it out.
struct Handed {
  uint32_t first = kNone;
  uint32_t times = 0;
};

struct IdFigures {
  uint64_t attempted = 0, acknowledged = 0;
  ValueId lowest = kNoValue, highest = kNoValue;  // of those that are whole numbers
  Json duplicated = Json::object();
};

class UniqueIdsOfKey {
 public:
  UniqueIdsOfKey(Findings* findings, std::vector<Handed>* handed, IdFigures* figures)
      : findings_(*findings), handed_(*handed), figures_(*figures) {}

  void Run(std::span<const uint32_t> operations, FunctionId generate) {
    for (const uint32_t i : operations) {
      const Operation& op = findings_.op(i);
      if (op.function != generate) UnknownFunction(findings_.history(), i, "generate");
      findings_.Step(1, i);
      ++figures_.attempted;
      if (HasId(op)) Take(i, op.output);
    }
    // Identifiers of other keys are others: forget these.
    for (const uint32_t i : operations) {
      if (!HasId(findings_.op(i))) continue;
      Handed& handed = handed_[findings_.op(i).output];
      if (handed.times > 1) List(findings_.op(i).output, handed.times);
      handed = {};
    }
  }

 private:
  static bool HasId(const Operation& op) {
    return op.outcome == Outcome::kOk && op.output != kNoValue && op.output != kNull;
  }

  void Take(uint32_t i, ValueId id) {
    ++figures_.acknowledged;
    Handed& handed = handed_[id];
    if (++handed.times == 1) {
      handed.first = i;
      if (findings_.values().IsInt(id)) Widen(id);
    } else if (handed.times == 2) {
      Twice(handed.first, i, id);
    }
  }

  void Widen(ValueId id) {
    const ValueTable& values = findings_.values();
    const int64_t n = values.AsInt(id);
    if (figures_.lowest == kNoValue || n < values.AsInt(figures_.lowest)) figures_.lowest = id;
    if (figures_.highest == kNoValue || n > values.AsInt(figures_.highest)) figures_.highest = id;
  }

  void Twice(uint32_t first, uint32_t second, ValueId id) {
    const KeyId key = findings_.op(second).key;
    findings_.Report("duplicated", key, {first, second}, [&] {
      return Explained{"Identifier " + findings_.Text(id) + findings_.Of(key) +
                           " was handed out twice: to " + findings_.Name(first) + " and to " +
                           findings_.Name(second) + ".",
                       {{"id", findings_.values().ToShortJson(id)}}};
    });
  }

  void List(ValueId id, uint32_t times) {
    if (figures_.duplicated.size() < kMostValuesListed) {
      figures_.duplicated[findings_.Text(id)] = times;
    }
  }

  Findings& findings_;
  std::vector<Handed>& handed_;  // by identifier
  IdFigures& figures_;
};

}  // namespace

CheckResult CheckUniqueIds(const History& history, const CheckOptions& options) {
  return Judged("unique-ids", history, options, [&](Findings* findings) {
    findings->Hold(history.values().size() * sizeof(Handed), "the identifiers");
    std::vector<Handed> handed(history.values().size());
    IdFigures figures;
    const ByKey keys(history);
    const FunctionId generate = FunctionNamed(history, "generate");
    for (size_t i = 0; i < keys.size(); ++i) {
      UniqueIdsOfKey(findings, &handed, &figures).Run(keys.Operations(i), generate);
    }
    Shown shown;
    shown.data = {{"attempted", figures.attempted},
                  {"acknowledged", figures.acknowledged},
                  {"duplicated", findings->Count("duplicated")},
                  {"duplicated-ids", figures.duplicated}};
    if (figures.lowest != kNoValue) {
      shown.data["range"] = {history.values().ToJson(figures.lowest),
                             history.values().ToJson(figures.highest)};
    }
    if (figures.acknowledged == 0) shown.unknown = "no identifier was handed out";
    shown.valid = "all " + std::to_string(figures.acknowledged) +
                  " identifiers that were handed out are different";
    return shown;
  });
}

}  // namespace cleave
