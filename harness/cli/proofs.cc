// See proofs.h.
#include "harness/cli/proofs.h"

#include <fstream>
#include <iostream>
#include <stdexcept>

#include "harness/history/excerpt.h"

namespace cleave {
namespace {

template <class Write>
void WriteProof(const std::string& path, Write write) {
  std::ofstream file(path);
  write(file);
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace

void WriteProofs(const ProofFiles& files, const Judgement& judgement, const History& history,
                 const std::vector<Witness>& witnesses) {
  if (!files.witness.empty() && judgement.verdict == Verdict::kValid) {
    if (witnesses.empty()) {
      throw std::runtime_error("no witness for " + files.witness +
                               ": this model gives none, or it took too long");
    }
    WriteProof(files.witness, [&](std::ostream& out) { WriteWitnesses(out, history, witnesses); });
  }
  if (files.minimal.empty()) return;
  for (const CheckResult& result : judgement.results) {
    if (result.anomalies.empty()) continue;
    WriteProof(files.minimal,
               [&](std::ostream& out) { out << Excerpt(history, result.anomalies[0].operations); });
    return;
  }
}

}  // namespace cleave
