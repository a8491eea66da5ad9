// What the one-pass checkers share: anomalies within their bounds, the words of evidence, and the
// verdict that follows from what is wrong and what was shown.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "checkers/checker.h"
#include "checkers/deadline.h"
#include "checkers/function_named.h"
#include "checkers/no_index.h"
#include "checkers/out_of_memory.h"

namespace cleave {

/// What people and machines read of one anomaly.
struct Explained {
  std::string explanation;
  Json detail;
};

/// What a checker says at its end, beside the anomalies.
struct Shown {
  std::string valid;    // the reason of a valid verdict
  std::string unknown;  // where not empty: why the verdict is not valid, if nothing is wrong
  Json data = Json::object();
};

class Findings {
 public:
  Findings(const History& history, const CheckOptions& options)
      : history_(history), options_(options), deadline_(options.timeout) {}

  const History& history() const { return history_; }
  const CheckOptions& options() const { return options_; }
  const ValueTable& values() const { return history_.values(); }
  const Operation& op(uint32_t i) const { return history_.operations()[i]; }

  /// Counts an anomaly; `name` outlives this. Indices that are kNone are left out of the evidence.
  /// `explain` gives the Explained: it is not asked for those that are only counted.
  template <class Explain>
  void Report(const char* name, KeyId key, std::span<const uint32_t> operations, Explain explain) {
    if (Counted(name)) Keep(name, key, operations, explain());
  }
  template <class Explain>
  void Report(const char* name, KeyId key, std::initializer_list<uint32_t> operations,
              Explain explain) {
    Report(name, key, std::span(operations.begin(), operations.size()), std::move(explain));
  }
  /// Whether no further anomaly is explained.
  bool Full() const { return result_.anomalies.size() >= options_.max_anomalies; }
  /// Further anomalies of a kind that are not explained.
  void CountMore(const char* name, uint64_t more);
  uint64_t Count(std::string_view name) const;

  /// Counts the steps of one operation; throws OutOfTime.
  void Step(uint64_t steps, uint32_t operation) {
    deadline_.Step(steps, [&] { return Where(operation); });
  }
  /// Throws OutOfMemory where `bytes` more, for `what`, are more than is allowed.
  void Hold(uint64_t bytes, const char* what);

  /// "process 3".
  std::string Who(uint32_t operation) const;
  /// "process 3's add (event 7)": the event is its completion, or its call where there is none.
  std::string Name(uint32_t operation) const;
  /// "(event 7)".
  static std::string Event(Position position) { return "(event " + std::to_string(position) + ")"; }
  /// The event at which people find the operation: its completion, else its call.
  Position Found(uint32_t operation) const;
  std::string Text(ValueId value) const { return values().ToShortText(value); }
  std::string Of(KeyId key) const;

  /// Invalid where there is an anomaly, unknown where `shown.unknown` says why, else valid.
  CheckResult Conclude(const char* checker, Shown shown);

 private:
  bool Counted(const char* name);
  void Keep(const char* name, KeyId key, std::span<const uint32_t> operations, Explained words);
  std::string Where(uint32_t operation) const;

  const History& history_;
  const CheckOptions& options_;
  Deadline deadline_;
  CheckResult result_;
  std::vector<std::pair<std::string_view, uint64_t>> counts_;  // by name, in order of appearance
  uint64_t held_ = 0;
};

/// Runs `look(Findings*) → Shown`. Where it runs out of time or memory, what was found still
/// counts.
template <class Look>
CheckResult Judged(const char* checker, const History& history, const CheckOptions& options,
                   Look look) {
  Findings findings(history, options);
  Shown shown;
  try {
    shown = look(&findings);
  } catch (const OutOfTime& late) {
    shown.unknown = std::string("undecided: ") + late.what();
  } catch (const OutOfMemory& full) {
    shown.unknown = std::string("undecided: ") + full.what();
  }
  return findings.Conclude(checker, std::move(shown));
}

/// a + b. Throws std::invalid_argument where 64 bits do not hold it.
inline int64_t Sum(int64_t a, int64_t b) {
  int64_t sum;
  if (__builtin_add_overflow(a, b, &sum)) {
    throw std::invalid_argument("a sum of the history's numbers does not fit into 64 bits");
  }
  return sum;
}

/// Values that are to be the same although JSON writes the keys of maps as strings: "7" is 7 where
/// the history has the number. Each is looked up once.
class SameNumbers {
 public:
  explicit SameNumbers(const ValueTable& values) : values_(values) {}
  ValueId operator()(ValueId value);

 private:
  const ValueTable& values_;
  std::vector<ValueId> same_;  // by value; kNoValue: not looked up yet
};

/// A list of values for the figures: the first hundred of them.
void ListValue(Json* list, const ValueTable& values, ValueId value);

/// The most that ListValue lists.
inline constexpr size_t kMostValuesListed = 100;

/// "3 lost, 1 duplicated": counts with words, without those that are 0; "" where all are.
std::string CountsInWords(std::span<const std::pair<std::string_view, uint64_t>> counts);

}  // namespace cleave
