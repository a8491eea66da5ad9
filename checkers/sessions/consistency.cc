// See consistency.h.
#include "checkers/sessions/consistency.h"

#include "checkers/no_index.h"
#include "checkers/sessions/consistency_words.h"
#include "checkers/sessions/sequential_order.h"
#include "checkers/sessions/session_graph.h"
#include "checkers/sessions/session_guarantees.h"

namespace cleave {
namespace {

using Level = ConsistencyLevel;

constexpr ConsistencyLevelInfo kLevels[] = {
    {Level::kSequential, "sequential", "sequential-consistency",
     "one order of everything, in which each session's is kept"},
    {Level::kCausal, "causal", "causal-consistency", "who sees an effect has seen its causes"},
    {Level::kPram, "pram", "pram-consistency",
     "everybody sees each session's writes in their order"},
    {Level::kReadYourWrites, "read-your-writes", "read-your-writes",
     "a session sees what it wrote"},
    {Level::kMonotonicReads, "monotonic-reads", "monotonic-reads",
     "a session never sees an older value again"},
    {Level::kMonotonicWrites, "monotonic-writes", "monotonic-writes",
     "a session's writes are seen in their order"},
    {Level::kWritesFollowReads, "writes-follow-reads", "writes-follow-reads",
     "a write is seen after the value that its session had read"},
};

const ConsistencyLevelInfo& InfoOf(Level level) { return kLevels[static_cast<size_t>(level)]; }

class ConsistencyJudge {
 public:
  ConsistencyJudge(const History& history, const CheckOptions& options)
      : history_(history),
        sessions_(ExtractSessions(history, options)),
        deadline_(options.timeout) {
    // A clock for each operation, and the writes of each session and key.
    const uint64_t words =
        uint64_t{sessions_.sessions.size()} * (sessions_.ops.size() + 6 * uint64_t{sessions_.keys});
    if (words * sizeof(uint32_t) > options.memory) too_large_ = true;
  }

  /// kUnknown where it cannot be decided, with why.
  CheckResult Judge(Level level) {
    CheckResult result;
    result.checker = InfoOf(level).checker;
    result.verdict = Verdict::kUnknown;
    if (!sessions_.unusable.empty() || (sessions_.ops.empty() && sessions_.thin_air.empty())) {
      result.reason = sessions_.unusable.empty() ? "no operation says anything of the store"
                                                 : sessions_.unusable;
      return result;
    }
    if (too_large_) {
      result.reason = std::to_string(sessions_.ops.size()) + " operations of " +
                      std::to_string(sessions_.sessions.size()) + " sessions need more memory";
      return result;
    }
    if (!sessions_.thin_air.empty()) {
      return Invalid(ThinAirAnomaly(history_, sessions_.thin_air[0]), InfoOf(level).name,
                     std::move(result));
    }
    try {
      if (auto anomaly = Violation(level))
        return Invalid(std::move(*anomaly), InfoOf(level).name, std::move(result));
      result.verdict = Verdict::kValid;
      result.reason = std::string(InfoOf(level).promise) + ": all " +
                      std::to_string(sessions_.ops.size()) + " operations of " +
                      std::to_string(sessions_.sessions.size()) + " sessions allow it";
    } catch (const OutOfTime& late) {
      result.reason = late.what();
    }
    return result;
  }

 private:
  static CheckResult Invalid(Anomaly anomaly, const char* name, CheckResult result) {
    result.verdict = Verdict::kInvalid;
    result.reason = "not " + std::string(name) + ": " + anomaly.explanation;
    result.anomalies.push_back(std::move(anomaly));
    result.anomaly_count = 1;
    return result;
  }

  std::optional<Anomaly> Violation(Level level) {
    switch (level) {
      case Level::kSequential: return Sequential();
      case Level::kCausal: return Saturated(kNone, 1);
      case Level::kPram:
        for (uint32_t s = 0; s < sessions_.sessions.size(); ++s) {
          if (auto anomaly = Saturated(s, INT32_MAX)) return anomaly;
        }
        return std::nullopt;
      default: break;
    }
    const VersionConstraints constraints(sessions_, level);
    for (uint32_t session = 0; session < sessions_.sessions.size(); ++session) {
      const auto cycle = VersionCycle(constraints.Of(session));
      deadline_.Step(sessions_.ops.size(), [] { return std::string("comparing versions"); });
      if (!cycle.empty()) {
        return VersionAnomaly(history_, sessions_, cycle, InfoOf(level).name);
      }
    }
    return std::nullopt;
  }

  /// Infers so many times, or until nothing follows any more. Causality itself does not grow by
  /// what is inferred; the view of one session does.
  std::optional<Anomaly> Saturated(uint32_t view, int rounds) {
    SessionGraph graph(sessions_, view);
    for (int round = 0;; ++round) {
      if (!graph.Order(&deadline_)) break;
      if (round == rounds) return std::nullopt;
      if (!graph.Infer(false, &deadline_)) {
        if (graph.Cycle().empty()) return std::nullopt;
        break;
      }
    }
    return CycleAnomaly(history_, sessions_, graph.Cycle());
  }

  std::optional<Anomaly> Sequential() {
    SessionGraph graph(sessions_, kNone);
    while (graph.Order(&deadline_) && graph.Infer(true, &deadline_)) {
    }
    if (!graph.Cycle().empty()) return CycleAnomaly(history_, sessions_, graph.Cycle());
    if (FindSequentialOrder(sessions_, graph, &deadline_)) return std::nullopt;
    return NoOrderAnomaly(sessions_);
  }

  const History& history_;
  const SessionHistory sessions_;
  Deadline deadline_;
  bool too_large_ = false;
};

}  // namespace

std::span<const ConsistencyLevelInfo> ConsistencyLevels() { return kLevels; }

std::optional<ConsistencyLevel> FindConsistencyLevel(std::string_view name) {
  for (const ConsistencyLevelInfo& info : kLevels) {
    if (info.name == name) return info.level;
  }
  return std::nullopt;
}

CheckResult CheckConsistency(ConsistencyLevel level, const History& history,
                             const CheckOptions& options) {
  return ConsistencyJudge(history, options).Judge(level);
}

std::string StrongestConsistency(const History& history, const CheckOptions& options) {
  ConsistencyJudge judge(history, options);
  std::string held;
  bool pram = false;
  for (const ConsistencyLevelInfo& info : kLevels) {
    // pram implies all guarantees but the last.
    if (pram && info.level != Level::kWritesFollowReads) continue;
    const Verdict verdict = judge.Judge(info.level).verdict;
    if (verdict == Verdict::kUnknown) return "";
    if (verdict != Verdict::kValid) continue;
    held += (held.empty() ? "" : ", ") + std::string(info.name);
    if (info.level <= Level::kCausal) return held;  // it implies all that follow
    pram |= info.level == Level::kPram;
  }
  return held.empty() ? "none" : held;
}

}  // namespace cleave
