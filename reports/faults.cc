// The nemesis's schedule as it was done, with the proof that each fault took effect and healed, and
// the time that every node needed to answer again.
#include "reports/facts.h"
#include "reports/html.h"
#include "reports/sections.h"

namespace cleave {
namespace {

std::string Effect(const FaultWindow& window) {
  if (!window.error.empty())
    return "<span class=\"mark bad\">✕ " + Escape(window.error) + "</span>";
  if (!window.effective) return "<span class=\"mark\">? no evidence</span>";
  return *window.effective ? "<span class=\"mark good\">✓ took effect</span>"
                           : "<span class=\"mark bad\">✕ no effect</span>";
}

std::string Healed(const FaultWindow& window, const Clock& clock) {
  if (window.healed == kNoTime) return "<span class=\"mark bad\">✕ never</span>";
  const Json& healed = At(At(window.removed, "evidence"), "healed");
  const std::string time = "<span class=\"mark\">" + Escape(clock.Text(window.healed)) + "</span>";
  if (healed == false) return "<span class=\"mark bad\">✕ not healed</span> " + time;
  return (healed == true ? "<span class=\"mark good\">✓</span> " : "") + time;
}

/// The slowest node, and how many never answered again.
std::string Recovery(const FaultWindow& window, const Clock& clock) {
  int64_t slowest = kNoTime;
  std::string who, never;
  for (const auto& [node, time] : window.recovered) {
    if (time == kNoTime) {
      never += (never.empty() ? "" : ", ") + node;
    } else if (time > slowest) {
      slowest = time;
      who = node;
    }
  }
  std::string text;
  if (slowest != kNoTime) {
    text = clock.has_times() ? "after " + Duration(slowest - window.healed) : clock.Text(slowest);
    text += " (" + who + " last)";
  }
  if (!never.empty()) text += (text.empty() ? "" : "; ") + ("not seen: " + never);
  return Escape(text);
}

/// From the availability checker, which cites faults by the event that began them.
std::string FirstError(const Json& results, const FaultWindow& window) {
  const Json& checkers = At(results, "checkers");
  if (!checkers.is_array()) return "–";
  for (const Json& checker : checkers) {
    const Json& faults = At(At(checker, "data"), "faults");
    if (TextAt(checker, "checker") != "availability" || !faults.is_array()) continue;
    for (const Json& fault : faults) {
      const uint64_t event = CountAt(fault, "event");
      const Json& first = At(fault, "first-error-ms");
      if (TextAt(fault, "fault") != window.fault || !first.is_number()) continue;
      if (event < window.first || event > window.last) continue;
      return Escape("after " + Duration(static_cast<int64_t>(first.get<double>() * 1e6)));
    }
  }
  return "–";
}

/// "cut n1>n3 n3>n1, dropped 412": without what the other columns say.
std::string Words(const Json& evidence) {
  if (!evidence.is_object()) return DumpJson(evidence);
  std::string words;
  for (const auto& [name, value] : evidence.items()) {
    if (name == "effective" || name == "healed") continue;
    words += (words.empty() ? "" : ", ") + name;
    const bool list = value.is_array() && !value.empty();
    if (!list) words += " " + (value.is_string() ? value.get<std::string>() : DumpJson(value));
    for (const Json& item : list ? value : Json::array()) {
      words += " " + (item.is_string() ? item.get<std::string>() : DumpJson(item));
    }
  }
  return words;
}

std::string Evidence(const FaultWindow& window) {
  std::string html;
  const std::pair<const char*, const Json*> ends[] = {{"while active: ", &window.injected},
                                                      {"at heal: ", &window.removed}};
  for (const auto& [when, value] : ends) {
    const Json& evidence = At(*value, "evidence");
    const std::string words = evidence.is_null() ? "" : Words(evidence);
    if (words.empty()) continue;
    html += "<div class=\"evidence\"><span class=\"quiet\">" + std::string(when) + "</span>" +
            Escape(Shorten(words, 300)) + "</div>";
  }
  return html;
}

/// What was planned, where it was never done (the run ended before).
std::string Planned(const Json& schedule, size_t done) {
  const Json& faults = At(schedule, "faults");
  if (!faults.is_array()) return "";
  std::vector<Row> rows;
  for (const Json& entry : faults) {
    const Json& at = At(entry, "at");
    rows.push_back({Escape(at.is_number() ? Duration(static_cast<int64_t>(at.get<double>() * 1e9))
                                          : DumpJson(at)),
                    Escape(TextAt(entry, "f")),
                    "<code>" + Escape(Shorten(DumpJson(At(entry, "value")), 300)) + "</code>"});
  }
  if (rows.empty()) return "";
  return "<details" + std::string(done == 0 ? " open" : "") +
         "><summary>schedule.json: " + Grouped(rows.size()) +
         " entries, as --schedule replays them</summary>" +
         Table({"At", "What", "Parameters"}, rows, "The schedule that replays these faults") +
         "</details>";
}

}  // namespace

std::string RenderFaults(const ReportInput& input) {
  const Clock clock(input.history);
  const std::vector<FaultWindow> windows = FaultWindows(input.history);
  std::vector<Row> rows;
  for (const FaultWindow& window : windows) {
    const int64_t began = window.start == kNoTime ? window.asked : window.start;
    const bool lasted = window.heal != kNoTime && began != kNoTime && clock.has_times();
    rows.push_back(
        {"<span class=\"chip " + Kind(window.fault) + "\">" + Escape(window.fault) + "</span>",
         Escape(Shorten(Describe(window), 120)), Escape(clock.Text(began)),
         lasted ? Escape(Duration(window.heal - began)) : "–", Effect(window),
         FirstError(input.results, window), Healed(window, clock), Recovery(window, clock),
         Evidence(window)});
  }
  const std::string planned = Planned(input.schedule, windows.size());
  if (rows.empty())
    return planned.empty() ? "<p>No fault was injected into this run.</p>" : planned;
  return Table({"Fault", "What was done", "Injected", "Lasted", "Effect", "First error", "Healed",
                "All nodes answered", "Evidence"},
               rows, "Faults in the order of their injection") +
         planned;
}

}  // namespace cleave
