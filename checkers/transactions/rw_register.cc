// See rw_register.h.
#include "checkers/transactions/rw_register.h"

#include <optional>

#include "checkers/transactions/isolation_order.h"
#include "checkers/transactions/isolation_words.h"

namespace cleave {
namespace {

using Clock = std::chrono::steady_clock;
using LevelKind = IsolationLevel::Kind;
using LevelDecision = IsolationOrder::Decision;

constexpr std::chrono::seconds kTimeForCore{5};

struct NamedLevel {
  const char* name;
  IsolationLevel level;
};

/// The strongest first: whatever holds, all below it that it implies hold too.
const NamedLevel kLevels[] = {
    {"strict-serializable", {LevelKind::kSerializable, true, true}},
    {"strong-session-serializable", {LevelKind::kSerializable, true, false}},
    {"serializable", {LevelKind::kSerializable, false, false}},
    {"strong-snapshot-isolation", {LevelKind::kSnapshot, true, true}},
    {"strong-session-snapshot-isolation", {LevelKind::kSnapshot, true, false}},
    {"snapshot-isolation", {LevelKind::kSnapshot, false, false}},
};

class RwRegisterJudge {
 public:
  RwRegisterJudge(const RegisterHistory& registers, const CheckOptions& options,
                  CheckResult* result)
      : r_(registers),
        options_(options),
        result_(*result),
        until_(Clock::now() + options.timeout) {}

  /// Returns why it could not decide, or "".
  std::string Run() {
    const IsolationHistory history = MakeIsolationHistory(r_);
    const NamedLevel& asked = kLevels[0];
    const IsolationOrder found = FindIsolationOrder(history, asked.level, until_);
    result_.data["cycles-ruled-out"] = found.cycles;
    if (found.decision == LevelDecision::kUndecided) return found.undecided;
    if (found.decision == LevelDecision::kHolds) return "";
    ++result_.anomaly_count;
    if (result_.anomalies.size() < options_.max_anomalies) {
      const auto core = SmallerCore(history, asked.level, found.core, Clock::now() + kTimeForCore);
      result_.anomalies.push_back(ExplainCore(r_, history, core, asked.level, asked.name));
    }
    WhatHolds(history);
    return "";
  }

  /// "; snapshot-isolation holds".
  const std::string& holds() const { return holds_; }

 private:
  void WhatHolds(const IsolationHistory& history) {
    Json levels = Json::object();
    levels[kLevels[0].name] = "violated";
    for (size_t i = 1; i < std::size(kLevels); ++i) {
      const auto found = FindIsolationOrder(history, kLevels[i].level, until_).decision;
      levels[kLevels[i].name] = found == LevelDecision::kHolds      ? "holds"
                                : found == LevelDecision::kViolated ? "violated"
                                                                    : "undecided";
      if (found == LevelDecision::kHolds && holds_.empty()) {
        holds_ = "; " + std::string(kLevels[i].name) + " holds";
      }
    }
    result_.data["levels"] = std::move(levels);
  }

  const RegisterHistory& r_;
  const CheckOptions& options_;
  CheckResult& result_;
  const Clock::time_point until_;
  std::string holds_;
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
void Conclude(const RwFigures& figures, const std::string& undecided, const std::string& holds,
              CheckResult* result) {
  if (result->anomaly_count > 0) {
    result->verdict = Verdict::kInvalid;
    result->reason = "not strict-serializable" + holds;
    if (!result->anomalies.empty()) {
      result->reason += ": " + result->anomalies[0].name + ". " + result->anomalies[0].explanation;
    }
    return;
  }
  if (undecided.empty() && figures.ambiguous == 0 && figures.reads > 0) {
    result->reason = "the " + std::to_string(figures.happened) +
                     " transactions that happened can be put in one order that respects real time";
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
  std::string undecided, holds;
  try {
    if (CheckObservations(registers, options, &result)) {
      RwRegisterJudge judge(registers, options, &result);
      undecided = judge.Run();
      holds = judge.holds();
    }
  } catch (const OutOfTime& late) {
    undecided = late.what();
  }
  Conclude(figures, undecided, holds, &result);
  return result;
}

}  // namespace cleave
