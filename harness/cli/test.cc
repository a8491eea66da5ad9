// cleave test: one run against one target.
#include "harness/cli/commands.h"
#include "harness/cli/plan.h"
#include "harness/cli/run_plan.h"
#include "harness/cli/suggest.h"
#include "harness/cli/test_arguments.h"
#include "targets/registry.h"

namespace cleave {

void AddTest(CLI::App& app, Action* action) {
  CLI::App* command =
      app.add_subcommand("test", "Test a target: run a workload under faults, judge, report");
  auto arguments = std::make_shared<TestArguments>();
  command
      ->add_option("target,--target", arguments->options.target,
                   "the store to test: see `cleave list targets`; or the JSON file of your own")
      ->required();
  AddTestOptions(command, arguments.get());
  command->footer(
      "Starts a cluster of private Linux namespaces, without root. Everything is stopped at the "
      "end,\n"
      "after Ctrl-C too (twice: at once). Exit: 0 valid, 1 invalid, 2 unknown or vacuous, 254 bad "
      "usage,\n"
      "255 the environment failed.\n\n"
      "Examples:\n"
      "  cleave test raft\n"
      "  cleave test raft --bug stale-read --nemesis partition:leader --time-limit 2m\n"
      "  cleave test etcd --workload append --nemesis partition,kill,pause\n"
      "  cleave test etcd --serializable --seed 7\n"
      "  cleave test redis-sentinel --nodes 3 --workload set --wait 2\n"
      "  cleave test postgres --workload append --isolation repeatable-read\n"
      "  cleave test --target targets/user/examples/store/store.json --nemesis partition\n"
      "  cleave test raft --schedule store/latest/schedule.json");
  command->callback([action, arguments] {
    *action = [arguments] { return RunPlan(MakePlan(ToTestOptions(*arguments))).exit_code; };
  });
}

}  // namespace cleave
