// The example of checkers/README.md, compiled and run by example_unique_ids_test.cc: a checker for
// a service that hands out identifiers, which must never come twice.
#include "checkers/example_unique_ids.h"

#include <boost/unordered/unordered_flat_map.hpp>

namespace cleave {

CheckResult CheckUniqueIds(const History& history, const CheckOptions& options) {
  CheckResult result;
  uint64_t answers = 0;
  boost::unordered_flat_map<ValueId, uint32_t> first;  // identifier → the operation that got it
  for (uint32_t i = 0; i < history.operations().size(); ++i) {
    const Operation& op = history.operations()[i];
    if (op.outcome != Outcome::kOk) continue;
    ++answers;
    const auto [it, fresh] = first.try_emplace(op.output, i);
    if (fresh) continue;
    result.verdict = Verdict::kInvalid;
    if (++result.anomaly_count > options.max_anomalies) continue;
    const std::string id = history.values().ToShortText(op.output);
    result.anomalies.push_back({"duplicated",
                                "Identifier " + id + " was handed out at event " +
                                    std::to_string(history.operations()[it->second].ret) +
                                    " and again at event " + std::to_string(op.ret) + ".",
                                {it->second, i},
                                kNoKey,
                                {{"id", id}}});
  }
  result.data = {{"answers", answers}, {"distinct", first.size()}};
  if (answers == 0) result.verdict = Verdict::kUnknown;
  result.reason = std::to_string(answers) + " identifiers were handed out, " +
                  std::to_string(first.size()) + " of them different";
  return result;
}

}  // namespace cleave
