// Writes a made-up run's report for looking at: cleave_sample_report DIRECTORY VERDICT [OPERATIONS
// [TEXT]].
#include <iostream>

#include "reports/report.h"
#include "reports/testing/sample_run.h"

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: cleave_sample_report DIRECTORY VERDICT [OPERATIONS [HOSTILE-TEXT]]\n";
    return 254;
  }
  cleave::SampleOptions options;
  options.verdict = argv[2];
  if (argc > 3) options.operations = std::stoul(argv[3]);
  if (argc > 4) options.hostile = argv[4];
  const std::filesystem::path directory = argv[1];
  cleave::WriteSampleLogs(options, directory);
  const cleave::SampleRun run = cleave::MakeSampleRun(options);
  const cleave::ReportInput input{directory, run.history, run.test, run.schedule, run.results};
  cleave::WriteReport(input, directory / "report.html");
  cleave::WriteJUnit(input, directory / "junit.xml");
  return 0;
}
