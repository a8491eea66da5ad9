// Refusing what cannot be, before anything starts.
#include "harness/cli/plan.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/cli/suggest.h"
#include "harness/cli/test_arguments.h"
#include "nemesis/package.h"
#include "nemesis/registry.h"
#include "nemesis/schedule.h"
#include "targets/registry.h"
#include "targets/user/description.h"
#include "targets/user/user_target.h"
#include "workloads/registry.h"

namespace cleave {
namespace {

template <class Rows, class NameOf>
std::vector<std::string> Names(const Rows& rows, NameOf name) {
  std::vector<std::string> names;
  for (const auto& row : rows) names.push_back(name(row));
  return names;
}

const auto kName = [](const auto& row) { return row.name; };

const WorkloadInfo& RequireWorkload(const std::string& name) {
  const WorkloadInfo* workload = FindWorkload(name);
  if (workload == nullptr)
    throw UsageError(UnknownWord("workload", name, Names(Workloads(), kName)));
  return *workload;
}

/// Both lists, so that a person sees what is missing and what there is.
void RequireOffer(const TargetInfo& target, const std::string& workload_name,
                  const Workload& workload) {
  if (Offers(target, workload)) return;
  const std::string refused = "target " + target.name + " cannot run workload " + workload_name;
  for (const Offer& offer : target.offers) {
    if (offer.interface != workload.interface) continue;
    throw UsageError(refused + ": it needs " + workload.interface + " functions " +
                     Join(workload.functions) + ", and the target offers " + Join(offer.functions));
  }
  throw UsageError(refused + ": it needs a " + workload.interface + " with " +
                   Join(workload.functions) + ", and the target offers " +
                   Join(Names(target.offers, [](const Offer& o) { return o.interface; })));
}

void RequireBug(const TargetInfo& target, const std::string& bug) {
  if (bug.empty()) return;
  const auto names = Names(target.bugs, kName);
  if (names.empty())
    throw UsageError("target " + target.name + " is a real store: it has no --bug");
  if (std::find(names.begin(), names.end(), bug) == names.end()) {
    throw UsageError(UnknownWord("bug of target " + target.name, bug, names));
  }
}

void RequireFlags(const TargetInfo& target, const TestOptions& options) {
  const auto names = Names(target.flags, kName);
  for (const auto& [flag, value] : options.target_flags) {
    const auto named = std::find(names.begin(), names.end(), flag);
    if (named == names.end()) {
      if (IsTargetFile(options.target))
        throw UsageError(UnknownWord("setting of " + target.name, flag, names));
      throw UsageError("target " + target.name + " has no --" + flag +
                       "; its flags: " + (names.empty() ? "none" : "--" + Join(names, ", --")));
    }
    const auto& values = target.flags[named - names.begin()].values;
    if (values.empty() || std::find(values.begin(), values.end(), value) != values.end()) continue;
    const std::string kind = IsTargetFile(options.target) ? "setting " : "--";
    throw UsageError(UnknownWord("value of " + kind + flag, value, values));
  }
}

void RequireNodes(const TargetInfo& target, const TestOptions& options) {
  const int only = OnlyNodes(target, options.target_flags);
  if (only == 0 || only == options.nodes) return;
  throw UsageError("target " + target.name + " runs on --nodes " + std::to_string(only) +
                   ", not on " + std::to_string(options.nodes));
}

void RequireRanges(const TestOptions& options) {
  const auto require = [](bool right, const std::string& words) {
    if (!right) throw UsageError(words);
  };
  require(options.nodes >= 1 && options.nodes <= 50, "--nodes must be 1 to 50");
  require(options.concurrency >= 1 && options.concurrency <= 10'000,
          "--concurrency must be 1 to 10000");
  require(options.rate >= 0 && std::isfinite(options.rate),
          "--rate must be 0 (no limit) or more operations a second");
  require(options.ops >= 0 && options.key_count >= 0 && options.ops_per_key >= 0,
          "--ops, --key-count and --ops-per-key must not be negative");
  require(options.max_txn_length >= 1 && options.max_txn_length <= 64,
          "--max-txn-length must be 1 to 64");
  require(options.key_skew >= 0 && options.key_skew <= 4, "--key-skew must be 0 to 4");
  require(options.time_limit > 0 || options.ops > 0,
          "give --time-limit or --ops: the run must end");
}

/// A replay asks for the faults of its schedule: the vacuity guard then wants proof of each.
void TakeFaultsFromSchedule(TestOptions* options) {
  if (options->schedule.empty()) return;
  Schedule schedule;
  try {
    // Without links: store/latest will mean this run once it has begun.
    options->schedule = std::filesystem::canonical(options->schedule);
    schedule = ReadSchedule(options->schedule);
  } catch (const std::exception& error) {
    throw UsageError(error.what());
  }
  if (schedule.nodes > options->nodes) {
    throw UsageError(options->schedule.string() + " was recorded with " +
                     std::to_string(schedule.nodes) + " nodes: give --nodes " +
                     std::to_string(schedule.nodes));
  }
  try {
    ValidateSchedule(schedule, options->nodes, options->schedule.string());
  } catch (const ScheduleError& error) {
    throw UsageError(error.what());
  }
  std::set<std::string> faults;
  for (const ScheduledFault& fault : schedule.faults) {
    if (fault.f.starts_with("start-")) faults.insert(fault.f.substr(6));
  }
  options->nemesis.assign(faults.begin(), faults.end());
}

}  // namespace

bool Offers(const TargetInfo& target, const Workload& workload) {
  return std::any_of(target.offers.begin(), target.offers.end(), [&](const Offer& offer) {
    if (offer.interface != workload.interface) return false;
    const auto& offered = offer.functions;
    return std::all_of(workload.functions.begin(), workload.functions.end(), [&](const auto& f) {
      return std::find(offered.begin(), offered.end(), f) != offered.end();
    });
  });
}

std::shared_ptr<const TargetInfo> RequireTarget(const std::string& name) {
  if (IsTargetFile(name)) {
    try {
      return std::make_shared<const TargetInfo>(UserTarget(name));
    } catch (const DescriptionError& error) {
      throw UsageError(error.what());
    }
  }
  const TargetInfo* target = FindTarget(name);
  if (target == nullptr) {
    throw UsageError(UnknownWord("target", name, Names(Targets(), kName)) +
                     ", or a file that ends in .json");
  }
  return {std::shared_ptr<const TargetInfo>(), target};  // the registry's own
}

Plan MakePlan(const TestOptions& options_given) {
  TestOptions options = options_given;
  RequireRanges(options);
  TakeFaultsFromSchedule(&options);
  Plan plan;
  plan.target = RequireTarget(options.target);
  // As it is found from everywhere.
  if (IsTargetFile(options.target)) options.target = std::filesystem::canonical(options.target);
  options.command = ToCommand(options);
  plan.options = options;
  plan.workload = &RequireWorkload(options.workload);
  RequireOffer(*plan.target, options.workload, plan.workload->make(WorkloadOptionsOf(options)));
  RequireBug(*plan.target, options.bug);
  RequireFlags(*plan.target, options);
  RequireNodes(*plan.target, options);
  for (const std::string& fault : options.nemesis) {
    const std::string name = fault.substr(0, fault.find(':'));
    const FaultInfo* info = FindFault(name);
    if (info == nullptr) throw UsageError(UnknownWord("fault", name, Names(Faults(), kName)));
    if (name.size() == fault.size()) continue;
    const std::string shape = fault.substr(name.size() + 1);
    if (std::find(info->shapes.begin(), info->shapes.end(), shape) == info->shapes.end()) {
      throw UsageError(UnknownWord("shape of fault " + name, shape, info->shapes));
    }
  }
  if (const auto problem = ValidateNemesis(options.nemesis, options.nodes))
    throw UsageError(*problem);
  return plan;
}

TargetOptions TargetOptionsOf(const Plan& plan) {
  TargetOptions options;
  options.bug = plan.options.bug;
  options.flags = plan.options.target_flags;
  options.seed = plan.options.seed;
  options.interface = plan.workload->make(WorkloadOptionsOf(plan.options)).interface;
  return options;
}

WorkloadOptions WorkloadOptionsOf(const TestOptions& options) {
  WorkloadOptions workload;
  workload.seed = options.seed;
  workload.concurrency = options.concurrency;
  workload.nodes = options.nodes;
  workload.key_count = options.key_count;
  workload.ops_per_key = options.ops_per_key;
  workload.max_txn_length = options.max_txn_length;
  workload.key_skew = options.key_skew;
  return workload;
}

}  // namespace cleave
