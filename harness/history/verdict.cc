// Verdict names, exit codes and the results.json form.
#include "harness/history/verdict.h"

#include "harness/history/history.h"

namespace cleave {

const char* VerdictName(Verdict verdict) {
  constexpr const char* kNames[] = {"valid", "unknown", "vacuous", "invalid"};
  return kNames[static_cast<size_t>(verdict)];
}

int ExitCode(Verdict verdict) {
  switch (verdict) {
    case Verdict::kValid: return 0;
    case Verdict::kInvalid: return 1;
    default: return 2;
  }
}

Json ToJson(const CheckResult& result, const History& history) {
  Json json = {{"checker", result.checker},
               {"verdict", VerdictName(result.verdict)},
               {"reason", result.reason},
               {"anomaly-count", result.anomaly_count}};
  Json anomalies = Json::array();
  for (const Anomaly& anomaly : result.anomalies) {
    Json operations = Json::array();
    for (const uint32_t index : anomaly.operations) {
      const Operation& op = history.operations()[index];
      operations.push_back({{"index", op.call},
                            {"process", op.process},
                            {"text", history.Describe(index)},
                            {"outcome", OutcomeName(op.outcome)}});
    }
    Json entry = {{"name", anomaly.name},
                  {"explanation", anomaly.explanation},
                  {"operations", std::move(operations)}};
    if (anomaly.key != kNoKey)
      entry["key"] = history.values().ToShortJson(history.keys()[anomaly.key]);
    if (!anomaly.detail.is_null()) entry["detail"] = anomaly.detail;
    anomalies.push_back(std::move(entry));
  }
  json["anomalies"] = std::move(anomalies);
  json["data"] = result.data;
  return json;
}

}  // namespace cleave
