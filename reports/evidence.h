// One anomaly of a run as other pages show it.
#pragma once

#include <string>

#include "harness/run/section.h"

namespace cleave {

/// The anomaly with this place among AnomaliesOf(results): its sentences, pictures and operations.
/// `report` is the address of the run's report, where its timeline is. "" where there is none.
std::string RenderAnomaly(const ReportInput& input, size_t number, const std::string& report);

}  // namespace cleave
