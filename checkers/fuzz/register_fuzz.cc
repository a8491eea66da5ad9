// Fuzz target: registers over up to two keys, ten operations. Zones, frontier and brute force must
// agree, the evidence must be impossible by itself, the verifier must accept the witness, and no
// consistency level may fail where a stronger one holds.
#include "checkers/checker.h"
#include "checkers/fuzz/encoded_history.h"
#include "checkers/register/linearizable.h"
#include "checkers/register/register_frontier.h"
#include "checkers/register/register_zones.h"
#include "checkers/sessions/consistency.h"
#include "checkers/testing/oracle.h"
#include "harness/history/excerpt.h"
#include "harness/history/reader.h"

namespace cleave {
namespace {

void CompareEngines(const History& history, const std::string& words) {
  const ByKey keys(history);
  std::vector<uint32_t> scratch;
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto operations = keys.Operations(i);
    const bool holds = OracleLinearizable(history, {operations.begin(), operations.end()}, kNull);
    const RegisterKey key = ExtractRegister(history, keys, i, kNull, &scratch);
    for (const size_t beam : {size_t{1}, FrontierBounds{}.first_beam}) {
      const FrontierBounds bounds{std::chrono::steady_clock::now() + std::chrono::minutes(1),
                                  1 << 30, beam};
      const FrontierResult result = CheckFrontier(key.ops, key.values.size(), bounds);
      CHECK(result.decision == (holds ? FrontierResult::Decision::kLinearizable
                                      : FrontierResult::Decision::kViolation))
          << "frontier, key " << i << ", linearizable " << holds << "\n"
          << words;
    }
    const ZoneResult zones = CheckZones(key, 4);
    CHECK(zones.violations.empty() || !holds) << "zones, key " << i << "\n" << words;
    const bool decides = zones.applicable && !zones.ignored_mismatch;
    CHECK(!decides || !zones.violations.empty() || holds) << "zones, key " << i << "\n" << words;
  }
}

void CompareChecker(const History& history, bool holds, const std::string& words) {
  std::vector<Witness> witnesses;
  CheckOptions options;
  options.witnesses = &witnesses;
  const CheckResult result = CheckLinearizable(history, options);
  CHECK(result.verdict == (holds ? Verdict::kValid : Verdict::kInvalid)) << result.reason << "\n"
                                                                         << words;
  const auto refused = holds ? Verify(history, witnesses, {}) : std::nullopt;
  CHECK(!refused) << *refused << "\n" << words;
  for (const Anomaly& anomaly : result.anomalies) {
    CHECK(!OracleLinearizable(history, anomaly.operations, kNull))
        << "possible: " << anomaly.explanation << "\n"
        << words;
    const History alone = ReadHistoryText(Excerpt(history, anomaly.operations), "excerpt");
    CHECK(CheckLinearizable(alone, {}).verdict == Verdict::kInvalid)
        << "valid as a history of its own: " << anomaly.explanation << "\n"
        << words;
  }
}

/// kUnknown where values repeat.
void CompareLevels(const History& history, bool linearizable, const std::string& words) {
  using Level = ConsistencyLevel;
  const auto judge = [&](Level level) { return CheckConsistency(level, history, {}).verdict; };
  const auto weaker = [&](bool holds, Level level) {
    const Verdict verdict = judge(level);
    CHECK(!holds || verdict != Verdict::kInvalid)
        << "a stronger level holds than " << static_cast<int>(level) << "\n"
        << words;
    return verdict == Verdict::kValid;
  };
  const bool sequential = weaker(linearizable, Level::kSequential);
  const bool causal = weaker(sequential, Level::kCausal);
  const bool pram = weaker(causal, Level::kPram);
  for (const Level level :
       {Level::kReadYourWrites, Level::kMonotonicReads, Level::kMonotonicWrites}) {
    weaker(pram, level);
  }
  weaker(causal, Level::kWritesFollowReads);
}

void Compare(std::span<const uint8_t> bytes, uint32_t keys) {
  static const ModelInfo info = [] {
    ModelInfo row = *FindModel("cas-register");
    row.functions = {"read", "write", "cas"};  // the oracle knows no others
    return row;
  }();
  static const auto model = info.make({&Vocabulary::Get().history(), kNull, 1});
  const History history = EncodedHistory(info, *model, 10, keys).Decode(bytes);
  if (history.operations().empty()) return;
  const bool holds = OracleLinearizable(history, kNull);
  const std::string words = WordsOf(history);
  CompareEngines(history, words);
  CompareChecker(history, holds, words);
  CompareLevels(history, holds, words);
}

}  // namespace
}  // namespace cleave

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  cleave::Compare({data + 1, size - 1}, 1 + data[0] % 2);
  return 0;
}
