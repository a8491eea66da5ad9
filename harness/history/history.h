// All operations of one run as columns, in the order of their invocations. From it alone every
// verdict and every report can be rebuilt. Invariant: each completion is paired with its
// invocation; a process has at most one open operation; positions are the line order of the file.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/history/column.h"
#include "harness/history/operation.h"

namespace cleave {

/// When an operation was called and when its completion was recorded: nanoseconds since the run
/// began, for people and plots. ret is kNoTime where no completion was recorded.
struct Times {
  int64_t call;
  int64_t ret;
};
inline constexpr int64_t kNoTime = INT64_MIN;

/// A fault starting or ending. An invocation says what was asked for; its completion's value is the
/// evidence.
struct FaultEvent {
  Position position;
  int64_t time;
  EventType type;
  FunctionId function;  // "start-partition", "stop-partition", "start-kill", …
  ValueId value;
};

/// One event as a reader found it, with its parts interned in the builder's tables.
struct RawEvent {
  EventType type = EventType::kInvoke;
  int32_t process = 0;
  FunctionId function = kRead;
  bool has_function =
      true;  // a completion may leave it out; a transaction history may have none at all
  ValueId key = kNoValue;  // kNoValue or kNull: none
  ValueId value = kNoValue;
  ValueId error = kNoValue;
  ValueId observed = kNoValue;
  ValueId node = kNoValue;  // a string value
  int64_t time = kNoTime;
};

class History {
 public:
  const ValueTable& values() const { return values_; }
  std::span<const Operation> operations() const { return operations_; }
  std::span<const Times> times() const { return times_; }
  std::span<const FaultEvent> faults() const { return faults_; }
  /// The node an operation talked to, an index into node_names(); 0 is "" (none recorded).
  std::span<const uint16_t> nodes() const { return nodes_; }
  std::span<const std::string> node_names() const { return node_names_; }
  /// The error of a fail or info, kNoValue where there is none.
  std::span<const ValueId> errors() const { return errors_; }
  /// The independent keys by KeyId; empty where the workload has none.
  std::span<const ValueId> keys() const { return keys_; }
  std::span<const std::string> functions() const { return functions_; }
  const std::string& FunctionName(FunctionId f) const { return functions_[f]; }
  /// False where the file told nothing of time between processes (see session_transactions.h):
  /// positions then order only the operations of each process.
  bool real_time() const { return real_time_; }
  /// The number of events read; positions are below it.
  Position event_count() const { return event_count_; }
  /// Things a person must be told about the file, e.g. a torn last line that was left out.
  std::span<const std::string> warnings() const { return warnings_; }
  /// Bytes in use by columns and values; spare capacity is not resident.
  size_t MemoryUse() const;

  /// "write 3", "cas 1→2 (mismatch)", "read = 7", "add k4 3": an operation in a few words, each
  /// value Shortened.
  std::string Describe(size_t operation) const;

 private:
  friend class HistoryBuilder;
  ValueTable values_;
  Column<Operation> operations_;
  Column<Times> times_;
  Column<uint16_t> nodes_;
  Column<ValueId> errors_;
  std::vector<FaultEvent> faults_;
  std::vector<ValueId> keys_;
  std::vector<std::string> node_names_{""};
  std::vector<std::string> functions_;
  std::vector<std::string> warnings_;
  Position event_count_ = 0;
  bool real_time_ = true;
};

/// Pairs events into operations. Amortised O(1) and allocation-free per event once warm.
class HistoryBuilder {
 public:
  HistoryBuilder();
  void Reserve(size_t events);

  ValueTable& values() { return history_.values_; }
  FunctionId Function(std::string_view name);
  /// The number of a function that is known already.
  std::optional<FunctionId> FindFunction(std::string_view name) const;
  /// The well-known functions and all that Function was asked for; it takes 65,535 at most.
  size_t function_count() const { return history_.functions_.size(); }

  /// Takes the next event in order. Returns nothing, or why the event cannot be: a completion
  /// without an invocation, a second open operation of one process, another function or key.
  std::optional<std::string> Add(const RawEvent& event);
  /// See History::real_time.
  void SetNoRealTime() { history_.real_time_ = false; }
  void Warn(std::string warning) { history_.warnings_.push_back(std::move(warning)); }

  /// Operations still open become kInfo. The builder is empty afterwards.
  History Finish();

 private:
  std::optional<std::string> Invoke(const RawEvent& event);
  std::optional<std::string> Complete(const RawEvent& event);
  KeyId Key(ValueId value);
  uint16_t NodeOf(ValueId name);

  History history_;
  boost::unordered_flat_map<int32_t, uint32_t> open_;  // process → operation; kClosed when idle
  std::map<std::string, FunctionId, std::less<>> other_functions_;  // than the well-known ones
  std::vector<KeyId> key_of_value_;                                 // dense: ValueId → KeyId
  std::vector<uint16_t> node_of_value_;
  ValueId mismatch_;
};

}  // namespace cleave
