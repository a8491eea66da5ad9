// cleave report: writes the report of a recorded run again.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "harness/cli/commands.h"
#include "harness/cli/judge.h"

namespace cleave {
namespace {

int Report(const std::string& directory) {
  const RecordedRun run = ReadRun(directory);
  std::ifstream in(run.directory / "results.json");
  if (in) {
    WriteReports(run, Json::parse(in));
  } else {
    JudgeRun(run, CheckOptionsOf(run));  // a crashed run was never judged
  }
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
      "Judges the run first when it has no results yet (use `check` to judge anew).\n\n"
      "Example:\n  cleave report store/latest");
  command->callback([action, directory] { *action = [directory] { return Report(*directory); }; });
}

}  // namespace cleave
