// See rw_register.h.
#include "checkers/transactions/rw_register.h"

#include <optional>

#include "checkers/transactions/consistency_models.h"
#include "checkers/transactions/isolation_words.h"
#include "checkers/transactions/order_witness.h"

namespace cleave {
namespace {

using Clock = std::chrono::steady_clock;
using LevelDecision = IsolationOrder::Decision;

constexpr std::chrono::seconds kTimeForCore{5};

/// Models that are decided where the order of versions is unknown, the strongest first.
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
    models.push_back({"prefix", {}, {IsolationLevel::Kind::kPrefix, true, false}});
    models.push_back({"causal", WeakLevel::kCausal});
    models.push_back({"read-atomic", WeakLevel::kReadAtomic});
    models.push_back({"read-committed", WeakLevel::kReadCommitted});
    return models;
  }();
  return all;
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
        history_(MakeIsolationHistory(registers)) {}

  /// Returns why something that was asked for could not be decided, or "".
  std::string Run(const NameSet& asked) {
    std::string undecided;
    for (const std::string& name : asked) {
      const RwModel* const model = Find(name);
      if (model == nullptr) {
        undecided = name + " cannot be told from register transactions";
      } else if (model->level.real_time && !r_.history.real_time()) {
        undecided = "the history has no real time, which " + name +
                    " is about: ask for another of " +
                    "--consistency-models, such as strong-session-serializable";
      } else if (Decide(*model, true) == LevelDecision::kUndecided) {
        undecided = undecided_;
      }
    }
    if (result_.anomaly_count > 0) {
      for (const RwModel& model : RwModels()) {
        if (r_.history.real_time() || !model.level.real_time) Decide(model, false);
      }
    }
    return undecided;
  }

  NameSet holds() const { return holds_; }
  NameSet violated() const { return violated_; }

 private:
  static const RwModel* Find(const std::string& name) {
    for (const RwModel& model : RwModels()) {
      if (model.name == name) return &model;
    }
    return nullptr;
  }

  static bool KnowsSessions(const RwModel& model) { return model.weak || model.level.sessions; }

  /// Once a model, or what the lattice says of it.
  LevelDecision Decide(const RwModel& model, bool explain) {
    if (holds_.contains(model.name)) return LevelDecision::kHolds;
    if (violated_.contains(model.name)) return LevelDecision::kViolated;
    const LevelDecision decision = model.weak ? Weak(model, explain) : Strong(model, explain);
    // From prefix on they know sessions, as AWDIT has them, and plain stronger levels do not.
    if (decision == LevelDecision::kHolds) holds_.merge(ImpliedHere(model));
    if (decision == LevelDecision::kViolated) violated_.insert(model.name);
    return decision;
  }

  /// The levels below that hold with it. Those that know sessions do not follow from those that do
  /// not.
  NameSet ImpliedHere(const RwModel& model) const {
    NameSet implied;
    for (const std::string& name : ImpliedModels({model.name})) {
      const RwModel* const weaker = Find(name);
      if (weaker != nullptr && (KnowsSessions(model) || !KnowsSessions(*weaker))) {
        implied.insert(name);
      }
    }
    return implied;
  }

  LevelDecision Strong(const RwModel& model, bool explain) {
    const IsolationOrder found = FindIsolationOrder(history_, model.level, until_);
    if (found.decision == LevelDecision::kUndecided) undecided_ = found.undecided;
    if (found.decision != LevelDecision::kViolated || !explain) return found.decision;
    ++result_.anomaly_count;
    if (result_.anomalies.size() < options_.max_anomalies) {
      const auto core = SmallerCore(history_, model.level, found.core, Clock::now() + kTimeForCore);
      result_.anomalies.push_back(ExplainCore(r_, history_, core, model.level, model.name));
    }
    return found.decision;
  }

  LevelDecision Weak(const RwModel& model, bool explain) {
    const WeakVerdict found = CheckWeakLevel(history_, *model.weak, deadline_);
    if (found.holds) return LevelDecision::kHolds;
    if (explain) {
      ++result_.anomaly_count;
      if (result_.anomalies.size() < options_.max_anomalies) {
        result_.anomalies.push_back(ExplainWeakCycle(r_, history_, found.cycle, model.name));
      }
    }
    return LevelDecision::kViolated;
  }

  const RegisterHistory& r_;
  const CheckOptions& options_;
  Deadline* deadline_;
  CheckResult& result_;
  const Clock::time_point until_;
  const IsolationHistory history_;
  NameSet holds_, violated_;
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

/// The verdict of what was found, and why.
void Conclude(const RwFigures& figures, const std::string& asked, const std::string& undecided,
              const NameSet& holds, CheckResult* result) {
  if (result->anomaly_count > 0) {
    result->verdict = Verdict::kInvalid;
    result->reason = "not " + asked + (holds.empty() ? "" : "; " + HoldWords(holds));
    if (!result->anomalies.empty()) result->reason += ": " + result->anomalies[0].explanation;
    return;
  }
  if (undecided.empty() && figures.ambiguous == 0 && figures.reads > 0) {
    result->reason = "the " + std::to_string(figures.happened) +
                     " transactions that happened can be put in an order that is " + asked;
    return;
  }
  result->verdict = Verdict::kUnknown;
  result->reason =
      !undecided.empty() ? "undecided: " + undecided
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
  const NameSet models(options.consistency_models.begin(), options.consistency_models.end());
  const NameSet asked = StrongestModels(models);
  std::string undecided;
  NameSet holds, violated;
  try {
    if (CheckObservations(registers, options, &result)) {
      RwRegisterJudge judge(registers, options, &deadline, &result);
      undecided = judge.Run(asked);
      holds = judge.holds();
      violated = judge.violated();
    }
  } catch (const OutOfTime& late) {
    undecided = late.what();
  }
  result.data["holds"] = StrongestModels(holds);
  result.data["not"] = WeakestModels(violated);
  Conclude(figures, ListNames(asked), undecided, StrongestModels(holds), &result);
  if (options.witnesses != nullptr && result.verdict == Verdict::kValid)
    AddOrderWitnesses(registers, MakeIsolationHistory(registers), "rw-register", options, &result);
  return result;
}

}  // namespace cleave
