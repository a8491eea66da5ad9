// Packages: the faults of --nemesis as one generator, each fault with a rhythm of its own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/run/generator.h"

namespace cleave {

/// Why these words are no faults that can be done on so many nodes, or nothing: "partition",
/// "kill:leader", "partition:halves-one-way". Without a shape one that can be done is enough.
std::optional<std::string> ValidateNemesis(const std::vector<std::string>& faults, int nodes);

/// Each fault starts, lasts about `interval` nanoseconds (half to one and a half), stops, rests as
/// long, and so on without end; the first starts come within the first half interval. A fault
/// without a shape gets a random one each time, of those that `nodes` allow; one named with several
/// shapes takes turns at random among them. interval 0: 5 s. `faults` must pass ValidateNemesis.
/// nullptr when there are none. For the nemesis only.
GeneratorPtr NemesisGenerator(const std::vector<std::string>& faults, int nodes, int64_t interval,
                              uint64_t seed);

/// An interval in which a run of this many nanoseconds sees each fault start and stop at least
/// once: a fifth of it, at most 5 s.
int64_t NemesisInterval(int64_t time_limit);

}  // namespace cleave
