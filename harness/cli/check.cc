// cleave check: judges a run directory again, or histories from files.
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "checkers/sessions/consistency.h"
#include "checkers/transactions/consistency_models.h"
#include "harness/cli/check_paths.h"
#include "harness/cli/check_printer.h"
#include "harness/cli/commands.h"
#include "harness/cli/duration.h"
#include "harness/cli/guess_model.h"
#include "harness/cli/judge.h"
#include "harness/cli/proofs.h"
#include "harness/cli/suggest.h"
#include "harness/history/reader.h"

namespace cleave {
namespace {

constexpr int kBadUsage = 254;
constexpr int kUnreadable = 255;

struct CheckArguments {
  std::vector<std::string> files;
  std::string model, consistency;
  std::vector<std::string> consistency_models, anomalies;
  bool wfr_keys = false, sequential_keys = false, linearizable_keys = false;
  std::string format = "auto";
  bool independent = false;
  std::string initial = "null";
  uint32_t permits = 1;
  std::optional<int64_t> bank_total;
  bool negative_balances = false;
  uint32_t group_size = 0;
  ProofFiles proofs;
  std::string timeout = "60s";
  uint64_t memory_mib = 4096;
  bool json = false;
};

std::vector<std::string> FormatNames() {
  std::vector<std::string> names;
  for (const HistoryFormatInfo& info : HistoryFormats()) names.push_back(info.name);
  return names;
}

/// A line for each format.
std::string FormatHelp() {
  std::string text = "Formats (--format), each packed with gzip or not:\n";
  for (const HistoryFormatInfo& info : HistoryFormats()) {
    std::string name = info.name;
    name.resize(std::max<size_t>(name.size() + 1, 12), ' ');
    text += "  " + name + info.summary + "\n";
  }
  return text;
}

ReadOptions ReadOptionsFrom(const CheckArguments& arguments) {
  const auto format = FindHistoryFormat(arguments.format);
  if (!format) throw UsageError(UnknownWord("format", arguments.format, FormatNames()));
  return {*format, arguments.independent};
}

void RequireKnown(const char* what, const std::vector<std::string>& words,
                  const std::vector<std::string>& known) {
  for (const std::string& word : words) {
    if (std::find(known.begin(), known.end(), word) == known.end())
      throw UsageError(UnknownWord(what, word, known));
  }
}

CheckOptions OptionsFrom(const CheckArguments& arguments) {
  CheckOptions options;
  RequireKnown("consistency model", arguments.consistency_models, ConsistencyModelNames());
  RequireKnown("anomaly", arguments.anomalies, TransactionAnomalyNames());
  if (!arguments.consistency_models.empty())
    options.consistency_models = arguments.consistency_models;
  options.anomalies = arguments.anomalies;
  options.wfr_keys = arguments.wfr_keys;
  options.sequential_keys = arguments.sequential_keys;
  options.linearizable_keys = arguments.linearizable_keys;
  options.timeout = std::chrono::milliseconds(ParseDuration(arguments.timeout) / 1'000'000);
  options.memory = arguments.memory_mib << 20;
  options.initial = arguments.initial;
  options.permits = arguments.permits;
  options.bank_total = arguments.bank_total;
  options.negative_balances = arguments.negative_balances;
  options.group_size = arguments.group_size;
  if (TryParseJson(arguments.initial).is_discarded()) {
    throw UsageError("--initial '" + arguments.initial +
                     "' is not JSON: write 0, null or '\"text\"'");
  }
  return options;
}

struct Judged {
  RecordedRun run;  // its directory is "" where no files are to be written
  Judgement judgement;
};

Judged JudgePath(const std::string& path, const std::string& model, const ReadOptions& read,
                 CheckOptions options) {
  if (path != "-" && std::filesystem::is_directory(path) && !MayBeFolder(read.format)) {
    RecordedRun run = ReadRun(path);
    if (model.empty()) {
      options.requested_faults = CheckOptionsOf(run).requested_faults;
      Judgement judgement = JudgeRun(run, options);
      return {std::move(run), std::move(judgement)};
    }
    run.directory.clear();
    Judgement judgement = Judge(run.history, {model}, options);
    return {std::move(run), std::move(judgement)};
  }
  RecordedRun run{{}, ReadHistory(path, read), nullptr, nullptr};
  const std::string checker = model.empty() ? GuessModel(run.history) : model;
  if (checker.empty()) {
    throw UsageError(path + ": its functions suggest no model: give --model NAME");
  }
  Judgement judgement = Judge(run.history, {checker}, options);
  return {std::move(run), std::move(judgement)};
}

/// The checker that --model or --consistency names; "" for neither.
std::string CheckerOf(const CheckArguments& arguments) {
  if (arguments.consistency.empty() || arguments.consistency == "linearizable") {
    return arguments.consistency.empty() ? arguments.model : "linearizable";
  }
  std::vector<std::string> names{"linearizable"};
  for (const ConsistencyLevelInfo& info : ConsistencyLevels()) {
    if (info.name == arguments.consistency) return info.checker;
    names.push_back(info.name);
  }
  throw UsageError(UnknownWord("consistency level", arguments.consistency, names));
}

int Check(const CheckArguments& arguments) {
  const std::string model = CheckerOf(arguments);
  if (!model.empty() && FindChecker(model) == nullptr) {
    throw UsageError(UnknownWord("model", model, CheckerNames()));
  }
  CheckOptions options = OptionsFrom(arguments);
  const ReadOptions read = ReadOptionsFrom(arguments);
  const std::vector<std::string> paths = ExpandPaths(arguments.files);
  if (paths.size() > 1 && !(arguments.proofs.witness + arguments.proofs.minimal).empty()) {
    throw UsageError("--witness and --minimal are for one history at a time");
  }
  std::vector<Witness> witnesses;
  if (!arguments.proofs.witness.empty()) options.witnesses = &witnesses;
  CheckPrinter printer(arguments.json);
  for (const std::string& path : paths) {
    try {
      const Judged judged = JudgePath(path, model, read, options);
      printer.Add(path, judged.judgement, judged.run.history);
      WriteProofs(arguments.proofs, judged.judgement, judged.run.history, witnesses, options);
      if (judged.run.directory.empty()) continue;
      for (const std::string& problem : WriteResults(judged.run, judged.judgement)) {
        std::cerr << "cleave: warning: " << problem << "\n";
      }
    } catch (const UsageError& error) {
      printer.AddFailure(path, error.what(), kBadUsage);
    } catch (const std::exception& error) {
      printer.AddFailure(path, error.what(), kUnreadable);
    }
  }
  return printer.End();
}

}  // namespace

void AddCheck(CLI::App& app, Action* action) {
  CLI::App* command = app.add_subcommand("check", "Judge a recorded run, or histories from files");
  auto arguments = std::make_shared<CheckArguments>();
  command
      ->add_option("path", arguments->files,
                   "run directories, history files, globs of them (quoted or not), - for standard "
                   "input")
      ->required();
  command->add_option(
      "--model", arguments->model,
      "what to check files against: linearizable (cas-register), set, append (list-append), … as "
      "`cleave list checkers` has them; by default what functions and values suggest");
  command
      ->add_option("--consistency", arguments->consistency,
                   "registers: linearizable, sequential, causal, pram, read-your-writes, "
                   "monotonic-reads, monotonic-writes or writes-follow-reads")
      ->excludes("--model");
  command
      ->add_option("--consistency-models", arguments->consistency_models,
                   "transactions: what is to hold, in place of strict-serializable: "
                   "snapshot-isolation, read-committed, PL-3, …; several with commas")
      ->delimiter(',');
  command
      ->add_option("--anomalies", arguments->anomalies,
                   "transactions: what is not to be there beside what the models proscribe: "
                   "G-single, lost-update, …")
      ->delimiter(',');
  command->add_flag("--wfr-keys", arguments->wfr_keys,
                    "rw-register: assume that who reads a version and writes its key writes a "
                    "later one");
  command->add_flag("--sequential-keys", arguments->sequential_keys,
                    "rw-register: assume that no process goes back in a key's versions");
  command->add_flag("--linearizable-keys", arguments->linearizable_keys,
                    "rw-register: assume that nobody sees an older version of a key than who had "
                    "returned before");
  command->add_option("--format", arguments->format, "how files are written: see below")
      ->capture_default_str();
  command->add_flag("--independent", arguments->independent,
                    "values are [key value], as jepsen.independent writes them; those tagged "
                    "#jepsen.independent/tuple need no flag");
  command->add_option("--initial", arguments->initial, "the initial value of registers, as JSON")
      ->capture_default_str();
  command->add_option("--permits", arguments->permits, "semaphore: how often it may be held")
      ->capture_default_str();
  command->add_option("--bank-total", arguments->bank_total,
                      "bank: what all balances come to; by default what the first read says");
  command->add_flag("--negative-balances", arguments->negative_balances,
                    "bank: a balance may be below zero");
  command->add_option("--group-size", arguments->group_size,
                      "long-fork: how many keys every read names; 0: any number");
  command->add_option("--witness", arguments->proofs.witness,
                      "where valid: writes the order that shows it, for cleave verify; of "
                      "transactions that of (strict, snapshot, …) isolation levels");
  command->add_option("--minimal", arguments->proofs.minimal,
                      "where invalid: writes the few operations that cannot be, as a history; of "
                      "transactions the fewest that show the anomaly");
  command->add_option("--timeout", arguments->timeout, "give up a search after this time: unknown")
      ->capture_default_str();
  command->add_option("--memory", arguments->memory_mib, "MiB a search may hold: beyond, unknown")
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "one JSON object a path");
  command->footer(
      FormatHelp() +
      "In EDN a read that is completed with nil says nothing, as in Knossos; in JSON null is a "
      "value.\n\n"
      "Prints summaries on a terminal, and PATH<TAB>true|false|unknown a line per path otherwise.\n"
      "A run directory also gets its results.json, report.html and junit.xml anew.\n"
      "Exit by the worst: 1 invalid, then 255 a path cannot be read, 254 bad usage, 2 unknown or\n"
      "vacuous, 0 all valid.\n\n"
      "Examples:\n"
      "  cleave check store/latest\n"
      "  cleave check --model cas-register history.edn\n"
      "  cleave check --model cas-register --independent --initial 0 "
      "store/etcd/latest/history.edn\n"
      "  cleave check --model list-append 'histories/*.json' | grep -v true\n"
      "  cleave check --consistency-models snapshot-isolation history.edn\n"
      "  zcat history.edn.gz | cleave check --json -\n"
      "  cleave check --model fifo-queue --witness order.jsonl --minimal why.jsonl history.edn\n"
      "  cleave check --consistency-models serializable --witness order.jsonl history.edn");
  command->callback([action, arguments] { *action = [arguments] { return Check(*arguments); }; });
}

}  // namespace cleave
