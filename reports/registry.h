// The sections of a report, in the order in which they are read.
#pragma once

#include <span>

#include "harness/run/section.h"

namespace cleave {

std::span<const Section> Sections();

}  // namespace cleave
