// cleave list: what this program has, straight from the registries.
#include <algorithm>
#include <iostream>

#include "checkers/checker.h"
#include "checkers/online/online.h"
#include "harness/cli/commands.h"
#include "harness/cli/plan.h"
#include "harness/cli/suggest.h"
#include "nemesis/registry.h"
#include "targets/registry.h"
#include "workloads/registry.h"

namespace cleave {
namespace {

void Row(const std::string& name, const std::string& text, size_t width = 14) {
  std::cout << name << std::string(name.size() < width ? width - name.size() : 1, ' ') << text
            << "\n";
}

void ListTargets() {
  for (const TargetInfo& target : Targets()) {
    Row(target.name, target.summary);
    for (const Offer& offer : target.offers) {
      Row("", offer.interface + ": " + Join(offer.functions));
    }
    for (const TargetBug& bug : target.bugs) Row("", "--bug " + bug.name + ": " + bug.summary);
    for (const TargetFlag& flag : target.flags) {
      std::string value = flag.number.empty() ? "" : " " + flag.number;
      if (!flag.values.empty()) value = " " + Join(flag.values, "|");
      std::string nodes;
      for (const int number : flag.nodes)
        nodes += (nodes.empty() ? "" : "|") + std::to_string(number);
      if (!nodes.empty()) nodes = "; nodes: " + nodes;
      Row("", "--" + flag.name + value + ": " + flag.summary + nodes);
    }
    if (target.nodes > 0) Row("", "nodes: " + std::to_string(target.nodes));
    if (!target.packages.empty()) Row("", "packages: " + Join(target.packages));
  }
  Row("FILE.json", "your own store, as a file describes it: see targets/user/README.md");
}

void ListWorkloads() {
  for (const WorkloadInfo& info : Workloads()) {
    const Workload workload = info.make(WorkloadOptions{});
    Row(info.name, info.summary);
    Row("", "needs " + workload.interface + ": " + Join(workload.functions) + "; checked by " +
                Join(workload.checkers));
  }
}

void ListFaults() {
  for (const FaultInfo& fault : Faults()) {
    Row(fault.name, fault.summary);
    if (!fault.shapes.empty()) Row("", "shapes: " + Join(fault.shapes));
  }
}

void ListCheckers() {
  size_t width = 0;
  for (const CheckerInfo& checker : Checkers()) {
    width = std::max(width, std::string_view(checker.name).size() + 2);
  }
  for (const CheckerInfo& checker : Checkers()) {
    Row(checker.name, checker.summary, width);
    std::vector<std::string> aliases;
    for (const CheckerAlias& alias : CheckerAliases()) {
      if (alias.name == checker.name) aliases.emplace_back(alias.alias);
    }
    if (!aliases.empty()) Row("", "also called " + Join(aliases), width);
    if (MakeOnlineChecker(checker.name)) Row("", "judges while a run goes on", width);
  }
}

/// Which target runs which workload.
void ListMatrix() {
  std::string targets;
  for (const TargetInfo& target : Targets()) targets += target.name + "  ";
  targets.erase(targets.find_last_not_of(' ') + 1);
  Row("workload", targets);
  for (const WorkloadInfo& info : Workloads()) {
    const Workload workload = info.make(WorkloadOptions{});
    std::string line;
    for (const TargetInfo& target : Targets()) {
      line += (Offers(target, workload) ? "✓" : "·") + std::string(target.name.size() + 1, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    Row(info.name, line);
  }
}

int List(const std::string& what) {
  if (what == "targets") {
    ListTargets();
  } else if (what == "workloads") {
    ListWorkloads();
  } else if (what == "faults") {
    ListFaults();
  } else if (what == "checkers") {
    ListCheckers();
  } else if (what == "matrix") {
    ListMatrix();
  } else {
    throw UsageError(
        UnknownWord("list", what, {"targets", "workloads", "matrix", "faults", "checkers"}));
  }
  return 0;
}

}  // namespace

void AddList(CLI::App& app, Action* action) {
  CLI::App* command = app.add_subcommand("list", "List targets, workloads, faults or checkers");
  auto what = std::make_shared<std::string>();
  command
      ->add_option("what", *what,
                   "targets, workloads, matrix (which target runs which workload), faults or "
                   "checkers")
      ->required();
  command->footer("Example:\n  cleave list matrix");
  command->callback([action, what] { *action = [what] { return List(*what); }; });
}

}  // namespace cleave
