// The frame of the latency chart. assets/charts.js draws it from the columns at the end of the
// page, over the same stretch of time as the timeline.
#include "reports/facts.h"
#include "reports/html.h"
#include "reports/sections.h"

namespace cleave {

std::string RenderLatency(const ReportInput& input) {
  if (input.history.operations().empty() || !Clock(input.history).has_times()) return "";
  return "<p class=\"quiet\">Latency of every operation over time, by outcome, on a logarithmic "
         "scale, with the median and the 99th percentile of what was answered ok. "
         "Shaded: a fault from injection to heal; hatched: from heal until every node "
         "answered again.</p><div class=\"legend\"><span class=\"outcome ok\">ok</span> "
         "<span class=\"outcome fail\">fail</span> <span class=\"outcome info\">info</span></div>"
         "<canvas id=\"latency-canvas\" class=\"chart\" role=\"img\" aria-label=\"Latency over "
         "time by outcome; the statistics below say the same in numbers\"></canvas>";
}

}  // namespace cleave
