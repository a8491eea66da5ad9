// The frame of the timeline: its controls, its canvases and its details. assets/timeline.js draws
// it from the columns at the end of the page.
#include "reports/facts.h"
#include "reports/html.h"
#include "reports/sections.h"

namespace cleave {
namespace {

std::string Button(const char* action, const char* text, const char* label) {
  return std::string("<button type=\"button\" class=\"button\" data-timeline=\"") + action +
         "\" aria-label=\"" + label + "\" title=\"" + label + "\">" + text + "</button>";
}

std::string OutcomeFilter(const char* outcome, const char* meaning) {
  return std::string("<label class=\"outcome ") + outcome + "\" title=\"" + meaning +
         "\"><input type=\"checkbox\" checked data-outcome=\"" + outcome + "\"> " + outcome +
         "</label>";
}

}  // namespace

std::string RenderTimeline(const ReportInput& input) {
  if (input.history.operations().empty()) return "<p>The history holds no operation.</p>";
  const bool anomalies = !AnomaliesOf(input.results).empty();
  return "<div class=\"toolbar\" role=\"toolbar\" aria-label=\"Timeline\">" +
         Button("in", "+", "Zoom in") + Button("out", "−", "Zoom out") +
         Button("all", "Whole run", "Show the whole run") +
         Button("rows-up", "Rows ↑", "Rows above") + Button("rows-down", "Rows ↓", "Rows below") +
         (anomalies ? Button("previous-anomaly", "‹ Anomaly", "Previous anomaly") +
                          Button("next-anomaly", "Anomaly ›", "Next anomaly")
                    : "") +
         OutcomeFilter("ok", "it happened") + OutcomeFilter("fail", "it certainly did not happen") +
         OutcomeFilter("info", "unknown: it may take effect at any later time, or never") +
         "<form id=\"search\" role=\"search\"><input type=\"search\" id=\"search-text\" "
         "aria-label=\"Find an operation by event number, process or key\" "
         "placeholder=\"event 120, process 3, key x\"><button class=\"button\">Find</button></form>"
         "<button type=\"button\" class=\"button\" id=\"key-filter\" hidden></button></div>"
         "<p id=\"search-result\" class=\"quiet\" role=\"status\"></p>"
         "<canvas id=\"timeline-canvas\" class=\"chart\" tabindex=\"0\" role=\"application\" "
         "aria-roledescription=\"timeline\" aria-describedby=\"timeline-help\" "
         "aria-label=\"Operations by process over time\"></canvas>"
         "<canvas id=\"overview-canvas\" class=\"chart\" aria-hidden=\"true\"></canvas>"
         "<div id=\"details\" class=\"details\" aria-live=\"polite\"><p class=\"quiet\">"
         "Choose an operation to see its details.</p></div>"
         "<details class=\"help\"><summary>How to move around</summary><p id=\"timeline-help\">"
         "Drag to move, pinch or Ctrl + wheel to zoom (the wheel alone zooms once the timeline has "
         "the "
         "focus), double-click to zoom in. Keys: ← → the operations of a process, ↑ ↓ other "
         "processes, "
         "+ − zoom, Shift + ← → move, Page Up and Page Down for more rows, Home the whole run, "
         "Enter zooms "
         "to the operation, N and P the next and previous anomaly, Esc clears.</p></details>";
}

}  // namespace cleave
