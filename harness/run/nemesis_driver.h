// The nemesis as the runner sees it: one more process, whose operations start and stop faults.
#pragma once

#include <string>
#include <vector>

#include "harness/run/client.h"

namespace cleave {

/// Implemented by nemesis/. Invoke takes "start-<fault>" and "stop-<fault>" and never throws: a
/// fault that could not be injected is a Completion with an error and evidence that says so.
class NemesisDriver : public Client {
 public:
  /// Called once by the runner when the main phase begins, with the time since the run began
  /// (nanoseconds): the schedule counts from there, as its replay does.
  virtual void MainPhaseBegan(int64_t time) = 0;
  /// The operations that heal whatever is active now, in the order to do them; empty when all is
  /// well.
  virtual std::vector<Op> HealOps() const = 0;
  /// What is active now, in a few words each, for the progress line: "partition n1|n2 n3".
  virtual std::vector<std::string> Active() const = 0;
};

}  // namespace cleave
