// The frame of the throughput chart. assets/charts.js draws it from the columns at the end of the
// page, over the same stretch of time as the timeline.
#include "reports/facts.h"
#include "reports/html.h"
#include "reports/sections.h"

namespace cleave {

std::string RenderThroughput(const ReportInput& input) {
  if (input.history.operations().empty() || !Clock(input.history).has_times()) return "";
  return "<p class=\"quiet\">Operations completed per second, by outcome. "
         "Shaded: a fault from injection to heal; hatched: from heal until every node "
         "answered again.</p><div class=\"legend\"><span class=\"outcome ok\">ok</span> "
         "<span class=\"outcome fail\">fail</span> <span class=\"outcome info\">info</span></div>"
         "<canvas id=\"throughput-canvas\" class=\"chart\" role=\"img\" aria-label=\"Throughput "
         "over time by outcome; the statistics below say the same in numbers\"></canvas>";
}

}  // namespace cleave
