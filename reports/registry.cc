// The table of sections. A new one is a file and a line here.
#include "reports/registry.h"

#include "reports/sections.h"

namespace cleave {
namespace {

constexpr Section kSections[] = {
    {"evidence", "Evidence", RenderEvidence},
    {"run", "What was tested", RenderRun},
    {"checkers", "Checkers", RenderCheckers},
    {"timeline", "Timeline", RenderTimeline},
    {"latency", "Latency", RenderLatency},
    {"throughput", "Throughput", RenderThroughput},
    {"faults", "Faults", RenderFaults},
    {"availability", "Availability", RenderAvailability},
    {"statistics", "Statistics", RenderStatistics},
    {"logs", "Node logs", RenderLogs},
    {"options", "All options", RenderOptions},
};

}  // namespace

std::span<const Section> Sections() { return kSections; }

}  // namespace cleave
