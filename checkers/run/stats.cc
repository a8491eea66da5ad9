// See stats.h.
#include "checkers/run/stats.h"

#include <algorithm>
#include <map>

#include "checkers/run/percentiles.h"

namespace cleave {
namespace {

struct Tally {
  uint64_t ok = 0, fail = 0, info = 0;
  std::vector<int64_t> latency[3];  // by outcome
  std::map<std::string, uint64_t> errors;

  uint64_t count() const { return ok + fail + info; }
  Json ToJson() {
    Json json = {{"count", count()}, {"ok", ok}, {"fail", fail}, {"info", info}};
    Json latencies = Json::object();
    for (const Outcome o : {Outcome::kOk, Outcome::kFail, Outcome::kInfo}) {
      const Json p = Percentiles(&latency[static_cast<size_t>(o)]);
      if (!p.is_null()) latencies[OutcomeName(o)] = p;
    }
    json["latency-ms"] = std::move(latencies);
    if (!errors.empty()) json["errors"] = errors;
    return json;
  }
};

}  // namespace

CheckResult CheckStats(const History& history, const CheckOptions&) {
  CheckResult result;
  result.checker = "stats";
  const auto ops = history.operations();
  const ValueTable& values = history.values();
  std::map<FunctionId, Tally> by_function;
  Tally total;
  for (size_t i = 0; i < ops.size(); ++i) {
    const Times& t = history.times()[i];
    ValueId error = history.errors()[i];
    // The symbol alone: texts carry addresses and numbers.
    if (values.IsList(error) && !values.Elements(error).empty()) error = values.Elements(error)[0];
    for (Tally* tally : {&by_function[ops[i].function], &total}) {
      const size_t outcome = static_cast<size_t>(ops[i].outcome);
      ++(ops[i].outcome == Outcome::kOk     ? tally->ok
         : ops[i].outcome == Outcome::kFail ? tally->fail
                                            : tally->info);
      if (t.call != kNoTime && t.ret != kNoTime) tally->latency[outcome].push_back(t.ret - t.call);
      if (error != kNoValue && error != kNull) {
        ++tally->errors[values.kind(error) == ValueKind::kString
                            ? Shortened(std::string(values.AsText(error)))
                            : values.ToShortText(error)];
      }
    }
  }
  Json functions = Json::object();
  std::string never;
  for (auto& [function, tally] : by_function) {
    functions[history.FunctionName(function)] = tally.ToJson();
    if (tally.ok > 0 || (function == kCas && total.ok > 0)) continue;
    never += (never.empty() ? "" : ", ") + Shortened(history.FunctionName(function));
  }
  result.data = {{"total", total.ToJson()}, {"by-function", std::move(functions)}};
  result.reason = std::to_string(total.count()) + " operations: " + std::to_string(total.ok) +
                  " ok, " + std::to_string(total.fail) + " failed, " + std::to_string(total.info) +
                  " unknown";
  if (!never.empty()) {
    result.verdict = Verdict::kUnknown;
    result.reason = "no " + never + " was ever ok; " + result.reason;
  }
  return result;
}

}  // namespace cleave
