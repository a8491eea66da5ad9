// Fuzz target: every checker on any history that the reader of JSON lines accepts. A checker may
// refuse a history with std::invalid_argument, or be out of time; results can be printed, and the
// verifier looks at what witnesses there are.
#include <stdexcept>

#include "checkers/checker.h"
#include "checkers/object/model.h"
#include "harness/history/check.h"
#include "harness/history/reader.h"

namespace cleave {
namespace {

constexpr size_t kMostOperations = 40;  // more, and the searches take their time

void Judge(const CheckerInfo& checker, const History& history) {
  std::vector<Witness> witnesses;
  CheckOptions options;
  options.timeout = std::chrono::milliseconds(200);
  options.memory = 64 << 20;
  options.witnesses = &witnesses;
  CheckResult result;
  try {
    result = checker.check(history, options);
  } catch (const std::invalid_argument&) {
    return;
  }
  DumpJson(ToJson(result, history));
  CHECK((result.verdict == Verdict::kInvalid) == (result.anomaly_count > 0))
      << checker.name << ": " << VerdictName(result.verdict) << ", " << result.reason;
  CHECK(result.anomalies.size() <= result.anomaly_count);
  for (const Anomaly& anomaly : result.anomalies) {
    for (const uint32_t i : anomaly.operations) CHECK(i < history.operations().size());
  }
  const auto refused = Verify(history, witnesses, {});
  const std::string_view name = checker.name;
  const bool orders = name == "linearizable" || name == "append" || name == "rw-register" ||
                      FindModel(name) != nullptr;
  if (!orders || result.verdict != Verdict::kValid) return;
  // Orders that could not be found within the bounds are missing.
  CHECK(!refused || refused->ends_with("is in no order")) << checker.name << ": " << *refused;
}

}  // namespace
}  // namespace cleave

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const cleave::History history =
        cleave::ReadHistoryText({reinterpret_cast<const char*>(data), size}, "h",
                                {.format = cleave::HistoryFormat::kJsonLines});
    if (history.operations().size() > cleave::kMostOperations) return 0;
    for (const cleave::CheckerInfo& checker : cleave::Checkers()) cleave::Judge(checker, history);
  } catch (const cleave::HistoryError&) {
    return 0;  // the reader has a target of its own
  }
  return 0;
}
