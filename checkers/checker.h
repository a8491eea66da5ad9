// A checker judges a history. Pure: no clock but its own deadline, no network, no files.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checkers/witness.h"
#include "harness/history/history.h"
#include "harness/history/verdict.h"

namespace cleave {

struct CheckOptions {
  /// A checker that has not decided by then says kUnknown, and where it was stuck.
  std::chrono::milliseconds timeout{60'000};
  /// Bytes a search may hold, beside the history itself.
  uint64_t memory = uint64_t{4} << 30;
  /// The initial value of registers, as JSON text.
  std::string initial = "null";
  /// How often a semaphore may be held.
  uint32_t permits = 1;
  /// How many anomalies are explained; the rest is only counted.
  size_t max_anomalies = 16;
  /// Where the orders go that show why an object is linearizable; nullptr: nobody asked. An object
  /// that is valid and missing there could not be ordered within the bounds.
  std::vector<Witness>* witnesses = nullptr;
  /// bank: what all balances come to; without it, what the first complete read says.
  std::optional<int64_t> bank_total;
  /// bank: whether a balance may be below zero.
  bool negative_balances = false;
  /// long-fork: how many keys every read names; 0: any number.
  uint32_t group_size = 0;
  /// Transactions: the models that are to hold, and anomalies that are not to be there beside those
  /// that the models proscribe (transactions/consistency_models.h).
  std::vector<std::string> consistency_models{"strict-serializable"};
  std::vector<std::string> anomalies;
  /// rw-register: what is assumed of the order of each key's versions, as Elle's options of these
  /// names (transactions/assumed_orders.h).
  bool wfr_keys = false, sequential_keys = false, linearizable_keys = false;
  /// Faults that the run asked for (--nemesis); the vacuity guard wants proof of each.
  std::vector<std::string> requested_faults;
};

/// A row of the registry: `name` is what the command line and workloads say.
struct CheckerInfo {
  const char* name;
  const char* summary;
  std::function<CheckResult(const History& history, const CheckOptions& options)> check;
};

/// Another name of a checker: what other tools call the same question.
struct CheckerAlias {
  std::string_view alias, name;
};

/// Every checker, in the order in which they are listed.
std::span<const CheckerInfo> Checkers();
std::span<const CheckerAlias> CheckerAliases();
/// By name or alias; nullptr when there is none.
const CheckerInfo* FindChecker(std::string_view name);

/// Runs one checker. What it throws becomes kUnknown with the text as its reason.
CheckResult RunChecker(const CheckerInfo& checker, const History& history,
                       const CheckOptions& options);

}  // namespace cleave
