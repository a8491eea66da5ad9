// What several sections need to know about a run and that the history says only between its lines:
// which faults were active when, and which operations results.json means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/run/section.h"

namespace cleave {

/// One fault from its injection to its end. Times are those of the page's clock (Clock below);
/// kNoTime where the run ended before.
struct FaultWindow {
  std::string fault;                  // "partition"
  int64_t asked = kNoTime;            // the nemesis began to inject
  int64_t start = kNoTime;            // the fault was in place
  int64_t heal = kNoTime;             // the nemesis began to heal
  int64_t healed = kNoTime;           // the fault was gone
  Position first = 0, last = kNever;  // the events between which it was active
  Json parameters;                    // what was asked for
  Json injected, removed;             // the evidence of either end; null where absent
  std::vector<std::string> nodes;     // whom it touched
  std::optional<bool> effective;      // nothing: no evidence was recorded
  std::string error;                  // why it could not be done, or ""
  /// Node → when its first operation that was called after `healed` was answered ok; kNoTime:
  /// never.
  std::vector<std::pair<std::string, int64_t>> recovered;
};

/// All faults in the order in which they began. O(operations + windows × nodes).
std::vector<FaultWindow> FaultWindows(const History& history);

/// "partition halves n1 n2 | n3 n4 n5", "kill n3": a fault in a few words.
std::string Describe(const FaultWindow& window);

/// The style of a fault's bands: "kind-partition", and "kind-other" for faults without one of their
/// own.
std::string Kind(const std::string& fault);

/// The page's clock: nanoseconds, or event positions where a history has no times.
class Clock {
 public:
  explicit Clock(const History& history);
  bool has_times() const { return has_times_; }
  int64_t Call(size_t operation) const;
  /// When a completion was recorded; kNoTime where none was.
  int64_t Return(size_t operation) const;
  int64_t At(const FaultEvent& event) const;
  int64_t end() const { return end_; }
  /// A moment for people: "12.345 s" or "event 17".
  std::string Text(int64_t time) const;

 private:
  const History& history_;
  bool has_times_ = true;
  int64_t end_ = 0;
};

/// The operation whose invocation is event `position`, as results.json cites operations.
std::optional<uint32_t> OperationAt(const History& history, uint64_t position);
/// The operations that an anomaly of results.json cites, without those the history does not have.
std::vector<uint32_t> OperationsOf(const Json& anomaly, const History& history);

/// One anomaly of results.json with its checker, in the order of the page.
struct CitedAnomaly {
  std::string checker;
  const Json* anomaly;
};
std::vector<CitedAnomaly> AnomaliesOf(const Json& results);

/// A member of test.json's options, wherever the writer put it: under "options" or at the top.
const Json& Option(const Json& test, std::string_view name);
/// "etcd", also where the target is an object with a name.
std::string TargetName(const Json& test);
std::string WorkloadName(const Json& test);
/// The command line that repeats the run, quoted for a shell; "" where unknown.
std::string CommandLine(const Json& test);

}  // namespace cleave
