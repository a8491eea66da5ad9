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
  for (const auto& [name, summary] :
       {std::pair("selftest", "Build and run every test (in a source checkout)"),
        std::pair("bench", "Build and run the benchmarks (in a source checkout)")}) {
    CLI::App* command = app.add_subcommand(name, summary);
    command->footer(std::string("Example:\n  ./cleave ") + name);
    command->callback([action, name = std::string(name)] {
      *action = [name]() -> int {
        throw UsageError("`" + name + "` builds from sources: run ./cleave " + name +
                         " in a checkout of the repository");
      };
    });
  }
}

}  // namespace cleave
