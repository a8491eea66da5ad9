// The table of checkers: one line each, and one for every model. Names that other tools use for the
// same question are aliases.
#include <exception>

#include "checkers/checker.h"
#include "checkers/object/object.h"
#include "checkers/register/linearizable.h"
#include "checkers/run/availability.h"
#include "checkers/run/stats.h"
#include "checkers/run/vacuous.h"
#include "checkers/sessions/consistency.h"
#include "checkers/streaming/bank.h"
#include "checkers/streaming/causal.h"
#include "checkers/streaming/comments.h"
#include "checkers/streaming/counter.h"
#include "checkers/streaming/g2.h"
#include "checkers/streaming/lock.h"
#include "checkers/streaming/log.h"
#include "checkers/streaming/long_fork.h"
#include "checkers/streaming/monotonic.h"
#include "checkers/streaming/queue.h"
#include "checkers/streaming/sequential.h"
#include "checkers/streaming/set.h"
#include "checkers/streaming/unique_ids.h"
#include "checkers/transactions/append.h"
#include "checkers/transactions/rw_register.h"

namespace cleave {
namespace {

const CheckerInfo kCheckers[] = {
    {"linearizable",
     "registers with read, write and cas, over independent keys: one order explains all",
     CheckLinearizable},
    {"set", "a grow-only set: nothing lost, stale, unexpected, duplicated or out of order",
     CheckSet},
    {"append", "list-append transactions: strict serializability or --consistency-models",
     CheckAppend},
    {"rw-register",
     "register transactions: strict serializability or --consistency-models; --sequential-keys, …",
     CheckRwRegister},
    {"counter", "adds and reads: each read is a sum that real time allows", CheckCounter},
    {"queue", "what is dequeued was enqueued, and no more often", CheckQueue},
    {"total-queue", "what goes in comes out once: nothing lost, unexpected or duplicated",
     CheckTotalQueue},
    {"unique-ids", "generated identifiers: none is handed out twice", CheckUniqueIds},
    {"bank", "transfers and reads: balances keep their sum, none below zero, no foreign account",
     CheckBank},
    {"long-fork", "reads of the same keys see writes in one order", CheckLongFork},
    {"monotonic", "rows stamped by the store's clock: values rise in the order of stamps",
     CheckMonotonic},
    {"sequential", "subkeys written in order by one process are seen in that order",
     CheckSequential},
    {"comments", "what is visible has everything acknowledged before it", CheckComments},
    {"causal", "a register's one session sees its own past", CheckCausal},
    {"g2", "of two inserts that exclude each other, one commits", CheckG2},
    {"lock", "locks with fencing tokens: never two holders, no token older than one before",
     CheckLock},
    {"log", "Kafka-style logs: sends and polls agree on offsets, nothing lost or out of order",
     CheckLog},
    {"stats", "how many operations of each function ended how, and how long they took", CheckStats},
    {"availability", "per node and fault: time to the first error, to recovery, longest gap",
     CheckAvailability},
    {"vacuous", "the guard: enough was ok, and every requested fault took effect", CheckVacuous},
};

constexpr CheckerAlias kAliases[] = {
    {"register", "linearizable"},
    {"cas-register", "linearizable"},
    {"set-full", "set"},
    {"list-append", "append"},
    {"guard", "vacuous"},
    {"causal-reverse", "comments"},
    {"adya-g2", "g2"},
    {"kafka", "log"},
    {"causal-register", "causal"},
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
    for (const ConsistencyLevelInfo& info : ConsistencyLevels()) {
      rows.push_back({info.checker, info.promise,
                      [&info](const History& history, const CheckOptions& options) {
                        return CheckConsistency(info.level, history, options);
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
