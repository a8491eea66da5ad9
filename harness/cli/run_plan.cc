// The one place where cluster, target, workload, nemesis, checkers and report meet.
#include "harness/cli/run_plan.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <iostream>

#include "harness/cli/judge.h"
#include "harness/cluster/local_cluster.h"
#include "harness/cluster/private_namespaces.h"
#include "harness/run/test.h"
#include "nemesis/nemesis.h"
#include "nemesis/package.h"
#include "nemesis/schedule.h"

namespace cleave {
namespace {

GeneratorPtr NemesisGeneratorOf(const TestOptions& options) {
  if (!options.schedule.empty()) return ReplayGenerator(ReadSchedule(options.schedule));
  return NemesisGenerator(options.nemesis, options.nemesis_interval, options.seed);
}

/// Runs the coroutine to its end. io stops there: what an abandoned client left behind is dropped.
TestOutcome RunToEnd(asio::io_context& io, TestSetup& setup) {
  TestOutcome outcome;
  std::exception_ptr error;
  asio::co_spawn(io, RunTest(setup), [&](std::exception_ptr e, TestOutcome done) {
    error = e;
    outcome = std::move(done);
    io.stop();
  });
  io.run();
  if (error) std::rethrow_exception(error);
  return outcome;
}

TestOutcome Execute(const Plan& plan, RunDirectory& directory) {
  asio::io_context io(1);
  const std::unique_ptr<Cluster> cluster =
      MakeLocalCluster(io, {.nodes = plan.options.nodes, .run_directory = directory.path()});
  const std::unique_ptr<Target> target = plan.target->make(TargetOptionsOf(plan));
  Nemesis nemesis(*cluster, *target, plan.options.seed, directory.path() / "schedule.json");
  TestSetup setup{.options = plan.options,
                  .version = CLEAVE_VERSION,
                  .directory = directory,
                  .cluster = *cluster,
                  .target = *target,
                  .workload = plan.workload->make(WorkloadOptionsOf(plan.options)),
                  .nemesis = &nemesis,
                  .nemesis_generator = NemesisGeneratorOf(plan.options)};
  // The first checker is the one that judges the data.
  setup.judge_so_far = [history = directory.history(), checker = setup.workload.checkers.front()](
                           uint64_t bytes) { return JudgeSoFar(history, bytes, checker); };
  return RunToEnd(io, setup);
}

int RunInside(const Plan& plan) {
  RunDirectory directory(plan.options.store, plan.target->name, plan.options.workload);
  const TestOutcome outcome = Execute(plan, directory);
  for (const std::string& warning : outcome.warnings) std::cerr << "cleave: " << warning << "\n";
  if (!outcome.error.empty()) {
    std::cerr << "cleave: " << outcome.error << "\n  recorded so far: " << directory.path().string()
              << "\n";
    return 255;
  }
  if (outcome.interrupted) std::cerr << "cleave: interrupted; judging what was recorded\n";
  const RecordedRun run = ReadRun(directory.path());
  const Judgement judgement = JudgeRun(run, CheckOptionsOf(run));
  std::cout << Summary(judgement, run.history)
            << "  report: " << (directory.path() / "report.html").string() << std::endl;
  return ExitCode(judgement.verdict);
}

}  // namespace

int RunPlan(const Plan& plan) {
  return EnterPrivateNamespaces([&plan] {
    try {
      return RunInside(plan);
    } catch (const std::exception& error) {
      std::cerr << "cleave: " << error.what() << "\n";
      return 255;
    }
  });
}

}  // namespace cleave
