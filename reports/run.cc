// What was tested: target, workload, faults, size of the run, and the command that repeats it.
#include "reports/facts.h"
#include "reports/html.h"
#include "reports/sections.h"

namespace cleave {
namespace {

std::string Term(const std::string& name, const std::string& html) {
  if (html.empty()) return "";
  return "<div><dt>" + Escape(name) + "</dt><dd>" + html + "</dd></div>";
}

std::string Scalar(const Json& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return Escape(value.get<std::string>());
  if (!value.is_array()) return Escape(DumpJson(value));
  std::string text;
  for (const Json& item : value) {
    text +=
        (text.empty() ? "" : ", ") + (item.is_string() ? item.get<std::string>() : DumpJson(item));
  }
  return Escape(text);
}

std::string Version(const Json& test) {
  const std::string version = TextAt(At(test, "target"), "version");
  return Escape(TargetName(test) + (version.empty() ? "" : " " + version));
}

std::string Machine(const Json& machine) {
  std::string text;
  for (const char* part : {"kernel", "cores", "memory"}) {
    const Json& value = At(machine, part);
    if (value.is_null()) continue;
    text += (text.empty() ? "" : ", ");
    if (std::string_view(part) == "memory" && value.is_number()) {
      text += Grouped(static_cast<uint64_t>(value.get<double>() / (1 << 30) + 0.5)) + " GiB memory";
    } else {
      text += Scalar(value) + (std::string_view(part) == "cores" ? " cores" : "");
    }
  }
  return text;
}

std::string Command(const std::string& line) {
  if (line.empty()) return "";
  return "<div class=\"command\"><pre tabindex=\"0\"><code id=\"command\">" + Escape(line) +
         "</code></pre><button type=\"button\" class=\"button\" "
         "data-copy=\"command\">Copy</button></div>"
         "<p class=\"quiet\">repeats this run: the seed decides every choice that is the harness's "
         "own.</p>";
}

/// Files of the run directory that a reader may want whole.
std::string Files(const std::filesystem::path& directory) {
  std::string links;
  for (const char* name : {"history.jsonl", "results.json", "schedule.json", "test.json",
                           "junit.xml", "harness.log"}) {
    std::error_code error;
    if (!std::filesystem::exists(directory / name, error)) continue;
    links += std::string(links.empty() ? "" : " · ") + "<a href=\"" + name + "\">" + name + "</a>";
  }
  return links;
}

/// Why the run is shorter than it was asked to be.
std::string Stopped(const Json& violation) {
  if (Scalar(At(violation, "stopped")) != "true") return "";
  return "<p class=\"note\">Stopped at the first violation that was seen while it went on: " +
         Scalar(At(violation, "words")) + ". With --keep-going it would have gone on.</p>";
}

}  // namespace

std::string RenderRun(const ReportInput& input) {
  const Json& test = input.test;
  const Clock clock(input.history);
  std::string terms = Term("Target", Version(test)) + Term("Workload", Escape(WorkloadName(test))) +
                      Term("Seeded bug", Scalar(Option(test, "bug"))) +
                      Term("Faults", Scalar(Option(test, "nemesis"))) +
                      Term("Seed", Scalar(Option(test, "seed"))) +
                      Term("Nodes", Scalar(At(test, "nodes"))) +
                      Term("Concurrency", Scalar(Option(test, "concurrency"))) +
                      Term("Operations", Grouped(input.history.operations().size()));
  if (!input.history.keys().empty()) terms += Term("Keys", Grouped(input.history.keys().size()));
  if (clock.has_times()) terms += Term("Duration", Duration(clock.end()));
  terms += Term("Started", Scalar(At(test, "started"))) +
           Term("Machine", Machine(At(test, "machine"))) +
           Term("Cleave", Scalar(At(test, "cleave"))) + Term("Files", Files(input.run_directory));
  std::string notes = Stopped(At(test, "violation"));
  for (const std::string& warning : input.history.warnings()) {
    notes += "<p class=\"note\">" + Escape(warning) + "</p>";
  }
  return "<dl class=\"terms\">" + terms + "</dl>" + Command(CommandLine(test)) + notes;
}

}  // namespace cleave
