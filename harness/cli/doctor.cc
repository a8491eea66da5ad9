// cleave doctor: what works on this machine, mechanism by mechanism, and how to enable what does
// not.
#include <iostream>

#include "harness/cli/commands.h"
#include "harness/cluster/probe.h"

namespace cleave {

void AddDoctor(CLI::App& app, Action* action) {
  CLI::App* command =
      app.add_subcommand("doctor", "Say what works on this machine, and how to enable the rest");
  command->footer(
      "Tries each mechanism for real in a throw-away child; changes nothing.\n"
      "Exit: 0 when a test can run here, 255 when it cannot.\n\nExample:\n  cleave doctor");
  command->callback([action] {
    *action = [] {
      const std::vector<ProbeResult> probes = Probe();
      std::cout << FormatProbes(probes);
      bool able = true;
      for (const ProbeResult& probe : probes) able = able && (probe.works || !probe.used);
      return able ? 0 : 255;
    };
  });
}

}  // namespace cleave
