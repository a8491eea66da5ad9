// From the anomalies that were found to a verdict on the consistency models that were asked for.
#pragma once

#include <map>
#include <string>

#include "checkers/checker.h"
#include "checkers/transactions/consistency_models.h"

namespace cleave {

class ModelVerdict {
 public:
  /// Throws std::invalid_argument for a model or an anomaly that there is not. Writes to `result`,
  /// which must outlive it.
  ModelVerdict(const CheckOptions& options, CheckResult* result);

  /// Counts an anomaly; `known_as`: a special case of it that is in the lattice, which it is known
  /// to be. Returns whether it is to be explained as well: it is proscribed, and one of the first
  /// of its class.
  bool Count(const std::string& name, const std::string& known_as = "");
  /// Adds what Count wanted explained.
  void Explain(Anomaly anomaly);

  const NameSet& found() const { return found_; }

  /// Sets verdict, reason and the figures not, also-not, holds, cannot-tell, anomalies and
  /// allowed-anomalies. `decided`: the models that hold unless one of their anomalies was found;
  /// `searched`: the anomalies that would have been found. `undecided`: why neither is so; "".
  /// Invalid exactly if something proscribed was found; valid if all that was asked for is
  /// decided; otherwise unknown.
  void Conclude(const NameSet& decided, const NameSet& searched, const std::string& undecided);

 private:
  std::string InvalidReason(const NameSet& weakest, const NameSet& holds) const;
  /// Those of the asked models and anomalies of which nothing is known.
  NameSet Open(const NameSet& holds, const NameSet& searched) const;

  const size_t max_anomalies_;
  NameSet models_, anomalies_;  // asked for
  NameSet proscribed_, found_;
  std::map<std::string, uint64_t> counts_, allowed_;
  CheckResult& result_;
};

}  // namespace cleave
