// cleave demo: the embedded store without and with a bug, side by side.
#include <iostream>

#include "harness/cli/commands.h"
#include "harness/cli/plan.h"
#include "harness/cli/run_plan.h"
#include "harness/cli/test_arguments.h"

namespace cleave {
namespace {

constexpr const char* kBug = "stale-read";

int Demo(const TestArguments& arguments) {
  TestOptions options = ToTestOptions(arguments);
  const auto act = [&](const char* title) {
    std::cout << title << std::endl;
    const int code = RunPlan(MakePlan(options));
    std::cout << std::endl;
    return code;
  };
  const int healthy = act("1. A five-node Raft store under partitions, crashes and pauses.");
  if (healthy != 0) {
    std::cerr << "cleave: the demo expected VALID for the healthy store\n";
    return healthy;
  }
  options.bug = kBug;
  options.nemesis = {"partition:leader", "pause:leader"};
  const int broken =
      act("2. The same store, whose leader answers reads without confirming that it still leads.");
  if (broken != 1) {
    std::cerr << "cleave: the demo expected INVALID for the store with the bug\n";
    return broken == 0 ? 2 : broken;
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
      "Exit: 0 when the healthy store is valid and the bug is caught.\n\nExample:\n  cleave demo");
  command->callback([action, arguments] { *action = [arguments] { return Demo(*arguments); }; });
}

}  // namespace cleave
