// See proofs.h.
#include "harness/cli/proofs.h"

#include <sstream>
#include <stdexcept>

#include "checkers/minimal_history.h"

namespace cleave {

/// Why a valid verdict has no order, as far as its checkers say so.
static std::string WhyNoWitness(const Judgement& judgement) {
  for (const CheckResult& result : judgement.results) {
    if (result.data.is_object() && result.data.contains("no-witness"))
      return result.data["no-witness"].get<std::string>();
  }
  return "this model gives none, or it took too long";
}

void WriteProofs(const ProofFiles& files, const Judgement& judgement, const History& history,
                 const std::vector<Witness>& witnesses, const CheckOptions& options) {
  if (!files.witness.empty() && judgement.verdict == Verdict::kValid) {
    if (witnesses.empty()) {
      throw std::runtime_error("no witness for " + files.witness + ": " + WhyNoWitness(judgement));
    }
    std::ostringstream text;
    WriteWitnesses(text, history, witnesses);
    WriteText(files.witness, text.str());
  }
  if (files.minimal.empty()) return;
  for (const CheckResult& result : judgement.results) {
    if (result.anomalies.empty()) continue;
    WriteText(files.minimal, MinimalHistory(history, result.checker, result.anomalies[0], options));
    return;
  }
}

}  // namespace cleave
