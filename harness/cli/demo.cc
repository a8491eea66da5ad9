// cleave demo: the embedded store without and with a bug, side by side.
#include <iostream>

#include "harness/cli/commands.h"
#include "harness/cli/plan.h"
#include "harness/cli/run_plan.h"
#include "harness/cli/test_arguments.h"

namespace cleave {
namespace {

constexpr const char* kBug = "stale-read";
constexpr int kProvedNothing = 2;

PlanOutcome Act(const char* title, const TestOptions& options) {
  std::cout << title << std::endl;
  const PlanOutcome outcome = RunPlan(MakePlan(options));
  std::cout << std::endl;
  if (outcome.interrupted) std::cerr << "cleave: the demo was interrupted\n";
  return outcome;
}

int Demo(const TestArguments& arguments) {
  TestOptions options = ToTestOptions(arguments);
  const PlanOutcome healthy =
      Act("1. A five-node Raft store under partitions, crashes and pauses.", options);
  if (healthy.interrupted) return kProvedNothing;
  if (healthy.exit_code != 0) {
    std::cerr << "cleave: the demo expected VALID for the healthy store\n";
    return healthy.exit_code;
  }
  options.bug = kBug;
  options.nemesis = {"partition:leader", "pause:leader"};
  const PlanOutcome broken =
      Act("2. The same store, whose leader answers reads without confirming that it still leads.",
          options);
  if (broken.interrupted) return kProvedNothing;
  if (broken.exit_code != 1) {
    std::cerr << "cleave: the demo expected INVALID for the store with the bug\n";
    return broken.exit_code == 0 ? kProvedNothing : broken.exit_code;
  }
  std::cout << "Both verdicts are right. Open the two report.html files above in a browser.\n";
  return 0;
}

}  // namespace

void AddDemo(CLI::App& app, Action* action) {
  CLI::App* command =
      app.add_subcommand("demo", "A healthy store and one with a bug, in two minutes");
  auto arguments = std::make_shared<TestArguments>();
  arguments->options.target = "raft";
  arguments->time_limit = "30s";
  command->add_option("--time-limit", arguments->time_limit, "length of each run")
      ->capture_default_str();
  command->add_option("--seed", arguments->options.seed, "decides every random choice")
      ->capture_default_str();
  command->add_option("--store", arguments->options.store, "directory for the runs")
      ->capture_default_str();
  command->add_flag("--quiet", arguments->options.quiet, "no progress line");
  command->footer(
      "Exit: 0 when the healthy store is valid and the bug is caught, 2 after Ctrl-C.\n\n"
      "Example:\n  cleave demo");
  command->callback([action, arguments] { *action = [arguments] { return Demo(*arguments); }; });
}

}  // namespace cleave
