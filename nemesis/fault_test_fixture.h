// For tests: a Nemesis over a recording cluster, operation by operation.
#pragma once

#include "nemesis/nemesis.h"
#include "nemesis/recording_cluster.h"

namespace cleave {

class Harm {
 public:
  explicit Harm(int nodes, uint64_t seed = 1, std::filesystem::path schedule = {},
                std::span<const FaultInfo> faults = Faults())
      : cluster(nodes), nemesis(cluster, target, seed, std::move(schedule), faults) {}

  Completion Do(const std::string& f, const std::string& value = "null", int64_t time = 0) {
    Invocation invocation;
    invocation.f = f;
    invocation.value = ParseJson(value);
    invocation.process = invocation.thread = kNemesis;
    invocation.time = time;
    return RunToEnd(nemesis.Invoke(invocation));
  }
  /// The evidence of an operation.
  Json Evidence(const std::string& f, const std::string& value = "null") {
    return Do(f, value).value["evidence"];
  }

  RecordingCluster cluster;
  RecordingTarget target;
  Nemesis nemesis;
};

}  // namespace cleave
