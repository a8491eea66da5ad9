// See proofs.h.
#include "harness/cli/proofs.h"

#include <sstream>
#include <stdexcept>

#include "harness/history/excerpt.h"

namespace cleave {

void WriteProofs(const ProofFiles& files, const Judgement& judgement, const History& history,
                 const std::vector<Witness>& witnesses) {
  if (!files.witness.empty() && judgement.verdict == Verdict::kValid) {
    if (witnesses.empty()) {
      throw std::runtime_error("no witness for " + files.witness +
                               ": this model gives none, or it took too long");
    }
    std::ostringstream text;
    WriteWitnesses(text, history, witnesses);
    WriteText(files.witness, text.str());
  }
  if (files.minimal.empty()) return;
  for (const CheckResult& result : judgement.results) {
    if (result.anomalies.empty()) continue;
    WriteText(files.minimal, Excerpt(history, result.anomalies[0].operations));
    return;
  }
}

}  // namespace cleave
