// What proves a verdict, as files: the order behind a valid one, the few operations behind an
// invalid one.
#pragma once

#include <string>
#include <vector>

#include "checkers/witness.h"
#include "harness/cli/judge.h"

namespace cleave {

/// Where to write them; "" where nobody asked.
struct ProofFiles {
  std::string witness, minimal;
};

/// Writes the witnesses where the verdict is valid, and what shows the first anomaly as a history
/// where it is not; `options` are those of the judgement. Throws std::runtime_error for a file that
/// cannot be written.
void WriteProofs(const ProofFiles& files, const Judgement& judgement, const History& history,
                 const std::vector<Witness>& witnesses, const CheckOptions& options);

}  // namespace cleave
