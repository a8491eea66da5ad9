// Judging a history and a run directory.
#include "harness/cli/judge.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <functional>
#include <iterator>
#include <system_error>

#include "harness/cli/suggest.h"
#include "harness/history/reader.h"
#include "harness/run/test_options.h"
#include "nemesis/schedule.h"
#include "reports/report.h"
#include "workloads/registry.h"

namespace cleave {
namespace {

// What a verdict so far may take, beside a run that goes on.
constexpr std::chrono::seconds kTimeSoFar{2};
constexpr uint64_t kMemorySoFar = uint64_t{256} << 20;

Json CountsOf(const History& history) {
  uint64_t counts[3] = {};
  for (const Operation& op : history.operations()) ++counts[static_cast<size_t>(op.outcome)];
  return {{"ok", counts[0]}, {"fail", counts[1]}, {"info", counts[2]}};
}

/// At most this many bytes of an operation's words: a read of a large set is no line for a
/// terminal.
std::string Cut(std::string text, size_t bytes = 160) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (text[bytes] & 0xC0) == 0x80) --bytes;  // never inside a character
  return text.substr(0, bytes) + "…";
}

/// What goes wrong is a problem more, and no reason to leave out what comes next.
void Attempt(const std::function<void()>& write, std::vector<std::string>* problems) {
  try {
    write();
  } catch (const std::exception& error) {
    problems->push_back(error.what());
  }
}

}  // namespace

void WriteText(const std::filesystem::path& file, const std::string& text) {
  errno = 0;
  std::ofstream out(file);
  out << text;
  if (!out.flush()) {
    throw std::system_error(errno == 0 ? EIO : errno, std::generic_category(),
                            "cannot write " + file.string());
  }
}

std::vector<std::string> CheckerNames() {
  std::vector<std::string> names;
  for (const CheckerInfo& checker : Checkers()) names.push_back(checker.name);
  for (const CheckerAlias& alias : CheckerAliases()) names.emplace_back(alias.alias);
  return names;
}

Judgement Judge(const History& history, const std::vector<std::string>& checkers,
                const CheckOptions& options) {
  Judgement judgement;
  for (const std::string& name : checkers) {
    const CheckerInfo* checker = FindChecker(name);
    if (checker == nullptr) throw UsageError(UnknownWord("checker", name, CheckerNames()));
    judgement.results.push_back(RunChecker(*checker, history, options));
    judgement.verdict = std::max(judgement.verdict, judgement.results.back().verdict);
  }
  return judgement;
}

std::string JudgeSoFar(const std::filesystem::path& history, uint64_t bytes,
                       const std::string& checker) {
  std::string text(bytes, '\0');
  std::ifstream in(history, std::ios::binary);
  in.read(text.data(), static_cast<std::streamsize>(bytes));
  text.resize(static_cast<size_t>(in.gcount()));
  CheckOptions options;
  options.timeout = kTimeSoFar;
  options.memory = kMemorySoFar;
  options.max_anomalies = 1;
  const Judgement judgement = Judge(ReadHistoryText(text, history.string()), {checker}, options);
  switch (judgement.verdict) {
    case Verdict::kValid: return "valid";
    case Verdict::kInvalid: return "INVALID: " + judgement.results[0].anomalies.at(0).name;
    case Verdict::kUnknown:
    case Verdict::kVacuous: break;
  }
  return "";
}

Json ResultsJson(const Judgement& judgement, const History& history) {
  Json checkers = Json::array();
  for (const CheckResult& result : judgement.results) checkers.push_back(ToJson(result, history));
  Json warnings = Json::array();
  for (const std::string& warning : history.warnings()) warnings.push_back(warning);
  return {{"verdict", VerdictName(judgement.verdict)},
          {"counts", CountsOf(history)},
          {"warnings", std::move(warnings)},
          {"checkers", std::move(checkers)}};
}

Json ReadJson(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return nullptr;
  try {
    return ParseJson(std::string(std::istreambuf_iterator<char>(in), {}));
  } catch (const Json::exception& e) {
    throw std::runtime_error(file.string() + " is damaged: " + e.what());
  }
}

void RequireRun(const std::filesystem::path& directory) {
  std::error_code error;  // what may not be looked at says so when it is read
  if (!std::filesystem::exists(directory / "history.jsonl", error) && !error) {
    throw UsageError(directory.string() + " is no run directory: it holds no history.jsonl");
  }
}

/// Also where a crash tore its last entry.
static Json ReadScheduleJson(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return nullptr;
  return ScheduleJson(std::string(std::istreambuf_iterator<char>(in), {}), file.string());
}

RecordedRun ReadRun(const std::filesystem::path& directory) {
  RequireRun(directory);
  return {directory, ReadHistory(directory / "history.jsonl"), ReadJson(directory / "test.json"),
          ReadScheduleJson(directory / "schedule.json")};
}

std::vector<std::string> CheckersOf(const RecordedRun& run) {
  const WorkloadInfo* workload = nullptr;
  if (run.test.is_object()) {
    workload = FindWorkload(TestOptionsFromJson(run.test.at("options")).workload);
  }
  if (workload == nullptr) {
    throw UsageError(run.directory.string() +
                     "/test.json names no workload that this version knows: give --model NAME");
  }
  return workload->make(WorkloadOptions{}).checkers;
}

CheckOptions CheckOptionsOf(const RecordedRun& run) {
  CheckOptions options;
  if (!run.test.is_object()) return options;
  for (const std::string& fault : TestOptionsFromJson(run.test.at("options")).nemesis) {
    options.requested_faults.push_back(fault.substr(0, fault.find(':')));
  }
  return options;
}

Judgement JudgeRun(const RecordedRun& run, const CheckOptions& options) {
  return Judge(run.history, CheckersOf(run), options);
}

std::vector<std::string> WriteReports(const RecordedRun& run, const Json& results) {
  std::vector<std::string> problems;
  const ReportInput input{run.directory, run.history, run.test, run.schedule, results};
  Attempt([&] { WriteReport(input, run.directory / "report.html"); }, &problems);
  Attempt([&] { WriteJUnit(input, run.directory / "junit.xml"); }, &problems);
  return problems;
}

std::vector<std::string> WriteResults(const RecordedRun& run, const Judgement& judgement) {
  std::vector<std::string> problems;
  const Json results = ResultsJson(judgement, run.history);
  Attempt([&] { WriteText(run.directory / "results.json", DumpJson(results, 1) + "\n"); },
          &problems);
  for (std::string& problem : WriteReports(run, results)) problems.push_back(std::move(problem));
  return problems;
}

namespace {

/// The reason without the sentences that follow below it anyway.
std::string ShortReason(const CheckResult& result, size_t max_anomalies) {
  if (result.anomalies.empty() || max_anomalies == 0) return result.reason;
  const std::string first = ": " + result.anomalies[0].explanation;
  return result.reason.ends_with(first)
             ? result.reason.substr(0, result.reason.size() - first.size())
             : result.reason;
}

/// What the history itself gives reason to doubt (see checkers/transactions/outcome_lint.h).
std::vector<std::string> Lint(const Json& data) {
  std::vector<std::string> texts;
  if (!data.is_object() || !data.contains("lint")) return texts;
  for (const Json& found : data.at("lint")) texts.push_back(found.at("text").get<std::string>());
  return texts;
}

/// "longest order: write 1, write 2; then read = 1 cannot follow: …", or "" where nobody looked for
/// one. Its end where it is long: that is what matters.
std::string LongestOrder(const Anomaly& anomaly, const History& history) {
  constexpr size_t kMostSteps = 6;
  const auto partial = anomaly.detail.find("partial");
  if (!anomaly.detail.is_object() || partial == anomaly.detail.end()) return "";
  const Json& order = partial->at(0).at("order");
  const size_t skipped = order.size() > kMostSteps ? order.size() - kMostSteps : 0;
  std::string text = skipped > 0 ? "…" : order.empty() ? "none" : "";
  const auto ops = history.operations();
  for (size_t i = skipped; i < order.size(); ++i) {
    const auto op = std::lower_bound(
        ops.begin(), ops.end(), order[i].at("event").get<Position>(),
        [](const Operation& operation, Position event) { return operation.call < event; });
    const auto index = static_cast<size_t>(op - ops.begin());
    text += (text.empty() ? "" : ", ") + Cut(history.Describe(index), 40);
  }
  const auto why = partial->at(0).at("stuck").at(0).at("why").get<std::string>();
  return "longest order: " + text + "; " + (order.empty() ? "" : "then ") + Cut(why);
}

}  // namespace

std::string Summary(const Judgement& judgement, const History& history, size_t max_anomalies) {
  std::string verdict = VerdictName(judgement.verdict);
  for (char& c : verdict) c = static_cast<char>(std::toupper(c));
  std::string text = verdict + "\n";
  for (const std::string& warning : history.warnings()) text += "  note: " + warning + "\n";
  for (const CheckResult& result : judgement.results) {
    text += "  " + result.checker + ": " + VerdictName(result.verdict);
    const std::string reason = ShortReason(result, max_anomalies);
    if (!reason.empty()) text += " (" + reason + ")";
    text += "\n";
    for (const std::string& note : Lint(result.data)) text += "    note: " + note + "\n";
    for (size_t i = 0; i < std::min(max_anomalies, result.anomalies.size()); ++i) {
      const Anomaly& anomaly = result.anomalies[i];
      text += "    " + anomaly.name + ": " + anomaly.explanation + "\n";
      for (const uint32_t index : anomaly.operations) {
        const Operation& op = history.operations()[index];
        text += "      event " + std::to_string(op.call) +
                (op.ret == kNever ? "…" : "–" + std::to_string(op.ret)) + ": process " +
                std::to_string(op.process) + ": " + Cut(history.Describe(index)) + "\n";
      }
      const std::string order = LongestOrder(anomaly, history);
      if (!order.empty()) text += "      " + order + "\n";
    }
    if (result.anomaly_count > max_anomalies) {
      text += "    and " + std::to_string(result.anomaly_count - max_anomalies) + " more\n";
    }
  }
  return text;
}

}  // namespace cleave
