// See model_verdict.h.
#include "checkers/transactions/model_verdict.h"

#include <algorithm>

namespace cleave {
namespace {

/// Of a class of anomalies: many of one must not hide the others.
constexpr uint64_t kExplained = 4;

/// Models of single objects: nothing is asked of them where transactions are judged.
bool OfSingleObjects(const std::string& model) {
  static const NameSet kModels = ImpliedModels({"linearizable"});
  return kModels.contains(model);
}

NameSet Minus(const NameSet& from, const NameSet& what) {
  NameSet rest;
  std::set_difference(from.begin(), from.end(), what.begin(), what.end(),
                      std::inserter(rest, rest.end()));
  return rest;
}

}  // namespace

ModelVerdict::ModelVerdict(const CheckOptions& options, CheckResult* result)
    : max_anomalies_(options.max_anomalies), result_(*result) {
  models_.insert(options.consistency_models.begin(), options.consistency_models.end());
  anomalies_.insert(options.anomalies.begin(), options.anomalies.end());
  models_ = StrongestModels(models_);
  proscribed_ = ProscribedAnomalies(models_);
  proscribed_.merge(ImplyingAnomalies(anomalies_));
}

bool ModelVerdict::Count(const std::string& name, const std::string& known_as) {
  found_.insert(name);
  if (!known_as.empty()) found_.insert(known_as);
  if (!proscribed_.contains(name) && !proscribed_.contains(known_as)) {
    ++allowed_[name];
    return false;
  }
  const uint64_t of_class = ++counts_[name];
  ++result_.anomaly_count;
  return of_class == 1 || (of_class <= kExplained && result_.anomalies.size() < max_anomalies_);
}

void ModelVerdict::Explain(Anomaly anomaly) { result_.anomalies.push_back(std::move(anomaly)); }

void ModelVerdict::Conclude(const NameSet& decided, const NameSet& searched,
                            const std::string& undecided) {
  const NameSet ruled_out = RuledOutModels(found_);
  const NameSet holds = undecided.empty() ? ImpliedModels(Minus(decided, ruled_out)) : NameSet{};
  const NameSet weakest = WeakestModels(ruled_out);
  NameSet cannot_tell;
  for (const ConsistencyModel& model : ConsistencyModels()) {
    if (OfSingleObjects(model.name) || ruled_out.contains(model.name)) continue;
    if (!holds.contains(model.name)) cannot_tell.insert(model.name);
  }
  result_.data["not"] = weakest;
  result_.data["also-not"] = Minus(ruled_out, weakest);
  result_.data["holds"] = StrongestModels(holds);
  result_.data["cannot-tell"] = cannot_tell;
  result_.data["anomalies"] = counts_;
  result_.data["allowed-anomalies"] = allowed_;
  const NameSet open = Open(holds, searched);
  if (result_.anomaly_count > 0) {
    result_.verdict = Verdict::kInvalid;
    result_.reason = InvalidReason(weakest, holds);
  } else if (!undecided.empty()) {
    result_.verdict = Verdict::kUnknown;
    result_.reason = undecided;
  } else if (!open.empty()) {
    result_.verdict = Verdict::kUnknown;
    result_.reason = "cannot tell " + ListNames(open) + " from such a history; " +
                     HoldWords(StrongestModels(holds));
  } else {
    result_.verdict = Verdict::kValid;
    NameSet allowed;
    for (const auto& [name, count] : allowed_) allowed.insert(name);
    result_.reason = HoldWords(StrongestModels(holds)) +
                     (allowed.empty() ? "" : "; found and allowed: " + ListNames(allowed));
  }
}

NameSet ModelVerdict::Open(const NameSet& holds, const NameSet& searched) const {
  NameSet absent = holds.empty() ? NameSet{} : ProscribedAnomalies(holds);
  absent.insert(searched.begin(), searched.end());
  NameSet open = Minus(models_, holds);
  for (const std::string& anomaly : anomalies_) {
    const NameSet all = ImplyingAnomalies({anomaly});
    if (!Minus(all, absent).empty()) open.insert(anomaly);
  }
  return open;
}

std::string ModelVerdict::InvalidReason(const NameSet& weakest, const NameSet& holds) const {
  NameSet names;
  for (const auto& [name, count] : counts_) names.insert(name);
  for (const auto& [name, count] : allowed_) names.insert(name);
  std::string reason = "not " + ListNames(weakest) + ": " + ListNames(names);
  if (!holds.empty()) reason += "; " + HoldWords(StrongestModels(holds));
  if (result_.anomalies.empty()) return reason;
  return reason + ": " + result_.anomalies[0].explanation;
}

}  // namespace cleave
