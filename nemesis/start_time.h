// A generator whose times count from its start.
#pragma once

#include <functional>

#include "harness/run/generator.h"

namespace cleave {

/// Emits a sleep of no length and becomes make(now). Beside busy clients a generator that answers
/// "pending" is asked again as it was, so only an operation fixes the time of the start for good.
GeneratorPtr FromStart(std::function<GeneratorPtr(int64_t now)> make);

}  // namespace cleave
