// The one place where cluster, target, workload, nemesis, checkers and report meet.
#include "harness/cli/run_plan.h"

#include <exception>
#include <iostream>

#include "checkers/online/online.h"
#include "harness/cli/judge.h"
#include "harness/cluster/local_cluster.h"
#include "harness/cluster/private_namespaces.h"
#include "harness/cluster/relay_signals.h"
#include "harness/run/asio.h"
#include "harness/run/test.h"
#include "nemesis/nemesis.h"
#include "nemesis/package.h"
#include "nemesis/schedule.h"

namespace cleave {
namespace {

GeneratorPtr NemesisGeneratorOf(const TestOptions& options) {
  if (!options.schedule.empty()) return ReplayGenerator(ReadSchedule(options.schedule));
  return NemesisGenerator(options.nemesis, options.nodes, options.nemesis_interval, options.seed);
}

std::string ViolationWords(const OnlineViolation& violation) {
  return violation.anomaly + (violation.key.empty() ? "" : " of key " + violation.key) +
         " at event " + std::to_string(violation.event);
}

/// For the live line.
std::string OnlineWords(const OnlineChecker& online) {
  if (online.violation()) return "INVALID: " + online.violation()->anomaly;
  if (online.judged() == 0) return "no verdict yet";
  if (online.left_out() == 0) return "valid so far";
  return "valid so far (" + std::to_string(online.left_out()) + " operations left to the end)";
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
  const std::unique_ptr<OnlineChecker> online =
      plan.options.online ? MakeOnlineChecker(setup.workload.checkers.front()) : nullptr;
  if (online) {
    setup.online.take = [&online](const Event& event) {
      online->Take(event);
      return online->violation() ? ViolationWords(*online->violation()) : "";
    };
    setup.online.words = [&online] { return OnlineWords(*online); };
  }
  setup.judge_so_far = [history = directory.history(), checker = setup.workload.checkers.front()](
                           uint64_t bytes) { return JudgeSoFar(history, bytes, checker); };
  return RunToEnd(io, setup);
}

/// What was seen while the run went on, where all of it together says something else.
void CompareWithOnline(const std::string& violation, Judgement* judgement) {
  if (violation.empty() || judgement->verdict == Verdict::kInvalid) return;
  CheckResult& online = judgement->results.emplace_back();
  online.checker = "online";
  online.reason = "while the run went on: " + violation;
  // Where all of it could not be decided, a part of it was.
  online.verdict =
      judgement->results.front().verdict == Verdict::kValid ? Verdict::kUnknown : Verdict::kInvalid;
  judgement->verdict = std::max(judgement->verdict, online.verdict);
}

/// Judges what is on disk, and prints before it writes: a full disk loses no verdict. What was
/// recorded of a run that did not come to its end proves nothing valid.
int JudgeAndReport(const std::filesystem::path& directory, const TestOutcome& outcome, bool brief) {
  const std::string& error = outcome.error;
  const RecordedRun run = ReadRun(directory);
  Judgement judgement = JudgeRun(run, CheckOptionsOf(run));
  CompareWithOnline(outcome.violation, &judgement);
  if (!error.empty()) {
    CheckResult& environment = judgement.results.emplace_back();
    environment.checker = "environment";
    environment.verdict = Verdict::kUnknown;
    environment.reason = error;
    judgement.verdict = std::max(judgement.verdict, environment.verdict);
  }
  if (!brief) std::cout << Summary(judgement, run.history) << std::flush;
  for (const std::string& problem : WriteResults(run, judgement)) {
    std::cerr << "cleave: " << problem << "\n";
  }
  const std::filesystem::path report = directory / "report.html";
  std::error_code ignored;
  if (!brief && std::filesystem::exists(report, ignored)) {
    std::cout << "  report: " << report.string() << std::endl;
  }
  return error.empty() ? ExitCode(judgement.verdict) : kEnvironment;
}

int RunInside(const Plan& plan) {
  RunDirectory directory(plan.options.store, plan.target->name, plan.options.workload);
  const TestOutcome outcome = Execute(plan, directory);
  for (const std::string& warning : outcome.warnings) std::cerr << "cleave: " << warning << "\n";
  if (!outcome.error.empty()) {
    std::cerr << "cleave: " << outcome.error << "\n  recorded so far: " << directory.path().string()
              << "\n";
  }
  if (outcome.interrupted) std::cerr << "cleave: interrupted; judging what was recorded\n";
  if (!outcome.violation.empty() && !plan.brief) {
    std::cerr << "cleave: " << (plan.options.keep_going ? "" : "stopped at ")
              << "a violation: " << outcome.violation
              << (plan.options.keep_going ? "\n" : " (--keep-going goes on all the same)\n");
  }
  return JudgeAndReport(directory.path(), outcome, plan.brief);
}

}  // namespace

PlanOutcome RunPlan(const Plan& plan) {
  const int code = EnterPrivateNamespaces([&plan] {
    try {
      return RunInside(plan);
    } catch (const std::exception& error) {
      std::cerr << "cleave: " << error.what() << "\n";
      return kEnvironment;
    }
  });
  return {code, RelayedInterrupt()};
}

}  // namespace cleave
