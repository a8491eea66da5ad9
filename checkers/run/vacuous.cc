// See vacuous.h.
#include "checkers/run/vacuous.h"

#include <algorithm>
#include <map>

#include "checkers/run/fault_spans.h"

namespace cleave {
namespace {

constexpr uint64_t kFewestOk = 10;

/// "" where a fault of this kind is proven; otherwise what is missing.
std::string Missing(const std::string& fault, const std::vector<FaultSpan>& windows,
                    const std::vector<Position>& calls) {
  size_t seen = 0, failed = 0, effective = 0;
  for (const FaultSpan& w : windows) {
    if (w.fault != fault) continue;
    ++seen;
    failed += w.failed;
    if (w.failed || !w.effective) continue;
    ++effective;
    // Something was called while it was in force.
    const auto it = std::lower_bound(calls.begin(), calls.end(), w.begin);
    if (it != calls.end() && *it < w.end) return "";
  }
  if (seen == 0) return fault + " was requested and never started";
  if (failed == seen)
    return fault + " could not be injected, not once in " + std::to_string(seen) + " attempts";
  if (effective == 0)
    return fault + " was never shown to take effect in " + std::to_string(seen) + " attempts";
  return "no operation was called during any " + fault;
}

using Functions = std::map<FunctionId, std::pair<uint64_t, uint64_t>>;  // called, ok

/// Whether a transaction was ok that has a read in it.
bool TransactionRead(const History& history) {
  const ValueTable& values = history.values();
  const ValueId r = values.FindString("r");
  const auto reads = [&](ValueId mop) {
    return values.IsList(mop) && !values.Elements(mop).empty() && values.Elements(mop)[0] == r;
  };
  for (const Operation& op : history.operations()) {
    if (op.function != kTxn || op.outcome != Outcome::kOk || !values.IsList(op.output)) continue;
    const auto mops = values.Elements(op.output);
    if (std::any_of(mops.begin(), mops.end(), reads)) return true;
  }
  return false;
}

/// Whether something changed the state, and nothing looked at it.
bool NothingRead(const History& history, const Functions& functions) {
  const auto any = [&](std::initializer_list<FunctionId> which) {
    return std::any_of(which.begin(), which.end(),
                       [&](FunctionId f) { return functions.contains(f); });
  };
  if (any({kTxn}) && !TransactionRead(history)) return true;
  return any({kWrite, kPut, kCas, kAdd}) && !any({kRead, kGet});
}

}  // namespace

CheckResult CheckVacuous(const History& history, const CheckOptions& options) {
  CheckResult result;
  result.checker = "vacuous";
  Functions functions;
  std::vector<Position> calls;
  uint64_t ok = 0;
  for (const Operation& op : history.operations()) {
    auto& [called, fine] = functions[op.function];
    ++called;
    fine += op.outcome == Outcome::kOk;
    ok += op.outcome == Outcome::kOk;
    if (!options.requested_faults.empty()) calls.push_back(op.call);
  }
  std::vector<std::string> missing;
  if (ok < kFewestOk) {
    missing.push_back("only " + std::to_string(ok) + " operations were ok, and it takes " +
                      std::to_string(kFewestOk) + " to call it a test");
  }
  for (const auto& [function, count] : functions) {
    // A cas may honestly never meet the value that it expects; a read or write has no such excuse.
    if (count.second == 0 && function != kCas) {
      missing.push_back("no " + Shortened(history.FunctionName(function)) + " was ok, of " +
                        std::to_string(count.first));
    }
  }
  if (NothingRead(history, functions)) missing.push_back("nothing was ever read");
  const std::vector<FaultSpan> windows = FaultSpans(history);
  std::vector<std::string> faults;
  for (const std::string& requested : options.requested_faults) {
    const std::string fault = requested.substr(0, requested.find(':'));
    if (fault.empty() || fault == "none" ||
        std::find(faults.begin(), faults.end(), fault) != faults.end())
      continue;
    faults.push_back(fault);
    if (std::string why = Missing(fault, windows, calls); !why.empty())
      missing.push_back(std::move(why));
  }
  result.data = {{"ok", ok}, {"faults", windows.size()}, {"missing", missing}};
  if (missing.empty()) {
    result.reason =
        std::to_string(ok) + " operations were ok" +
        (faults.empty() ? ""
                        : ", and every requested fault took effect while operations were called");
    return result;
  }
  result.verdict = Verdict::kVacuous;
  for (const std::string& why : missing) result.reason += (result.reason.empty() ? "" : "; ") + why;
  return result;
}

}  // namespace cleave
