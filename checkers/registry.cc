// The table of checkers: one line each, and one for every model. Names that other tools use for the
// same question are aliases.
#include <exception>

#include "checkers/append.h"
#include "checkers/availability.h"
#include "checkers/checker.h"
#include "checkers/linearizable.h"
#include "checkers/object.h"
#include "checkers/set.h"
#include "checkers/stats.h"
#include "checkers/vacuous.h"

namespace cleave {
namespace {

const CheckerInfo kCheckers[] = {
    {"linearizable",
     "registers with read, write and cas, over independent keys: one order explains all",
     CheckLinearizable},
    {"set", "a grow-only set: nothing lost, stale, unexpected, duplicated or out of order",
     CheckSet},
    {"append", "list-append transactions: strict serializability", CheckAppend},
    {"stats", "how many operations of each function ended how, and how long they took", CheckStats},
    {"availability", "per node and fault: time to the first error, to recovery, longest gap",
     CheckAvailability},
    {"vacuous", "the guard: enough was ok, and every requested fault took effect", CheckVacuous},
};

constexpr CheckerAlias kAliases[] = {
    {"register", "linearizable"}, {"cas-register", "linearizable"},
    {"set-full", "set"},          {"list-append", "append"},
    {"guard", "vacuous"},
};

std::string_view FindAlias(std::string_view name) {
  for (const CheckerAlias& a : kAliases) {
    if (a.alias == name) return a.name;
  }
  return name;
}

}  // namespace

std::span<const CheckerInfo> Checkers() {
  static const std::vector<CheckerInfo> all = [] {
    std::vector<CheckerInfo> rows(std::begin(kCheckers), std::end(kCheckers));
    for (const ModelInfo& model : Models()) {
      if (FindAlias(model.name) != model.name) continue;  // a checker of its own
      rows.push_back({model.name, model.summary,
                      [&model](const History& history, const CheckOptions& options) {
                        return CheckObject(model.name, history, options);
                      }});
    }
    return rows;
  }();
  return all;
}
std::span<const CheckerAlias> CheckerAliases() { return kAliases; }

const CheckerInfo* FindChecker(std::string_view name) {
  name = FindAlias(name);
  for (const CheckerInfo& checker : Checkers()) {
    if (checker.name == name) return &checker;
  }
  return nullptr;
}

CheckResult RunChecker(const CheckerInfo& checker, const History& history,
                       const CheckOptions& options) {
  CheckResult result;
  try {
    result = checker.check(history, options);
  } catch (const std::bad_alloc&) {
    result = {};
    result.verdict = Verdict::kUnknown;
    result.reason = "out of memory";
  } catch (const std::exception& problem) {
    result = {};
    result.verdict = Verdict::kUnknown;
    result.reason = problem.what();
  }
  result.checker = checker.name;
  return result;
}

}  // namespace cleave
