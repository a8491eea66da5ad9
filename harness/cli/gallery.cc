// cleave gallery: what is known to go wrong in real stores, found again, each with its control.
#include "harness/cli/commands.h"
#include "harness/cli/run_gallery.h"
#include "harness/cli/suggest.h"

namespace cleave {
namespace {

int ListGallery() {
  for (const Finding& finding : Findings()) {
    std::cout << finding.name << "\n  " << finding.title << "\n  expected: " << finding.kind
              << "\n  finding:  cleave test " << finding.target << " " << finding.breaks
              << "\n  control:  cleave test " << finding.target << " " << finding.holds
              << "\n  source:   " << finding.source << " " << finding.link << "\n";
  }
  return 0;
}

std::vector<const Finding*> Chosen(const std::vector<std::string>& names) {
  std::vector<const Finding*> chosen;
  std::vector<std::string> known = {"all"};
  for (const Finding& finding : Findings()) known.push_back(finding.name);
  for (const std::string& name : names) {
    if (name == "all") {
      for (const Finding& finding : Findings()) chosen.push_back(&finding);
      continue;
    }
    const Finding* finding = FindFinding(name);
    if (finding == nullptr) throw UsageError(UnknownWord("finding", name, known));
    chosen.push_back(finding);
  }
  return chosen;
}

void AddRun(CLI::App* gallery, Action* action) {
  CLI::App* command = gallery->add_subcommand("run", "Run findings and their controls");
  auto names = std::make_shared<std::vector<std::string>>();
  auto options = std::make_shared<GalleryOptions>();
  command->add_option("name", *names, "findings by name, or all")->required();
  command
      ->add_option("--seeds", options->seeds, "runs of each command, with seeds one after another")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--seed", options->seed, "the first seed")->capture_default_str();
  command->add_option("--only", options->only, "one of the two commands of each")
      ->check(CLI::IsMember({"finding", "control"}));
  command->add_option("--store", options->store, "directory for the runs")->capture_default_str();
  command->add_flag("--quiet", options->quiet, "no progress line");
  command->footer(
      "Writes STORE/gallery/<UTC time>/gallery.html, one page over all, gallery.json beside it, "
      "and\n"
      "the runs below. The data that servers left is removed where a run went as expected.\n"
      "Exit: 0 every finding found in four of five runs and every control valid, 1 not, 2 after\n"
      "Ctrl-C, 254 bad usage, 255 something could not be run, e.g. a store is not installed.\n\n"
      "Examples:\n  cleave gallery run etcd-stale-reads\n  cleave gallery run all --seeds 5");
  command->callback([action, names, options] {
    *action = [names, options] { return RunGallery(Chosen(*names), *options); };
  });
}

}  // namespace

void AddGallery(CLI::App& app, Action* action) {
  CLI::App* command = app.add_subcommand(
      "gallery", "Known anomalies of real stores: list them, or find them again");
  command->footer(
      "Without a command: lists the findings, each with the command that shows it, the control "
      "that\n"
      "does not, and who found it first.\n\n"
      "Examples:\n  cleave gallery\n  cleave gallery run redis-sentinel-lost-writes");
  command->require_subcommand(0, 1);
  command->callback([action, command] {
    if (command->get_subcommands().empty()) *action = ListGallery;
  });
  AddRun(command, action);
}

}  // namespace cleave
