// See counter.h. One sweep over calls and returns with four sums. With R the adds that returned
// before the read's call and C those called before its return (R is part of C), the least sum is
// that of R's increments and C's decrements, the greatest that of R's decrements and C's
// increments.
#include "checkers/streaming/counter.h"

#include "checkers/by_key.h"
#include "checkers/streaming/findings.h"
#include "checkers/streaming/moments.h"

namespace cleave {
namespace {

/// Increments and decrements, summed apart.
struct UpAndDown {
  int64_t up = 0, down = 0;
  void Add(int64_t amount) { (amount >= 0 ? up : down) = Sum(amount >= 0 ? up : down, amount); }
};

struct CounterFigures {
  uint64_t reads = 0, adds = 0, crashed_adds = 0;
  int64_t widest = 0;  // the widest bounds of a read
};

class CounterSweep {
 public:
  explicit CounterSweep(Findings* findings) : findings_(*findings) {
    const size_t operations = findings_.history().operations().size();
    findings_.Hold(operations * sizeof(UpAndDown), "the sums at the calls of reads");
    at_call_.resize(operations);
  }

  void Key(std::span<const Moment> moments, CounterFigures* figures) {
    UpAndDown called, returned;
    for (const Moment m : moments) {
      const uint32_t i = m.operation;
      const Operation& op = findings_.op(i);
      if (!m.is_return) findings_.Step(1, i);
      if (op.function == kAdd) {
        if (op.outcome == Outcome::kFail) continue;
        (m.is_return ? returned : called).Add(Amount(i, op.input));
        figures->adds += !m.is_return;
        figures->crashed_adds += op.outcome == Outcome::kInfo;
      } else if (op.function != kRead) {
        UnknownFunction(findings_.history(), i, "add, read");
      } else if (!m.is_return) {
        at_call_[i] = returned;
      } else if (op.outcome == Outcome::kOk && op.output != kNoValue && op.output != kNull) {
        ++figures->reads;
        const UpAndDown sure = at_call_[i];
        const int64_t low = Sum(sure.up, called.down), high = Sum(sure.down, called.up);
        figures->widest = std::max(figures->widest, Width(low, high));
        const int64_t value = Amount(i, op.output);
        if (value < low || value > high) Outside(i, value, low, high, sure, called);
      }
    }
  }

 private:
  static int64_t Width(int64_t low, int64_t high) {
    int64_t width;
    return __builtin_sub_overflow(high, low, &width) ? INT64_MAX : width;
  }

  int64_t Amount(uint32_t i, ValueId value) const {
    if (findings_.values().IsInt(value)) return findings_.values().AsInt(value);
    throw std::invalid_argument("a counter holds whole numbers; " + findings_.Name(i) + " has " +
                                findings_.Text(value));
  }

  void Outside(uint32_t read, int64_t value, int64_t low, int64_t high, UpAndDown sure,
               UpAndDown called) {
    const auto number = [](int64_t n) { return std::to_string(n); };
    findings_.Report(
        value < low ? "below-bounds" : "above-bounds", findings_.op(read).key, {read}, [&] {
          const std::string text =
              findings_.Who(read) + "'s read of the counter" +
              findings_.Of(findings_.op(read).key) + " returned " + number(value) + " " +
              Findings::Event(findings_.op(read).ret) + ", but it can only be from " + number(low) +
              " to " + number(high) + ": before it was called " +
              Findings::Event(findings_.op(read).call) + " acknowledged adds came to " +
              number(Sum(sure.up, sure.down)) +
              ", and those that were open or of unknown outcome until it returned can have added " +
              number(called.up - sure.up) + " and taken " + number(sure.down - called.down) + ".";
          return Explained{text, {{"value", value}, {"lower", low}, {"upper", high}}};
        });
  }

  Findings& findings_;
  std::vector<UpAndDown> at_call_;  // by operation: what had returned when a read was called
};

}  // namespace

CheckResult CheckCounter(const History& history, const CheckOptions& options) {
  return Judged("counter", history, options, [&](Findings* findings) {
    const Moments moments(history);
    CounterSweep sweep(findings);
    CounterFigures figures;
    for (size_t i = 0; i < moments.keys(); ++i) sweep.Key(moments.Of(i), &figures);
    Shown shown;
    shown.data = {{"reads", figures.reads},
                  {"adds", figures.adds},
                  {"crashed-adds", figures.crashed_adds},
                  {"widest-bounds", figures.widest}};
    if (figures.reads == 0) {
      shown.unknown = "no read of the counter completed, so nothing can be said of its sums";
    }
    shown.valid = "all " + std::to_string(figures.reads) + " reads are within the bounds of the " +
                  std::to_string(figures.adds) + " adds";
    return shown;
  });
}

}  // namespace cleave
