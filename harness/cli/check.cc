// cleave check: judges a run directory again, or histories from files.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>

#include "harness/cli/commands.h"
#include "harness/cli/duration.h"
#include "harness/cli/judge.h"
#include "harness/cli/suggest.h"
#include "harness/history/reader.h"

namespace cleave {
namespace {

struct CheckArguments {
  std::vector<std::string> files;
  std::string model;
  std::string initial = "null";
  std::string timeout = "60s";
  uint64_t memory_mib = 4096;
  bool json = false;
};

/// The model that a history's functions suggest, or "".
std::string GuessModel(const History& history) {
  bool seen[kWellKnownFunctions] = {};
  for (const Operation& op : history.operations()) {
    if (op.function < kWellKnownFunctions) seen[op.function] = true;
  }
  if (seen[kTxn]) return "append";
  if (seen[kAdd]) return "set";
  if (seen[kWrite] || seen[kCas] || seen[kRead]) return "linearizable";
  return "";
}

CheckOptions OptionsFrom(const CheckArguments& arguments) {
  CheckOptions options;
  options.timeout = std::chrono::milliseconds(ParseDuration(arguments.timeout) / 1'000'000);
  options.memory = arguments.memory_mib << 20;
  options.initial = arguments.initial;
  if (TryParseJson(arguments.initial).is_discarded()) {
    throw UsageError("--initial '" + arguments.initial +
                     "' is not JSON: write 0, null or '\"text\"'");
  }
  return options;
}

struct FileJudgement {
  Judgement judgement;
  History history;
};

FileJudgement JudgePath(const std::string& path, const CheckArguments& arguments) {
  CheckOptions options = OptionsFrom(arguments);
  if (std::filesystem::is_directory(path)) {
    RecordedRun run = ReadRun(path);
    if (arguments.model.empty()) {
      options.requested_faults = CheckOptionsOf(run).requested_faults;
      Judgement judgement = JudgeRun(run, options);
      return {std::move(judgement), std::move(run.history)};
    }
    Judgement judgement = Judge(run.history, {arguments.model}, options);
    return {std::move(judgement), std::move(run.history)};
  }
  if (!std::filesystem::exists(path)) throw UsageError("there is no file or directory " + path);
  History history = ReadHistory(path);
  const std::string model = arguments.model.empty() ? GuessModel(history) : arguments.model;
  if (model.empty()) throw UsageError(path + ": its functions suggest no model: give --model NAME");
  Judgement judgement = Judge(history, {model}, options);
  return {std::move(judgement), std::move(history)};
}

void Print(const std::string& path, const FileJudgement& result, const CheckArguments& arguments) {
  if (arguments.json) {
    Json json = ResultsJson(result.judgement, result.history);
    json["file"] = path;
    std::cout << DumpJson(json) << "\n";
  } else if (isatty(STDOUT_FILENO) || std::filesystem::is_directory(path)) {
    std::cout << path << ": " << Summary(result.judgement, result.history);
  } else {
    const Verdict verdict = result.judgement.verdict;
    const char* word = verdict == Verdict::kValid     ? "true"
                       : verdict == Verdict::kInvalid ? "false"
                                                      : "unknown";
    std::cout << path << "\t" << word << "\n";
  }
  std::cout << std::flush;
}

int Check(const CheckArguments& arguments) {
  if (!arguments.model.empty() && FindChecker(arguments.model) == nullptr) {
    std::vector<std::string> names;
    for (const CheckerInfo& checker : Checkers()) names.push_back(checker.name);
    throw UsageError(UnknownWord("model", arguments.model, names));
  }
  Verdict worst = Verdict::kValid;
  bool unreadable = false;
  for (const std::string& path : arguments.files) {
    try {
      const FileJudgement result = JudgePath(path, arguments);
      Print(path, result, arguments);
      worst = std::max(worst, result.judgement.verdict);
    } catch (const HistoryError& e) {
      std::cerr << "cleave: " << e.what() << "\n";
      if (!isatty(STDOUT_FILENO) && !arguments.json) std::cout << path << "\tunknown\n";
      unreadable = true;
    }
  }
  if (worst == Verdict::kInvalid) return ExitCode(worst);
  return unreadable ? 255 : ExitCode(worst);
}

}  // namespace

void AddCheck(CLI::App& app, Action* action) {
  CLI::App* command = app.add_subcommand("check", "Judge a recorded run, or histories from files");
  auto arguments = std::make_shared<CheckArguments>();
  command
      ->add_option("path", arguments->files,
                   "run directories, or history files (JSON Lines, JSON, etcd logs)")
      ->required();
  command->add_option(
      "--model", arguments->model,
      "what to check files against: linearizable (cas-register), set, append (list-append), …; "
      "by default what the functions suggest");
  command->add_option("--initial", arguments->initial, "the initial value of registers, as JSON")
      ->capture_default_str();
  command->add_option("--timeout", arguments->timeout, "give up a search after this time: unknown")
      ->capture_default_str();
  command->add_option("--memory", arguments->memory_mib, "MiB a search may hold: beyond, unknown")
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "one JSON object a path");
  command->footer(
      "Prints a summary on a terminal, and FILE<TAB>true|false|unknown a line per file otherwise.\n"
      "A run directory also gets its results.json, report.html and junit.xml anew.\n"
      "Exit: 0 valid, 1 invalid, 2 unknown or vacuous, 254 bad usage, 255 a file cannot be "
      "read.\n\n"
      "Examples:\n"
      "  cleave check store/latest\n"
      "  cleave check --model cas-register history.jsonl\n"
      "  cleave check --model list-append histories/*.json | grep -v true");
  command->callback([action, arguments] { *action = [arguments] { return Check(*arguments); }; });
}

}  // namespace cleave
