// The options of `cleave test`, shared with `demo`.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/test_options.h"

namespace cleave {

/// Option texts as typed, before they become TestOptions.
struct TestArguments {
  TestOptions options;
  std::optional<std::string>
      nemesis;               // as typed; else the usual faults, as far as they can be done
  std::optional<int> nodes;  // as typed; else the target's own number, or TestOptions'
  std::string time_limit = "60s";
  std::string nemesis_interval;  // "": chosen from the time limit
  std::string op_timeout = "2s";
  std::string recovery_time = "30s";
  std::vector<std::string> settings;         // NAME=VALUE, of a user's own target
  std::map<std::string, std::string> flags;  // of all targets, by name; "": not given
};

/// Adds every option of a test to a command. `arguments` must outlive the parse.
void AddTestOptions(CLI::App* command, TestArguments* arguments);

/// Throws UsageError for a text that means nothing.
TestOptions ToTestOptions(const TestArguments& arguments);

/// The command line that repeats a run: parsing it gives the same options. Its first word is how
/// the user called the program: CLEAVE_COMMAND, which the launcher sets, or cleave.
std::vector<std::string> ToCommand(const TestOptions& options);

}  // namespace cleave
