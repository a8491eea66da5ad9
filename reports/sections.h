// The render functions of all sections, one file each; registry.cc puts them in order.
#pragma once

#include <string>

#include "harness/run/section.h"

namespace cleave {

std::string RenderEvidence(const ReportInput& input);      // evidence.cc
std::string RenderRun(const ReportInput& input);           // run.cc
std::string RenderCheckers(const ReportInput& input);      // checkers.cc
std::string RenderTimeline(const ReportInput& input);      // timeline.cc
std::string RenderLatency(const ReportInput& input);       // latency.cc
std::string RenderThroughput(const ReportInput& input);    // throughput.cc
std::string RenderFaults(const ReportInput& input);        // faults.cc
std::string RenderAvailability(const ReportInput& input);  // availability.cc
std::string RenderStatistics(const ReportInput& input);    // statistics.cc
std::string RenderLogs(const ReportInput& input);          // logs.cc
std::string RenderOptions(const ReportInput& input);       // options.cc

}  // namespace cleave
