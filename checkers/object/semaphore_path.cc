// See semaphore_path.h.
#include "checkers/object/semaphore_path.h"

#include "checkers/object/fast_columns.h"
#include "checkers/object/object_words.h"
#include "checkers/object/places.h"
#include "harness/history/column.h"

namespace cleave {
namespace {

class SemaphorePath {
 public:
  SemaphorePath(const ObjectHistory& object, uint32_t permits)
      : object_(object), permits_(permits) {}

  FastResult Run() {
    if (permits_ == 0 || !HoldingsAlternate()) return NotApplicable();
    size_t released = 0;
    uint64_t acquired = 0;
    for (const uint32_t i : InOrderOfTime(
             static_cast<uint32_t>(object_.ops.size()),
             [&](uint32_t o) { return op(o).function == kAcquire ? op(o).ret : kNever; })) {
      ++acquired;
      while (released < releases_.size() && op(releases_[released]).call < op(i).ret) ++released;
      if (acquired - released > permits_) return TooMany(i);
    }
    return {};
  }

  /// Every acquire just before it returns, every release just after it was called. Crashed acquires
  /// are left out, like their releases, which nobody called.
  std::vector<uint32_t> Order() const {
    BigVector<OpPlace> places;
    places.reserve(object_.ops.size());
    for (uint32_t i = 0; i < object_.ops.size(); ++i) {
      if (op(i).function == kRelease) places.push_back({op(i).call, 0, i});
      if (op(i).function == kAcquire && !op(i).crashed()) places.push_back({op(i).ret - 1, 1, i});
    }
    return InOrderOfPlaces(std::move(places));
  }

 private:
  enum class State : uint8_t { kIdle, kHolding, kGone };

  const ModelOp& op(uint32_t i) const { return object_.ops[i]; }
  uint32_t Process(uint32_t i) const {
    return static_cast<uint32_t>(object_.history->operations()[op(i).operation].process);
  }

  bool Known(const ModelOp& o) const {
    const ValueTable& values = object_.values();
    if (o.mismatch || (o.function != kAcquire && o.function != kRelease)) return false;
    if (values.IsInt(o.input) && values.AsInt(o.input) != 1) return false;
    return o.crashed() || PlainAnswer(values, o);
  }

  /// Each process acquires and releases in turn, and does nothing after it crashed. A crashed
  /// acquire is left out: it need not have happened, and nobody waits for its release.
  bool HoldingsAlternate() {
    BigVector<uint32_t> processes(object_.ops.size());
    for (uint32_t i = 0; i < processes.size(); ++i) processes[i] = Process(i);
    const ValueRows rows(processes);
    BigVector<State> states(object_.ops.size(),
                            State::kIdle);  // by the process's first operation
    releases_.reserve(object_.ops.size() / 2 + 1);
    for (uint32_t i = 0; i < object_.ops.size(); ++i) {
      State& state = states[rows.Find(processes[i])];
      const bool acquires = op(i).function == kAcquire;
      if (!Known(op(i)) || state != (acquires ? State::kIdle : State::kHolding)) return false;
      state = op(i).crashed() ? State::kGone : acquires ? State::kHolding : State::kIdle;
      if (!acquires) releases_.push_back(i);
    }
    return true;
  }

  /// The holders when `last` returned: slow, and done once.
  FastResult TooMany(uint32_t last) const {
    const Position now = op(last).ret;
    const ObjectWords words(object_);
    std::vector<uint32_t> evidence;
    std::string held;
    for (uint32_t i = 0; i < object_.ops.size() && op(i).call < now; ++i) {
      if (op(i).function != kAcquire || op(i).ret > now) continue;
      uint32_t release = kNone;
      for (uint32_t r = i + 1; r < object_.ops.size() && release == kNone; ++r) {
        if (op(r).function == kRelease && Process(r) == Process(i)) release = r;
      }
      if (release != kNone && op(release).call < now) continue;
      evidence.push_back(i);
      if (release != kNone) evidence.push_back(release);
      held += (held.empty() ? "" : ", ") + words.HadReturned(i) + " and " +
              (release == kNone
                   ? "no release was ever called"
                   : "its release was not called before event " + std::to_string(op(release).call));
    }
    return FastViolation(
        "held-by-too-many",
        "At event " + std::to_string(now) + " more than " + std::to_string(permits_) +
            (permits_ == 1 ? " process" : " processes") + " held the " +
            (permits_ == 1 ? "lock" : "semaphore") + words.OfKey() + ": " + held + ".",
        std::move(evidence));
  }

  const ObjectHistory& object_;
  const uint32_t permits_;
  BigVector<uint32_t> releases_;  // in call order, crashed ones too
};

}  // namespace

FastResult CheckSemaphorePath(const ObjectHistory& object, uint32_t permits,
                              std::vector<uint32_t>* order) {
  SemaphorePath path(object, permits);
  FastResult result = path.Run();
  if (order != nullptr && result.linearizable()) *order = path.Order();
  return result;
}

}  // namespace cleave
