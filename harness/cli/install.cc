// cleave install: the Debian packages of a target; and the commands that only the launcher has.
#include "targets/install.h"

#include <iostream>

#include "harness/cli/commands.h"
#include "harness/cli/suggest.h"
#include "targets/registry.h"

namespace cleave {

void AddInstall(CLI::App& app, Action* action) {
  CLI::App* command = app.add_subcommand(
      "install", "Install a target's Debian packages, without starting services");
  auto name = std::make_shared<std::string>();
  command->add_option("target", *name, "a target, see `cleave list targets`")->required();
  command->footer(
      "CLEAVE_NO_INSTALL=1 only says what is missing.\n\nExample:\n  cleave install etcd");
  command->callback([action, name] {
    *action = [name] {
      const TargetInfo* target = FindTarget(*name);
      if (target == nullptr) {
        std::vector<std::string> names;
        for (const TargetInfo& row : Targets()) names.push_back(row.name);
        throw UsageError(UnknownWord("target", *name, names));
      }
      return InstallPackages(*target);
    };
  });
}

void AddLauncherCommands(CLI::App& app, Action* action) {
  struct LauncherCommand {
    const char *name, *summary, *options;
  };
  for (const auto& [name, summary, options] :
       {LauncherCommand{
            "selftest", "Build and run every test (in a source checkout)",
            "Takes these options of ctest: -R REGEX and -E REGEX choose tests, -j N, --repeat "
            "MODE:N,\n--timeout SECONDS, --stop-on-failure.\n"
            "Exit: 0 passed, 1 a test failed, 254 bad usage, 255 something could not be built.\n\n"
            "Examples:\n  ./cleave selftest\n  ./cleave selftest -R cleave_history"},
        LauncherCommand{"bench", "Build and run the benchmarks (in a source checkout)",
                        "Takes the options of Google Benchmark.\n\n"
                        "Examples:\n  ./cleave bench\n"
                        "  ./cleave bench --benchmark_filter=Read"},
        LauncherCommand{
            "fuzz", "Build and run the fuzz targets (in a source checkout)",
            "Arguments: [SECONDS] [TARGET...], 60 seconds for each of all targets unless they say "
            "otherwise.\nWhat is worth keeping stays in build/fuzz/corpus, an input that finds "
            "something in build/fuzz.\n"
            "Exit: 0 nothing found, 1 something found, 254 bad usage, 255 it could not be built."
            "\n\nExamples:\n  ./cleave fuzz\n  ./cleave fuzz 600 edn object"}}) {
    CLI::App* command = app.add_subcommand(name, summary);
    command->footer(options);
    command->callback([action, name = std::string(name)] {
      *action = [name]() -> int {
        throw UsageError("`" + name + "` builds from sources: run ./cleave " + name +
                         " in a checkout of the repository");
      };
    });
  }
}

}  // namespace cleave
