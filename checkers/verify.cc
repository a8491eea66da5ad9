// The verifier of objects; see witness.h. Written from the definitions, as anybody would do it.
#include <map>
#include <set>

#include "checkers/witness.h"

namespace cleave {
namespace {

/// Of objects that nobody can read; what failed may have seen that there was nothing to take.
const std::set<std::string_view> kTake = {"dequeue", "pop", "delete-min"};
const std::set<std::string_view> kBlind = {"enqueue", "push", "insert", "acquire", "generate"};
const std::set<std::string> kShelves = {"fifo-queue", "stack", "priority-queue"};

/// An object that operations are done to, one after the other.
class ReplayedObject {
 public:
  ReplayedObject(const ValueTable& values, std::string_view model, const VerifyOptions& options)
      : owned_(model.ends_with("-mutex")), values_(values), model_(model), value_(options.initial) {
    most_ = model_ == "semaphore" ? options.permits : model_ == "reentrant-mutex" ? 2 : 1;
  }

  /// Whether `op`, taken for an `f`, could be done and answer as it did.
  bool Do(const Operation& op, std::string_view f) {
    f_ = f;
    known_ = op.outcome != Outcome::kInfo && op.output != kNoValue;
    none_ = f == "empty" || op.output == kNull;
    mismatch_ = op.outcome == Outcome::kFail && f != "read";
    if (model_ == "cas-register") return Register(op);
    if (model_ == "multi-register") return Registers(op);
    if (model_ == "kv-append") return Text(op);
    if (model_ == "linearizable-set") return Set(op);
    if (model_ == "list") return List(op);
    if (model_ == "linearizable-counter") return Counter(op);
    if (model_ == "linearizable-ids") return !known_ || set_.insert(op.output).second;
    if (model_ == "unordered-queue") return Bag(op);
    if (model_ == "mutex" || model_ == "semaphore" || owned_) return Lock(op);
    return kShelves.contains(model_) && Dispenser(op);
  }

 private:
  bool Register(const Operation& op) {
    if (f_ == "read" || f_ == "get") return !known_ || op.output == value_;
    if (f_ != "cas") return value_ = op.input, true;
    if (!values_.IsList(op.input) || values_.Elements(op.input).size() != 2) return false;
    const auto pair = values_.Elements(op.input);
    if (mismatch_ || value_ != pair[0]) return mismatch_ && value_ != pair[0];
    return value_ = pair[1], true;
  }

  /// {"x": 1}, or [["r", "x", 1], ["w", "y", 2]].
  bool Registers(const Operation& op) {
    const bool told = known_ && values_.kind(op.output) >= ValueKind::kList;
    const ValueId what = told ? op.output : f_ == "read" ? kNull : op.input;
    if (values_.kind(what) < ValueKind::kList) return true;
    const bool map = values_.kind(what) == ValueKind::kMap;
    const auto parts = values_.Elements(what);
    for (size_t i = 0; i + map < parts.size(); i += map ? 2 : 1) {
      if (!map && !values_.IsList(parts[i])) continue;
      const auto micro = map ? parts.subspan(i, 2) : values_.Elements(parts[i]);
      if (micro.size() < 2) continue;
      const bool read = map ? f_ == "read" : values_.ToText(micro[0]).starts_with("\"r");
      const ValueId value = map ? micro[1] : micro.size() > 2 ? micro[2] : kNull;
      ValueId& now = registers_.try_emplace(micro[map ? 0 : 1], value_).first->second;
      if (read && told && now != value) return false;
      if (!read && f_ != "read") now = value;
    }
    return true;
  }

  bool Text(const Operation& op) {
    const bool get = f_ == "get" || f_ == "read";
    const ValueId id = !get ? op.input : known_ ? op.output : kNull;
    const bool text = values_.kind(id) == ValueKind::kString;
    const std::string_view piece = text ? values_.AsText(id) : std::string_view();
    if (get) return !known_ || text_ == piece;
    return text_ = (f_ == "append" ? text_ : "").append(piece), true;
  }

  bool Set(const Operation& op) {
    if (f_ != "read") seen_ = kNoValue;
    if (f_ == "add") return set_.insert(op.input), true;
    if (f_ == "remove") return set_.erase(op.input), true;
    if (!known_ || op.output == seen_) return true;
    if (!values_.IsList(op.output)) return op.output == kNull && set_.empty();
    const auto elements = values_.Elements(seen_ = op.output);
    return std::set(elements.begin(), elements.end()) == set_ && elements.size() == set_.size();
  }

  bool List(const Operation& op) {
    if (f_ != "read") return list_.push_back(op.input), true;
    if (!known_) return true;
    if (!values_.IsList(op.output)) return op.output == kNull && list_.empty();
    const auto elements = values_.Elements(op.output);
    return std::vector(elements.begin(), elements.end()) == list_;
  }

  bool Counter(const Operation& op) {
    const ValueId number = f_ == "read" ? op.output : op.input;
    const auto by = static_cast<uint64_t>(values_.IsInt(number) ? values_.AsInt(number) : 1);
    if (f_ == "read") return !known_ || (values_.IsInt(number) && by == number_);
    return number_ += f_.starts_with("dec") ? -by : by, true;
  }

  /// By arrival; of a priority queue integers by size, and everything else after them.
  bool Dispenser(const Operation& op) {
    if (f_ == "enqueue" || f_ == "push" || f_ == "insert") {
      const bool sized = model_ == "priority-queue", other = sized && !values_.IsInt(op.input);
      const int64_t at = !sized ? clock_++ : other ? op.input : values_.AsInt(op.input);
      return shelf_.emplace(std::pair(other, at), op.input), true;
    }
    if (shelf_.empty() || f_ == "empty") return shelf_.empty() && (none_ || !known_);
    const auto at = model_ == "stack" ? std::prev(shelf_.end()) : shelf_.begin();
    const ValueId taken = shelf_.extract(at).mapped();
    return !known_ || op.output == taken;
  }

  /// What a dequeue of unknown answer took is decided when all must be gone: one that was there.
  bool Bag(const Operation& op) {
    if (f_ == "enqueue") return bag_.emplace(op.input, clock_++), true;
    if (!known_) return takes_.insert(clock_++), true;
    const auto at = bag_.upper_bound(op.output);
    const bool there = f_ != "empty" && at != bag_.begin() && std::prev(at)->first == op.output;
    if (there) return bag_.erase(std::prev(at)), true;
    for (const auto& [value, since] : bag_) {
      const auto take = takes_.upper_bound(since);
      if (take == takes_.end()) return false;
      takes_.erase(take);
    }
    bag_.clear(), takes_.clear();
    return none_;
  }

  bool Lock(const Operation& op) {
    const bool mine = !owned_ || holder_ == op.process, acquire = f_ == "acquire";
    const bool possible = acquire ? holds_ == 0 || (mine && holds_ < most_) : holds_ > 0 && mine;
    if (mismatch_ || !possible) return mismatch_ != possible;
    holds_ += acquire ? 1 : -1, holder_ = op.process;
    if (!acquire || model_ != "fenced-mutex" || !known_ || !values_.IsInt(op.output)) return true;
    return std::exchange(fence_, values_.AsInt(op.output)) < values_.AsInt(op.output);
  }

  std::string_view f_;
  bool known_ = false, mismatch_ = false, none_ = false, owned_;
  const ValueTable& values_;
  const std::string model_;
  ValueId value_, seen_ = kNoValue;
  std::map<ValueId, ValueId> registers_;
  std::set<ValueId> set_;
  std::vector<ValueId> list_;
  std::multimap<std::pair<bool, int64_t>, ValueId> shelf_;
  std::multimap<ValueId, int64_t> bag_;
  std::set<int64_t> takes_;
  std::string text_;
  uint64_t number_ = 0;
  int64_t most_, holds_ = 0, holder_ = 0, fence_ = INT64_MIN, clock_ = 0;
};

}  // namespace

std::optional<std::string> VerifyObjects(const History& history,
                                         const std::vector<Witness>& witnesses,
                                         const VerifyOptions& options) {
  const auto ops = history.operations();
  std::vector<bool> done(ops.size(), false);
  const auto at = [&](uint32_t i) {
    return history.Describe(i) + " (event " + std::to_string(ops[i].call) + ")";
  };
  // What it is to be taken for; nothing where it failed and says nothing of the state.
  const auto taken_for = [&](const Operation& op) -> std::string_view {
    const std::string_view f = history.FunctionName(op.function);
    if (op.outcome != Outcome::kFail) return f;
    const bool none = op.output == kNull || history.values().ToText(op.output) == "[]";
    if (op.has_observed && kTake.contains(f)) return none ? "empty" : "";
    if (op.has_observed && !kBlind.contains(f) && f != "release") return "read";
    return op.mismatch && (f == "cas" || f == "acquire" || f == "release") ? f : "";
  };
  for (const Witness& witness : witnesses) {
    ReplayedObject object(history.values(), witness.model, options);
    uint32_t latest = witness.order.empty() ? 0 : witness.order[0];  // to be called
    for (const uint32_t i : witness.order) {
      const Operation& op = ops[i];
      if (op.key != witness.key) return at(i) + " is of another object";
      if (done[i]) return at(i) + " is done twice";
      done[i] = true;
      if (taken_for(op).empty()) return at(i) + " failed, and yet is done";
      if (op.ret < ops[latest].call) return at(i) + " had returned before " + at(latest);
      if (op.call > ops[latest].call) latest = i;
      if (!object.Do(op, taken_for(op))) return at(i) + " cannot happen at its place in the order";
    }
  }
  for (uint32_t i = 0; i < ops.size(); ++i) {
    const std::string_view f = ops[i].outcome == Outcome::kInfo ? "" : taken_for(ops[i]);
    const bool mute = (f == "read" || f == "get") && ops[i].output == kNoValue;
    if (!done[i] && !f.empty() && !mute) return at(i) + " is in no order";
  }
  return std::nullopt;
}

}  // namespace cleave
