// cleave verify: replays the witness of a valid verdict, with code that shares nothing with the
// engines that made it.
#include <fstream>
#include <iostream>

#include "checkers/register/register_ops.h"
#include "checkers/witness.h"
#include "harness/cli/commands.h"
#include "harness/cli/judge.h"
#include "harness/cli/suggest.h"
#include "harness/history/reader.h"

namespace cleave {
namespace {

struct VerifyArguments {
  std::string history, witness;
  std::string initial = "null";
  uint32_t permits = 1;
  std::string format = "auto";
  bool independent = false;
};

/// What the orders show. Under snapshot isolation each transaction is in its order twice.
void PrintVerified(const std::vector<Witness>& witnesses) {
  size_t operations = 0, objects = 0;
  for (const Witness& witness : witnesses) {
    if (!witness.level.empty()) {
      const bool snapshot = witness.level.ends_with("snapshot-isolation");
      std::cout << "verified: " << witness.order.size() / (snapshot ? 2 : 1)
                << (snapshot ? " transactions begin and commit" : " transactions")
                << " in an order that shows " << witness.level << "\n";
      continue;
    }
    ++objects;
    operations += witness.order.size();
  }
  if (objects == 0 && !witnesses.empty()) return;
  std::cout << "verified: " << operations << " operations of " << objects
            << (objects == 1 ? " object" : " objects")
            << ", each in an order in which every answer is right\n";
}

int VerifyWitness(const VerifyArguments& arguments) {
  const auto format = FindHistoryFormat(arguments.format);
  if (!format) throw UsageError("there is no format " + arguments.format);
  const History history = std::filesystem::is_directory(arguments.history)
                              ? ReadRun(arguments.history).history
                              : ReadHistory(arguments.history, {*format, arguments.independent});
  std::ifstream file(arguments.witness);
  if (!file) throw UsageError("cannot read " + arguments.witness);
  const std::vector<Witness> witnesses = ReadWitnesses(file, history);
  const auto refused = Verify(
      history, witnesses, {FindJsonText(history.values(), arguments.initial), arguments.permits});
  if (refused) {
    std::cout << "refused: " << *refused << "\n";
    return 1;
  }
  PrintVerified(witnesses);
  return 0;
}

}  // namespace

void AddVerify(CLI::App& app, Action* action) {
  CLI::App* command =
      app.add_subcommand("verify", "Replay the witness that a valid verdict rests on");
  auto arguments = std::make_shared<VerifyArguments>();
  command->add_option("history", arguments->history, "a run directory or a history file")
      ->required();
  command->add_option("witness", arguments->witness, "what check --witness wrote")->required();
  command->add_option("--initial", arguments->initial, "the initial value of registers, as JSON")
      ->capture_default_str();
  command->add_option("--permits", arguments->permits, "how often a semaphore may be held")
      ->capture_default_str();
  command->add_option("--format", arguments->format, "how the history is written, as for check")
      ->capture_default_str();
  command->add_flag("--independent", arguments->independent, "values are [key value]");
  command->footer(
      "The verifier is short and shares no code with the engines. Exit: 0 verified, 1 refused.\n"
      "Of transactions it says which isolation level their order shows.\n\n"
      "Example:\n"
      "  cleave check --model fifo-queue --witness order.jsonl history.edn\n"
      "  cleave verify history.edn order.jsonl");
  command->callback(
      [action, arguments] { *action = [arguments] { return VerifyWitness(*arguments); }; });
}

}  // namespace cleave
