// See rw_register.h.
#include "checkers/transactions/rw_register.h"

#include <algorithm>
#include <map>
#include <optional>

#include "checkers/out_of_memory.h"
#include "checkers/transactions/consistency_models.h"
#include "checkers/transactions/isolation_words.h"
#include "checkers/transactions/order_witness.h"
#include "checkers/transactions/outcome_lint.h"

namespace cleave {
namespace {

using Clock = std::chrono::steady_clock;
using LevelDecision = IsolationOrder::Decision;

constexpr std::chrono::seconds kTimeForCore{5};

/// Models that are decided where the order of versions is unknown, the strongest first; but last
/// the one that may take long, since it does without sessions.
struct RwModel {
  const char* name;
  std::optional<WeakLevel> weak;
  IsolationLevel level = {};
};

const std::vector<RwModel>& RwModels() {
  static const std::vector<RwModel> all = [] {
    std::vector<RwModel> models;
    for (const OrderedModel& model : OrderedModels())
      models.push_back({model.name, {}, model.level});
    using Weak = WeakLevel::Kind;
    using Kind = IsolationLevel::Kind;
    models.push_back(
        {"strong-session-parallel-snapshot-isolation", {}, {Kind::kParallelSnapshot, true, false}});
    models.push_back({"parallel-snapshot-isolation", {}, {Kind::kParallelSnapshot, false, false}});
    models.push_back({"strong-session-prefix", {}, {Kind::kPrefix, true, false}});
    models.push_back({"prefix", {}, {Kind::kPrefix, false, false}});
    models.push_back({"causal", WeakLevel{Weak::kCausal, true}});
    models.push_back({"strong-session-read-atomic", WeakLevel{Weak::kReadAtomic, true}});
    models.push_back({"read-atomic", WeakLevel{Weak::kReadAtomic, false}});
    models.push_back({"strong-session-read-committed", WeakLevel{Weak::kReadCommitted, true}});
    models.push_back({"read-committed", WeakLevel{Weak::kReadCommitted, false}});
    models.push_back({"causal-cerone", WeakLevel{Weak::kCausal, false}});
    return models;
  }();
  return all;
}

/// Anomalies that are there or not whatever the order of versions; and those of lists.
const NameSet kAlwaysLookedFor{"G1a",
                               "G1b",
                               "internal",
                               "unwritten",
                               "lost-append",
                               "dirty-update",
                               "duplicate-elements",
                               "cyclic-versions",
                               "incompatible-order"};

/// Registers are items: the name of the same cycle that says so.
std::string ItemName(const std::string& anomaly) {
  for (const std::string kind : {"G-single", "G-nonadjacent"}) {
    if (anomaly == kind || anomaly.starts_with(kind + "-process") ||
        anomaly.starts_with(kind + "-realtime")) {
      return kind + "-item" + anomaly.substr(kind.size());
    }
  }
  return anomaly;
}

bool Includes(const NameSet& all, const NameSet& some) {
  return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

class RwRegisterJudge {
 public:
  RwRegisterJudge(const RegisterHistory& registers, const CheckOptions& options, Deadline* deadline,
                  CheckResult* result)
      : r_(registers),
        options_(options),
        deadline_(deadline),
        result_(*result),
        until_(Clock::now() + options.timeout),
        history_(MakeIsolationHistory(registers)) {
    history_.assumptions = {options.wfr_keys, options.sequential_keys, options.linearizable_keys};
    prohibited_ = ImplyingAnomalies({options.anomalies.begin(), options.anomalies.end()});
  }

  /// Returns why something that was asked for could not be decided, or "". Throws OutOfTime and
  /// OutOfMemory.
  std::string Run(const NameSet& asked) {
    const std::vector<AssumedOrder> assumed = AssumedOrders(history_);
    coverage_ = CoverageOf(history_, assumed);
    if (options_.linearizable_keys && !r_.history.real_time()) {
      return "the history has no real time, which linearizable keys are about";
    }
    if (VersionsContradict(assumed)) return "";
    std::string undecided;
    for (const std::string& name : asked) {
      const RwModel* const model = Find(name);
      if (model == nullptr) {
        if (!HoldsWithAnother(name))
          undecided = name + " cannot be told from register transactions";
      } else if (model->level.real_time && !r_.history.real_time()) {
        undecided = "the history has no real time, which " + name +
                    " is about: ask for another of " +
                    "--consistency-models, such as strong-session-serializable";
      } else if (Decide(*model, Found::kProhibited) == LevelDecision::kUndecided) {
        undecided = undecided_;
      }
    }
    for (const std::string& anomaly : options_.anomalies) {
      const std::string open = LookFor(anomaly);
      if (!open.empty()) undecided = open;
    }
    if (result_.anomaly_count > 0) {
      for (const RwModel& model : RwModels()) {
        if (r_.history.real_time() || !model.level.real_time) Decide(model, Found::kNotAsked);
      }
    }
    return undecided;
  }

  NameSet holds() const { return holds_; }
  NameSet violated() const { return violated_; }
  const IsolationHistory& history() const { return history_; }
  InferenceCoverage coverage() const { return coverage_; }
  const std::map<std::string, uint64_t>& allowed() const { return allowed_; }

 private:
  /// What is to be done with the anomaly where a model does not hold.
  enum class Found : uint8_t {
    kProhibited,  // the model was asked for
    kPerhaps,     // it is one of those that were asked for, or allowed
    kNotAsked,    // it is not looked at
  };

  static const RwModel* Find(const std::string& name) {
    for (const RwModel& model : RwModels()) {
      if (model.name == name) return &model;
    }
    return nullptr;
  }

  /// Whether a model that is not decided here holds since a stronger one does.
  bool HoldsWithAnother(const std::string& name) {
    for (size_t i = RwModels().size(); i-- > 0;) {
      const RwModel& model = RwModels()[i];
      if (model.level.real_time && !r_.history.real_time()) continue;
      if (!ImpliedModels({model.name}).contains(name)) continue;
      if (Decide(model, Found::kNotAsked) == LevelDecision::kHolds) return true;
    }
    return false;
  }

  /// Whether what is assumed of keys does not hold: then no model does.
  bool VersionsContradict(const std::vector<AssumedOrder>& assumed) {
    const auto circles = CyclicVersions(assumed);
    for (const std::vector<AssumedOrder>& circle : circles) {
      ++result_.anomaly_count;
      if (result_.anomalies.size() >= options_.max_anomalies) continue;
      result_.anomalies.push_back(ExplainCyclicVersions(r_, history_, circle));
    }
    if (circles.empty()) return false;
    coverage_ = {};  // there is no order to speak of
    for (const RwModel& model : RwModels()) violated_.insert(model.name);
    return true;
  }

  /// Whether an anomaly is there under every order of versions: it is not where a model holds that
  /// proscribes it and all that imply it; it is where it shows why such a model does not hold.
  /// Returns why neither could be shown, or "".
  std::string LookFor(const std::string& anomaly) {
    const NameSet forms = ImplyingAnomalies({anomaly});
    const auto absent = [&](const NameSet& models) {
      NameSet names = ProscribedAnomalies(models);
      names.insert(kAlwaysLookedFor.begin(), kAlwaysLookedFor.end());
      return Includes(names, forms);
    };
    if (absent(holds_)) return "";
    std::string open = anomaly + " cannot be told from such a history";
    for (size_t i = RwModels().size(); i-- > 0;) {
      const RwModel& model = RwModels()[i];
      if (model.level.real_time && !r_.history.real_time()) continue;
      if (!absent({model.name})) continue;
      const LevelDecision decision = Decide(model, Found::kPerhaps);
      for (const std::string& form : forms) {
        if (found_.contains(form)) return "";
      }
      if (decision == LevelDecision::kHolds) return "";
      if (decision == LevelDecision::kUndecided) open = undecided_;
    }
    return open;
  }

  /// Once a model, or what the lattice says of it. A model that does not hold is looked at all the
  /// same where an anomaly of it is wanted.
  LevelDecision Decide(const RwModel& model, Found found) {
    if (holds_.contains(model.name)) return LevelDecision::kHolds;
    if (violated_.contains(model.name)) return LevelDecision::kViolated;
    const NameSet implied = ImpliedModels({model.name});
    const bool refuted =
        found == Found::kNotAsked &&
        std::any_of(implied.begin(), implied.end(),
                    [&](const std::string& weaker) { return violated_.contains(weaker); });
    const LevelDecision decision = refuted      ? LevelDecision::kViolated
                                   : model.weak ? Weak(model, found)
                                                : Strong(model, found);
    if (decision == LevelDecision::kHolds) holds_.insert(implied.begin(), implied.end());
    if (decision == LevelDecision::kViolated) violated_.insert(model.name);
    return decision;
  }

  LevelDecision Strong(const RwModel& model, Found found) {
    const IsolationOrder order = FindIsolationOrder(history_, model.level, until_);
    if (order.decision == LevelDecision::kUndecided) undecided_ = order.undecided;
    if (order.decision != LevelDecision::kViolated || !Wanted(found)) return order.decision;
    const auto core = SmallerCore(history_, model.level, order.core, Clock::now() + kTimeForCore);
    Report(ExplainCore(r_, history_, core, model.level, model.name), found);
    return order.decision;
  }

  LevelDecision Weak(const RwModel& model, Found found) {
    const WeakVerdict verdict = CheckWeakLevel(history_, *model.weak, deadline_, options_.memory);
    if (verdict.holds) return LevelDecision::kHolds;
    if (Wanted(found)) {
      Report(ExplainWeakCycle(r_, history_, verdict.cycle, model.name), found);
    }
    return LevelDecision::kViolated;
  }

  /// Counts a violation that is not to be explained; otherwise says that it is to be.
  bool Wanted(Found found) {
    if (found == Found::kNotAsked) return false;
    const bool counted = found == Found::kProhibited && options_.anomalies.empty() &&
                         result_.anomalies.size() >= options_.max_anomalies;
    result_.anomaly_count += counted;
    return !counted;
  }

  void Report(Anomaly anomaly, Found found) {
    const std::string item = ItemName(anomaly.name);
    const bool asked = prohibited_.contains(anomaly.name) || prohibited_.contains(item);
    if (found == Found::kPerhaps && (!asked || OfThisModelOnly(anomaly.name))) {
      ++allowed_[anomaly.name];
      return;
    }
    found_.insert({anomaly.name, item});
    ++result_.anomaly_count;
    if (result_.anomalies.size() < options_.max_anomalies) {
      result_.anomalies.push_back(std::move(anomaly));
    }
  }

  /// Strong models put whoever replaces what he read right behind it. Where another version comes
  /// between that is a G-single, and so a form of all cycles with rw, but not of those without.
  static bool OfThisModelOnly(const std::string& anomaly) {
    return anomaly.starts_with("G0") || anomaly.starts_with("G1c");
  }

  const RegisterHistory& r_;
  const CheckOptions& options_;
  Deadline* deadline_;
  CheckResult& result_;
  const Clock::time_point until_;
  IsolationHistory history_;
  NameSet prohibited_;  // by the anomalies that were asked for
  NameSet holds_, violated_, found_;
  std::map<std::string, uint64_t> allowed_;
  InferenceCoverage coverage_;
  std::string undecided_;
};

struct RwFigures {
  size_t ok = 0, happened = 0, ambiguous = 0, reads = 0;
};

RwFigures Count(const RegisterHistory& registers) {
  RwFigures figures;
  for (uint32_t t = 0; t < registers.transactions.size(); ++t) {
    figures.ok += registers.transactions[t].outcome == Outcome::kOk;
    figures.happened += registers.Happened(t);
  }
  for (const bool key : registers.ambiguous()) figures.ambiguous += key;
  for (const MicroOp& m : registers.mops) figures.reads += !m.write;
  return figures;
}

std::string CoverageWords(const InferenceCoverage& coverage) {
  if (coverage.pairs == 0) return "";
  return "; evidence orders " + std::to_string(coverage.ordered) + " of " +
         std::to_string(coverage.pairs) + " pairs of consecutive versions" +
         (coverage.ordered < coverage.pairs ? ", the others were tried both ways" : "");
}

/// What was decided of what was asked for.
struct RwOutcome {
  NameSet asked, holds, violated;
  bool refuted = true;  // what was found rules out the models; false: only anomalies were asked for
  std::string undecided;
  std::string advice;  // on what else to ask for; ""
  InferenceCoverage coverage;
};

/// Who recorded nothing but sessions may well ask for their order: the models that keep it, where
/// others were asked for.
std::string SessionAdvice(const NameSet& asked) {
  NameSet with_sessions;
  for (const std::string& name : asked) {
    const ConsistencyModel* const model = FindConsistencyModel("strong-session-" + name);
    if (model != nullptr) with_sessions.insert(model->name);
  }
  if (with_sessions.empty()) return "";
  return "; the order of sessions, which was not asked for, is part of " + ListNames(with_sessions);
}

std::string InvalidReason(const RwOutcome& outcome, const CheckResult& result) {
  NameSet names;
  for (const Anomaly& anomaly : result.anomalies) names.insert(anomaly.name);
  const NameSet holds = StrongestModels(outcome.holds);
  std::string reason =
      outcome.refuted ? "not " + ListNames(outcome.asked) : "found: " + ListNames(names);
  if (!holds.empty()) reason += "; " + HoldWords(holds);
  reason += CoverageWords(outcome.coverage);
  if (!result.anomalies.empty()) reason += ": " + result.anomalies[0].explanation;
  return reason;
}

/// The verdict of what was found, and why.
void Conclude(const RwFigures& figures, const RwOutcome& outcome, CheckResult* result) {
  if (result->anomaly_count > 0) {
    result->verdict = Verdict::kInvalid;
    result->reason = InvalidReason(outcome, *result);
    return;
  }
  if (outcome.undecided.empty() && figures.ambiguous == 0 && figures.reads > 0) {
    result->reason = "the " + std::to_string(figures.happened) +
                     " transactions that happened can be put in an order that is " +
                     ListNames(outcome.asked) + CoverageWords(outcome.coverage) + outcome.advice;
    return;
  }
  result->verdict = Verdict::kUnknown;
  result->reason =
      !outcome.undecided.empty() ? "undecided: " + outcome.undecided
      : figures.ambiguous > 0
          ? std::to_string(figures.ambiguous) +
                " keys had a value written twice, or null, so that who read what is not "
                "known; write each value once"
          : "no read of a register completed, so nothing can be said of the writes";
}

}  // namespace

CheckResult CheckRwRegister(const History& history, const CheckOptions& options) {
  CheckResult result;
  result.checker = "rw-register";
  Deadline deadline(options.timeout);
  const RegisterHistory registers(history, &deadline);
  const RwFigures figures = Count(registers);
  result.data = {{"transactions", registers.transactions.size()},
                 {"ok", figures.ok},
                 {"happened", figures.happened},
                 {"keys", registers.names.size()},
                 {"writes", registers.writes()},
                 {"reads", figures.reads},
                 {"ambiguous-keys", figures.ambiguous}};
  RwOutcome outcome;
  outcome.asked =
      StrongestModels({options.consistency_models.begin(), options.consistency_models.end()});
  if (!history.real_time()) outcome.advice = SessionAdvice(outcome.asked);
  std::optional<RwRegisterJudge> judge;
  try {
    if (CheckObservations(registers, options, &result)) {
      judge.emplace(registers, options, &deadline, &result);
      outcome.undecided = judge->Run(outcome.asked);
      outcome.refuted =
          std::any_of(outcome.asked.begin(), outcome.asked.end(),
                      [&](const std::string& model) { return judge->violated().contains(model); });
    }
  } catch (const OutOfTime& late) {
    outcome.undecided = late.what();
  } catch (const OutOfMemory& full) {
    outcome.undecided = full.what();
  }
  if (judge) {
    outcome.holds = judge->holds();
    outcome.violated = judge->violated();
    outcome.coverage = judge->coverage();
    result.data["allowed-anomalies"] = judge->allowed();
  }
  result.data["holds"] = StrongestModels(outcome.holds);
  result.data["not"] = WeakestModels(outcome.violated);
  result.data["inference-coverage"] = {{"ordered", outcome.coverage.ordered},
                                       {"pairs", outcome.coverage.pairs}};
  Conclude(figures, outcome, &result);
  if (judge && options.witnesses != nullptr && result.verdict == Verdict::kValid)
    AddOrderWitnesses(registers, judge->history(), "rw-register", options, &result);
  if (figures.ambiguous > 0 || result.anomaly_count > 0) LintOutcomes(registers, &result);
  return result;
}

}  // namespace cleave
