// Runs made up for the tests, benchmarks and screenshots of reports: a register workload on five
// nodes with partitions, kills and pauses, and results of all kinds. Equal options give an equal
// run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "harness/history/history.h"
#include "harness/history/json.h"

namespace cleave {

struct SampleOptions {
  size_t operations = 20'000;
  int concurrency = 10;
  std::string verdict = "valid";
  /// Put into every place that comes from outside: values, keys, nodes, errors, options, evidence,
  /// logs.
  std::string hostile = "";
};

struct SampleRun {
  History history;
  Json test, schedule, results;
};

SampleRun MakeSampleRun(const SampleOptions& options);
/// Logs of five nodes in directory/nodes.
void WriteSampleLogs(const SampleOptions& options, const std::filesystem::path& directory);

}  // namespace cleave
