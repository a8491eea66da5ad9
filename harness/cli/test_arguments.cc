// The options of a test, with their help.
#include "harness/cli/test_arguments.h"

#include <cstdlib>
#include <iomanip>
#include <limits>
#include <sstream>

#include "harness/cli/duration.h"
#include "harness/cli/plan.h"
#include "harness/cli/suggest.h"
#include "nemesis/package.h"
#include "targets/registry.h"
#include "targets/user/user_target.h"

namespace cleave {
namespace {

constexpr const char* kSwitchedOn = "true";  // CLI11's word for a switch that was given
constexpr int kMostOfAFlag = 1'000'000;

std::vector<std::string> SplitCommas(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) {
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

/// As many digits as it takes to read the same number again.
std::string Exact(double number) {
  std::ostringstream out;
  out << std::setprecision(std::numeric_limits<double>::max_digits10) << number;
  return out.str();
}

int NodesOf(const TestArguments& arguments) {
  if (arguments.nodes) return *arguments.nodes;
  const auto target = RequireTarget(arguments.options.target);
  const int only = OnlyNodes(*target, arguments.flags);
  return only > 0 ? only : arguments.options.nodes;
}

std::vector<std::string> UsualFaults(int nodes) {
  std::vector<std::string> faults = {"partition", "kill", "pause"};
  if (nodes == 1) faults.erase(faults.begin());  // there is nothing to part
  return faults;
}

/// A flag that other targets have, too, is one option, which says what it is to each of them.
/// Whether the run's target takes the value is for plan.cc to say.
void AddTargetFlag(CLI::App& command, const std::string& target, const TargetFlag& flag,
                   TestArguments& arguments) {
  const std::string name = "--" + flag.name;
  std::string meaning = ": " + flag.summary;
  if (!flag.values.empty()) meaning += ": " + Join(flag.values);
  if (arguments.flags.contains(flag.name)) {
    CLI::Option* known = command.get_option(name);
    std::string help = known->get_description();
    const bool same = help.ends_with(meaning);
    if (same) help.resize(help.size() - meaning.size());
    known->description(help + (same ? ", " : "; ") + target + meaning);
    return;
  }
  std::string& value = arguments.flags[flag.name];
  if (!flag.values.empty()) {
    command.add_option(name, value, target + meaning);
  } else if (!flag.number.empty()) {
    command.add_option(name, value, target + meaning)
        ->type_name(flag.number)
        ->check(CLI::Range(1, kMostOfAFlag));
  } else {
    command.add_flag(name, value, target + meaning);
  }
}

}  // namespace

void AddTestOptions(CLI::App* command, TestArguments* a) {
  TestOptions& o = a->options;
  command->add_option("--workload", o.workload, "what to ask: see `cleave list workloads`")
      ->capture_default_str();
  command->add_option("--nemesis", a->nemesis,
                      "faults, each with an optional shape: partition:halves,kill,pause; or none "
                      "(default: partition,kill,pause, without what needs more nodes)");
  command->add_option(
      "--nemesis-interval", a->nemesis_interval,
      "mean time between a fault's start and stop (default: 5s, less in short runs)");
  command->add_option("--schedule", o.schedule,
                      "replay the faults of this schedule.json instead of --nemesis");
  command->add_option("--bug", o.bug,
                      "switch on a seeded bug of the target: see `cleave list targets`");
  command
      ->add_option("--set", a->settings,
                   "a setting of your own store, as its file names it; may be repeated")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  command->add_option("--seed", o.seed, "decides every random choice of the run")
      ->capture_default_str();
  command->add_option("--nodes", a->nodes,
                      "nodes of the cluster (default: " + std::to_string(o.nodes) +
                          ", or the only number that the target runs on)");
  command->add_option("--concurrency", o.concurrency, "client processes at once")
      ->capture_default_str();
  command->add_option("--rate", o.rate, "operations a second over all clients; 0: no limit")
      ->capture_default_str();
  command->add_option("--time-limit", a->time_limit, "length of the main phase (30s, 5m)")
      ->capture_default_str();
  command->add_option("--ops", o.ops, "stop after this many operations; 0: no limit")
      ->capture_default_str();
  command
      ->add_option("--op-timeout", a->op_timeout,
                   "give up on an operation: its outcome is then unknown")
      ->capture_default_str();
  command
      ->add_option("--recovery-time", a->recovery_time,
                   "how long the healed cluster may take to serve again")
      ->capture_default_str();
  command
      ->add_option("--key-count", o.key_count,
                   "independent keys at once; 0: the workload's default")
      ->capture_default_str();
  command
      ->add_option("--ops-per-key", o.ops_per_key,
                   "operations before a key retires; 0: the default")
      ->capture_default_str();
  command
      ->add_option("--max-txn-length", o.max_txn_length,
                   "micro-operations of a transaction, at most")
      ->capture_default_str();
  command
      ->add_option("--key-skew", o.key_skew,
                   "how unevenly transactions choose keys, as an exponent of Zipf; 0: uniformly")
      ->capture_default_str();
  command->add_option("--store", o.store, "directory for the runs")->capture_default_str();
  command->add_flag("--online,!--no-online", o.online,
                    "judge while the run goes on (default where the checker can: see `cleave list "
                    "checkers`)");
  command->add_flag("--keep-going", o.keep_going, "do not stop at the first violation");
  command->add_flag("--quiet", o.quiet, "no progress line");
  for (const TargetInfo& target : Targets()) {
    for (const TargetFlag& flag : target.flags) AddTargetFlag(*command, target.name, flag, *a);
  }
}

TestOptions ToTestOptions(const TestArguments& arguments) {
  TestOptions options = arguments.options;
  options.nodes = NodesOf(arguments);
  if (!options.schedule.empty()) {
    options.nemesis.clear();
  } else if (!arguments.nemesis) {
    options.nemesis = UsualFaults(options.nodes);
  } else if (*arguments.nemesis != "none") {
    options.nemesis = SplitCommas(*arguments.nemesis);
  }
  options.time_limit = ParseDuration(arguments.time_limit);
  options.nemesis_interval = arguments.nemesis_interval.empty()
                                 ? NemesisInterval(options.time_limit)
                                 : ParseDuration(arguments.nemesis_interval);
  options.op_timeout = ParseDuration(arguments.op_timeout);
  options.recovery_time = ParseDuration(arguments.recovery_time);
  if (options.op_timeout == 0) throw UsageError("--op-timeout must be more than 0");
  if (!options.nemesis.empty() && options.nemesis_interval == 0) {
    throw UsageError("--nemesis-interval must be more than 0");
  }
  for (const auto& [name, value] : arguments.flags) {
    if (!value.empty() && value != "false") options.target_flags[name] = value;
  }
  for (const std::string& setting : arguments.settings) {
    const size_t equals = setting.find('=');
    if (equals == 0 || equals == std::string::npos) {
      throw UsageError("--set takes NAME=VALUE, not '" + setting + "'");
    }
    options.target_flags[setting.substr(0, equals)] = setting.substr(equals + 1);
  }
  return options;
}

std::vector<std::string> ToCommand(const TestOptions& options) {
  const char* called = std::getenv("CLEAVE_COMMAND");  // the launcher's, e.g. ./cleave
  std::vector<std::string> command = {called != nullptr ? called : "cleave", "test",
                                      options.target};
  const auto add = [&](const char* name, const std::string& value) {
    command.push_back(name);
    command.push_back(value);
  };
  add("--workload", options.workload);
  if (options.schedule.empty()) {
    add("--nemesis", options.nemesis.empty() ? "none" : Join(options.nemesis, ","));
    add("--nemesis-interval", FormatDuration(options.nemesis_interval));
  } else {
    add("--schedule", options.schedule.string());
  }
  if (!options.bug.empty()) add("--bug", options.bug);
  for (const auto& [flag, value] : options.target_flags) {
    if (IsTargetFile(options.target)) {
      add("--set", flag + "=" + value);
      continue;
    }
    command.push_back("--" + flag);
    if (value != kSwitchedOn) command.push_back(value);
  }
  add("--seed", std::to_string(options.seed));
  add("--nodes", std::to_string(options.nodes));
  add("--concurrency", std::to_string(options.concurrency));
  add("--rate", Exact(options.rate));
  add("--time-limit", FormatDuration(options.time_limit));
  if (options.ops > 0) add("--ops", std::to_string(options.ops));
  add("--op-timeout", FormatDuration(options.op_timeout));
  add("--recovery-time", FormatDuration(options.recovery_time));
  if (options.key_count > 0) add("--key-count", std::to_string(options.key_count));
  if (options.ops_per_key > 0) add("--ops-per-key", std::to_string(options.ops_per_key));
  if (options.max_txn_length != TestOptions{}.max_txn_length) {
    add("--max-txn-length", std::to_string(options.max_txn_length));
  }
  if (options.key_skew != TestOptions{}.key_skew) add("--key-skew", Exact(options.key_skew));
  if (!options.online) command.emplace_back("--no-online");
  if (options.keep_going) command.emplace_back("--keep-going");
  if (options.store != TestOptions{}.store) add("--store", options.store.string());
  return command;
}

}  // namespace cleave
