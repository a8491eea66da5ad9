// The commands: one file each, one row in main's table each.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace cleave {

/// What the parsed command line asks for; returns the exit code.
using Action = std::function<int()>;

/// Adds a command with its options, help and examples to the program. When it is chosen, *action is
/// set.
void AddDemo(CLI::App& app, Action* action);
void AddTest(CLI::App& app, Action* action);
void AddGallery(CLI::App& app, Action* action);
void AddCheck(CLI::App& app, Action* action);
void AddVerify(CLI::App& app, Action* action);
void AddReport(CLI::App& app, Action* action);
void AddList(CLI::App& app, Action* action);
void AddDoctor(CLI::App& app, Action* action);
void AddInstall(CLI::App& app, Action* action);
/// "selftest" and "bench" are the launcher's: the program says so.
void AddLauncherCommands(CLI::App& app, Action* action);

}  // namespace cleave
