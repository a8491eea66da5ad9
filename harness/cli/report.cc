// cleave report: writes the report of a recorded run again.
#include <filesystem>
#include <iostream>

#include "harness/cli/commands.h"
#include "harness/cli/judge.h"

namespace cleave {
namespace {

int Report(const std::string& directory) {
  const RecordedRun run = ReadRun(directory);
  const Json results = ReadJson(run.directory / "results.json");
  const std::vector<std::string> problems =
      results.is_null()  // a crashed run was never judged
          ? WriteResults(run, JudgeRun(run, CheckOptionsOf(run)))
          : WriteReports(run, results);
  for (const std::string& problem : problems) std::cerr << "cleave: " << problem << "\n";
  if (!problems.empty()) return 255;
  std::cout << (run.directory / "report.html").string() << "\n";
  return 0;
}

}  // namespace

void AddReport(CLI::App& app, Action* action) {
  CLI::App* command =
      app.add_subcommand("report", "Write report.html and junit.xml of a recorded run again");
  auto directory = std::make_shared<std::string>();
  command->add_option("run", *directory, "a run directory")->required();
  command->footer(
      "Judges the run first when it has no results yet. `cleave check RUN` judges anew, also "
      "where\n"
      "results.json is damaged.\n\n"
      "Example:\n  cleave report store/latest");
  command->callback([action, directory] { *action = [directory] { return Report(*directory); }; });
}

}  // namespace cleave
