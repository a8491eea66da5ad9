// A report over a million operations: the issue asks for less than 5 s and 60 MB.
#include <benchmark/benchmark.h>

#include "reports/report.h"
#include "reports/testing/sample_run.h"

namespace cleave {
namespace {

void BM_Report(benchmark::State& state) {
  const SampleRun run =
      MakeSampleRun({.operations = static_cast<size_t>(state.range(0)), .verdict = "invalid"});
  const ReportInput input{"", run.history, run.test, run.schedule, run.results};
  size_t size = 0;
  for (auto _ : state) size = RenderReport(input).size();
  state.counters["MB"] = static_cast<double>(size) / 1e6;
}
BENCHMARK(BM_Report)->Arg(10'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace cleave
