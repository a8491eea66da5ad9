// The program: parses the command line, runs one command, and turns what went wrong into an exit
// code.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <string_view>

#include "harness/cli/commands.h"
#include "harness/cli/run_plan.h"
#include "harness/cli/suggest.h"
#include "harness/cluster/node_init.h"
#include "harness/history/verdict.h"

namespace cleave {
namespace {

constexpr int kBadUsage = 254;

constexpr void (*kCommands[])(CLI::App&, Action*) = {
    AddDemo,   AddTest, AddGallery, AddCheck,   AddVerify,
    AddReport, AddList, AddDoctor,  AddInstall, AddLauncherCommands,
};

/// The subcommand being parsed, or the program where it was not recognised.
const CLI::App& Chosen(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : Chosen(*chosen.front());
}

/// "gallery run ", or "" for the program.
std::string PathOf(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? "" : chosen.front()->get_name() + " " + PathOf(*chosen.front());
}

std::vector<std::string> OptionNames(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

/// CLI11's message, or for an unknown word the nearest right one and the list.
std::string Explain(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  const CLI::App& command = Chosen(app);
  if (&command == &app && argc > 1 && argv[1][0] != '-') {
    std::vector<std::string> names;
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
      names.push_back(sub->get_name());
    }
    return UnknownWord("command", argv[1], names);
  }
  for (const std::string& extra : command.remaining()) {
    const std::string word = extra.substr(0, extra.find('='));
    if (word.starts_with("-")) return UnknownWord("option", word, OptionNames(command));
    return "unexpected argument '" + extra + "'";
  }
  return error.what();
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Cleave tests the consistency of replicated stores: it runs a workload against a cluster\n"
      "while injecting faults, judges the recorded history, and reports what broke and why.",
      "cleave");
  app.set_version_flag("--version", "cleave " CLEAVE_VERSION);
  app.require_subcommand(1);
  app.footer(
      "First steps:\n"
      "  cleave demo                    a healthy store and one with a bug, in two minutes\n"
      "  cleave doctor                  what works on this machine\n"
      "  cleave test raft --help        all options of a test\n\n"
      "Exit: 0 valid, 1 invalid, 2 unknown or vacuous, 254 bad usage, 255 the environment failed.");
  Action action;
  for (const auto add : kCommands) add(app, &action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    std::cerr << "cleave: " << Explain(app, error, argc, argv) << "\n  see: cleave " << PathOf(app)
              << "--help\n";
    return kBadUsage;
  }
  return action();
}

}  // namespace
}  // namespace cleave

int main(int argc, char** argv) {
  if (cleave::IsNodeInit(argc, argv)) return cleave::NodeInitMain(argc, argv);
  try {
    return cleave::Main(argc, argv);
  } catch (const cleave::UsageError& error) {
    std::cerr << "cleave: " << error.what() << "\n";
    return cleave::kBadUsage;
  } catch (const std::exception& error) {
    std::cerr << "cleave: " << error.what() << "\n";
    return cleave::kEnvironment;
  }
}
