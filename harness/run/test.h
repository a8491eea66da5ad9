// One test from start to end on whatever cluster, target, workload and nemesis it is given: setup,
// main, heal, recovery, final reads, teardown. Invariant: on every way out, faults are healed,
// nodes are stopped and the journal is closed, so that the run can be checked.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/run/cluster.h"
#include "harness/run/nemesis_driver.h"
#include "harness/run/run_directory.h"
#include "harness/run/runner.h"
#include "harness/run/target.h"
#include "harness/run/workload.h"

namespace cleave {

/// What a test is made of. Everything referred to outlives the test.
struct TestSetup {
  TestOptions options;
  std::string version;  // cleave's, for test.json
  RunDirectory& directory;
  Cluster& cluster;
  Target& target;
  Workload workload;
  NemesisDriver* nemesis = nullptr;          // nullptr: no faults
  GeneratorPtr nemesis_generator = nullptr;  // for the main phase; may be endless
  int64_t setup_time = 60 * kSecond;         // nanoseconds until all nodes must be ready
  /// Judges while the test goes on. `take` sees every event once it is recorded and returns the
  /// first violation in words, "" as long as there is none; the test then stops, unless
  /// options.keep_going. `words` are for the live line. Empty: nothing judges.
  struct Online {
    std::function<std::string(const Event& event)> take;
    std::function<std::string()> words;
  };
  Online online = {};
  /// Without `online`, the live line's verdict: see InterimVerdict. Empty: the line has none.
  std::function<std::string(uint64_t bytes)> judge_so_far = nullptr;
};

struct TestOutcome {
  /// Why the environment failed, in words; "" when the test ran to its end. What was recorded until
  /// then is on disk all the same.
  std::string error;
  bool interrupted = false;           // Ctrl-C, SIGTERM or a closed terminal
  std::string violation;              // what TestSetup::online found; "": nothing
  std::vector<std::string> warnings;  // e.g. nodes that did not recover, faults that did not heal
  RunnerCounts counts;
};

/// Runs the test; never throws for what the environment does. SIGINT, SIGTERM and SIGHUP (unless it
/// was ignored before, as by nohup) end the main phase and go on with healing, recovery and final
/// reads; a second SIGINT or SIGTERM skips those and only heals and stops, and so does a violation
/// that was found online, unless options.keep_going. No signal cuts a heal short; a fault that is
/// not healed after two attempts is a warning. Zero in options.op_timeout and recovery_time means
/// 5 s and 20 s.
asio::awaitable<TestOutcome> RunTest(TestSetup& setup);

/// The generator of the main phase: the workload's, bounded and paced as options say, beside the
/// nemesis's; exhausted when the clients' part is.
GeneratorPtr MainGenerator(const TestOptions& options, GeneratorPtr clients, GeneratorPtr nemesis);

}  // namespace cleave
