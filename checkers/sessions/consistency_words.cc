// See consistency_words.h.
#include "checkers/sessions/consistency_words.h"

#include <set>

#include "checkers/no_index.h"
#include "checkers/words.h"

namespace cleave {
namespace {

constexpr size_t kMostOperationsCited = 400;

class ConsistencyWords {
 public:
  ConsistencyWords(const History& history, const SessionHistory& sessions)
      : history_(history), sessions_(sessions) {}

  /// "process 3's write \"x\" 1 (event 7)", and remembers to cite it.
  std::string Who(uint32_t op) {
    const uint32_t operation = sessions_.ops[op].operation;
    cited_.insert(operation);
    const Operation& o = history_.operations()[operation];
    return ProcessOf(o) + history_.Describe(operation) + AtEvent(o.call);
  }
  std::string Version(uint32_t op) {
    return op == SessionOp::kInitialWrite ? "the initial value" : "what " + Who(op) + " wrote";
  }

  std::string Why(const SessionEdge& edge) {
    const std::string order = Who(edge.from) + " comes before " + Who(edge.to);
    switch (edge.kind) {
      case SessionEdge::Kind::kSession: return order + " in its session";
      case SessionEdge::Kind::kReadFrom: return order + ", which saw its value";
      case SessionEdge::Kind::kReplaced:
        if (edge.by == SessionOp::kInitialWrite) {
          return order + ", which all the same saw the initial value";
        }
        return order + ", as " + Who(edge.by) + " comes after both and saw the second one's value";
      case SessionEdge::Kind::kMissed: break;
    }
    return order + ", as it still saw " + Version(edge.by) + ", which the second one replaced";
  }

  Anomaly Finish(std::string name, std::string text) {
    Anomaly anomaly;
    anomaly.name = std::move(name);
    anomaly.explanation = std::move(text);
    anomaly.operations.assign(cited_.begin(), cited_.end());
    return anomaly;
  }

 private:
  const History& history_;
  const SessionHistory& sessions_;
  std::set<uint32_t> cited_;
};

}  // namespace

Anomaly ThinAirAnomaly(const History& history, uint32_t operation) {
  Anomaly anomaly;
  const Operation& op = history.operations()[operation];
  anomaly.name = "read-of-unwritten";
  anomaly.explanation = Capital(ProcessOf(op)) + history.Describe(operation) + AtEvent(op.call) +
                        " saw a value that nobody wrote.";
  anomaly.operations = {operation};
  return anomaly;
}

Anomaly CycleAnomaly(const History& history, const SessionHistory& sessions,
                     const std::vector<SessionEdge>& cycle) {
  ConsistencyWords words(history, sessions);
  std::string text;
  for (const SessionEdge& edge : cycle) {
    std::string sentence = words.Why(edge);
    text += (text.empty() ? Capital(std::move(sentence)) : "; " + sentence);
  }
  const bool one = cycle.size() == 1;
  return words.Finish(one ? "stale-read" : "cycle",
                      text + (one ? "." : ": each comes before itself."));
}

Anomaly VersionAnomaly(const History& history, const SessionHistory& sessions,
                       const std::vector<VersionEdge>& cycle, std::string_view guarantee) {
  ConsistencyWords words(history, sessions);
  std::string text = "No order of the versions keeps the guarantee:";
  const char* comma = " ";
  for (const VersionEdge& edge : cycle) {
    text += comma + words.Version(edge.newer) + " must not be older than " +
            words.Version(edge.older) + ", because one session did " + words.Who(edge.first) +
            " and then " + words.Who(edge.second);
    comma = "; ";
  }
  return words.Finish("no-" + std::string(guarantee), text + ".");
}

Anomaly NoOrderAnomaly(const SessionHistory& sessions) {
  Anomaly anomaly;
  anomaly.name = "non-sequential";
  anomaly.explanation = "Every order of the " + std::to_string(sessions.ops.size()) +
                        " operations that keeps each session's was tried: in none does every read "
                        "see the last write.";
  for (const SessionOp& op : sessions.ops) {
    if (anomaly.operations.size() == kMostOperationsCited) break;
    anomaly.operations.push_back(op.operation);
  }
  return anomaly;
}

}  // namespace cleave
