// What to ask of a target and how to judge the answers. A workload knows no target.
#pragma once

#include <string>
#include <vector>

#include "harness/run/generator.h"

namespace cleave {

struct WorkloadOptions {
  uint64_t seed = 0;
  int concurrency = 5;
  int nodes = 5;
  /// Independent keys at once, and operations on each before it retires; 0: the workload's default.
  int64_t key_count = 0;
  int64_t ops_per_key = 0;
  /// Transactions of micro-operations: at most so many each, on keys chosen by a Zipf distribution
  /// of this exponent; 0: uniformly.
  int64_t max_txn_length = 4;
  double key_skew = 0.8;
};

struct Workload {
  std::string interface;               // the data type that clients must speak
  std::vector<std::string> functions;  // what it needs of that type: a target must offer all
  /// For client threads, without end: the runner bounds and paces it.
  GeneratorPtr generator;
  /// After healing and recovery, e.g. final reads; may be nullptr.
  GeneratorPtr final_generator;
  int64_t final_time = 30 * kSecond;  // nanoseconds: nothing of the final phase starts later
  std::vector<std::string> checkers;  // by name; the first judges the data
};

/// A row of workloads/registry.cc.
struct WorkloadInfo {
  std::string name;
  std::string summary;
  Workload (*make)(const WorkloadOptions& options);
};

}  // namespace cleave
