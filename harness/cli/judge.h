// From recorded events to a verdict and its files: what `test` does at the end of a run, and what
// `check RUN` and `report RUN` repeat at any time from the run directory alone.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "checkers/checker.h"
#include "harness/history/history.h"
#include "harness/history/json.h"
#include "harness/history/verdict.h"

namespace cleave {

/// What was judged: the worst verdict, and the checkers' results in their order.
struct Judgement {
  Verdict verdict = Verdict::kValid;
  std::vector<CheckResult> results;
};

/// What --model takes: every checker, then the aliases.
std::vector<std::string> CheckerNames();

/// Runs the named checkers. Throws UsageError for an unknown name.
Judgement Judge(const History& history, const std::vector<std::string>& checkers,
                const CheckOptions& options);

/// For the live line of a run that goes on: judges the first `bytes` of its history, at most a few
/// seconds long. "valid", "INVALID: stale-read" (the first anomaly's name), "" where undecided.
std::string JudgeSoFar(const std::filesystem::path& history, uint64_t bytes,
                       const std::string& checker);

/// The content of results.json.
Json ResultsJson(const Judgement& judgement, const History& history);

/// A run directory as read back from disk. test.json and schedule.json are null where absent.
struct RecordedRun {
  std::filesystem::path directory;
  History history;
  Json test;
  Json schedule;
};

/// A whole JSON file; null where there is none. Throws std::runtime_error that names it when it is
/// damaged, e.g. half-written.
Json ReadJson(const std::filesystem::path& file);

/// Throws UsageError for a directory that is no run.
void RequireRun(const std::filesystem::path& directory);
/// Throws UsageError when it is no run directory, HistoryError when its history cannot be read.
RecordedRun ReadRun(const std::filesystem::path& directory);
/// The checkers that the run's workload names, and the faults that it asked for.
std::vector<std::string> CheckersOf(const RecordedRun& run);
CheckOptions CheckOptionsOf(const RecordedRun& run);

/// Writes a whole file. Throws std::system_error with its path where that fails.
void WriteText(const std::filesystem::path& file, const std::string& text);

/// Judges a run by its workload's checkers. Writes nothing: print the verdict first, so that a
/// directory that cannot be written does not lose it.
Judgement JudgeRun(const RecordedRun& run, const CheckOptions& options);
/// Write report.html and junit.xml, and results.json before them, each whatever becomes of the
/// others. Return which could not be written and why, in words.
std::vector<std::string> WriteReports(const RecordedRun& run, const Json& results);
std::vector<std::string> WriteResults(const RecordedRun& run, const Judgement& judgement);

/// The verdict, each checker's reason, and the first anomalies in words: for a terminal.
std::string Summary(const Judgement& judgement, const History& history, size_t max_anomalies = 3);

}  // namespace cleave
