// What a checker says of a history, and the evidence that a person can follow.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/history/json.h"
#include "harness/history/operation.h"

namespace cleave {

/// From best to worst: the verdict of a run is the worst of its checkers'.
enum class Verdict : uint8_t {
  kValid,
  kUnknown,  // not decided within the bounds of time and memory, or the checker threw
  kVacuous,  // the run proved nothing: too few ok operations, or a requested fault never took
             // effect
  kInvalid,
};

/// "valid", "unknown", "vacuous" or "invalid".
const char* VerdictName(Verdict verdict);
/// The exit code of a command that ends with this verdict: 0 valid, 1 invalid, 2 unknown or
/// vacuous.
int ExitCode(Verdict verdict);

/// A named violation with the few operations that prove it.
struct Anomaly {
  std::string name;         // "stale-read", "lost", "G1c", …: the field's term
  std::string explanation;  // which operations, which values, why they cannot be: plain sentences
  std::vector<uint32_t> operations;  // indices into History::operations(), the smallest evidence
  KeyId key = kNoKey;
  Json detail;  // what machines may want beside the sentences; may be null
};

/// One checker's answer. `anomalies` is cut to a readable number; `anomaly_count` is how many there
/// are.
struct CheckResult {
  std::string checker;
  Verdict verdict = Verdict::kValid;
  std::string reason;  // one sentence: why this verdict
  std::vector<Anomaly> anomalies;
  uint64_t anomaly_count = 0;
  Json data;  // figures for the report and results.json, e.g. latencies, counts
};

/// The form in results.json. Operations are cited by the index of their invocation's event, with
/// their words beside it, so that the file can be read without the history.
class History;
Json ToJson(const CheckResult& result, const History& history);

}  // namespace cleave
