// Everything that the command line can say about a run. Written whole into test.json, from which
// the run can be repeated.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/history/json.h"

namespace cleave {

struct TestOptions {
  std::string target;
  std::string workload = "register";
  /// Faults with an optional shape each: "partition", "partition:halves", "kill", "pause".
  std::vector<std::string> nemesis;
  std::string bug;
  std::map<std::string, std::string> target_flags;
  uint64_t seed = 1;
  int nodes = 5;
  int concurrency = 10;
  double rate = 1000;            // operations a second over all clients; 0: as fast as they answer
  int64_t time_limit = 0;        // nanoseconds of the main phase; 0: until `ops` are done
  int64_t ops = 0;               // 0: no limit
  int64_t nemesis_interval = 0;  // nanoseconds between a fault's starts and stops, on average
  int64_t op_timeout = 0;        // nanoseconds per operation
  int64_t recovery_time = 0;     // nanoseconds to wait for recovery after the last heal
  int64_t key_count = 0;
  int64_t ops_per_key = 0;
  int64_t max_txn_length = 4;  // micro-operations of a transaction
  double key_skew = 0.8;       // of the Zipf distribution by which transactions choose keys
  std::filesystem::path store = "store";
  std::filesystem::path schedule;  // replay this schedule.json in place of --nemesis
  bool online = true;              // judge while the run goes on, where the workload's checker can
  bool keep_going = false;         // do not stop at the first violation
  bool quiet = false;
  std::vector<std::string> command;  // argv, to repeat the run
};

/// The "options" part of test.json, and back. Throws on a wrong type.
Json ToJson(const TestOptions& options);
TestOptions TestOptionsFromJson(const Json& json);

}  // namespace cleave
