// The example of checkers/README.md, compiled and run by example_echo_test.cc: a checker for a
// service that answers with what it was asked.
#include "checkers/example_echo.h"

namespace cleave {

CheckResult CheckEcho(const History& history, const CheckOptions& options) {
  CheckResult result;
  uint64_t answers = 0;
  for (uint32_t i = 0; i < history.operations().size(); ++i) {
    const Operation& op = history.operations()[i];
    if (op.outcome != Outcome::kOk) continue;
    ++answers;
    if (op.output == op.input) continue;
    result.verdict = Verdict::kInvalid;
    if (++result.anomaly_count > options.max_anomalies) continue;
    const std::string asked = history.values().ToShortText(op.input);
    const std::string answered = history.values().ToShortText(op.output);
    result.anomalies.push_back({"wrong-echo",
                                "Process " + std::to_string(op.process) + " sent " + asked +
                                    " and got " + answered + " back (event " +
                                    std::to_string(op.ret) + ").",
                                {i},
                                kNoKey,
                                {{"sent", asked}, {"got", answered}}});
  }
  result.data = {{"answers", answers}};
  if (result.anomaly_count == 0 && answers == 0) result.verdict = Verdict::kUnknown;
  result.reason = std::to_string(answers) + " answers, " + std::to_string(result.anomaly_count) +
                  " of them not what was sent";
  return result;
}

}  // namespace cleave
