// The nemesis: does what start-<fault> and stop-<fault> say, proves it, and keeps the schedule.
// Invariant: at most one instance of each fault is active; a fault is active from before its Inject
// until its evidence says that it is healed.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/run/fault.h"
#include "harness/run/nemesis_driver.h"
#include "nemesis/registry.h"
#include "nemesis/schedule_file.h"

namespace cleave {

/// Completions are kInfo. Their value is the fault's parameters in full with "nodes" and "evidence"
/// for a start, "nodes" and "evidence" (with "effective" and "healed") for a stop. An error
/// ("inject", "heal", "choose", "already-active", "not-active", "unknown-fault") comes with its
/// text, in the value too.
class Nemesis : public NemesisDriver {
 public:
  /// `cluster` and `target` must outlive it. Writes an empty schedule to `schedule_file` at once
  /// (throws std::system_error when it cannot) and each operation before it is done; "": no file.
  Nemesis(Cluster& cluster, Target& target, uint64_t seed,
          const std::filesystem::path& schedule_file, std::span<const FaultInfo> faults = Faults());

  asio::awaitable<Completion> Invoke(const Invocation& invocation) override;
  std::vector<Op> HealOps() const override;
  std::vector<std::string> Active() const override;
  void MainPhaseBegan(int64_t time) override { epoch_ = time; }

  const Schedule& schedule() const { return schedule_; }

 private:
  struct State {
    std::string name;
    std::unique_ptr<Fault> fault;
    Json parameters;  // of the last start, in full
    bool active = false;
    bool effective = false;  // was felt at any time since the last start
  };
  /// An error symbol with the text of what was thrown.
  struct Failure {
    std::string symbol, text;
  };

  asio::awaitable<Completion> Start(State& state, const Invocation& invocation);
  asio::awaitable<Completion> Stop(State& state, const Invocation& invocation);
  asio::awaitable<Evidence> InjectAndObserve(State& state, std::optional<Failure>* failure);
  asio::awaitable<Evidence> HealAndObserve(State& state, std::optional<Failure>* failure);
  asio::awaitable<Evidence> TryObserve(State& state);
  void Record(const Invocation& invocation, const Json& value);
  Completion Complete(Json value, const std::optional<Failure>& failure);

  Cluster& cluster_;
  Target& target_;
  Random random_;
  FaultContext context_;
  std::optional<ScheduleFile> file_;
  std::string schedule_error_;  // the schedule could not be written
  Schedule schedule_;
  int64_t epoch_ = 0;
  std::vector<State> states_;
};

/// A fault in a few words: "partition n1|n2 n3", "partition n1>n2 n3" (one way), "kill n2".
std::string DescribeFault(const std::string& fault, const Json& parameters);

}  // namespace cleave
