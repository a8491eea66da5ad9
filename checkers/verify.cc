// The verifier; see witness.h. Written from the definitions: objects as anybody would program them.
#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <vector>

#include "checkers/witness.h"

namespace cleave {
namespace {

/// An object that operations are done to, one after the other.
class ReplayedObject {
 public:
  ReplayedObject(const History& history, std::string_view model, const VerifyOptions& options)
      : values_(history.values()), model_(model), permits_(options.permits) {
    registers_[kNull] = options.initial;
    initial_ = options.initial;
    if (model_ == "mutex") permits_ = 1;
  }

  /// Whether the operation could be done and answer as it did. Where `known` is false nobody knows
  /// what it answered.
  bool Do(const Operation& op, const std::string& f, ValueId answer, bool known, bool mismatch) {
    if (model_ == "cas-register") return Register(op, f, answer, known, mismatch);
    if (model_ == "multi-register") return Registers(op, f, answer, known);
    if (model_ == "kv-append") return Text(op, f, answer, known);
    if (model_ == "linearizable-set") return Set(op, f, answer, known);
    if (model_ == "list") return List(op, f, answer, known);
    if (model_ == "linearizable-counter") return Counter(op, f, answer, known);
    if (model_ == "linearizable-ids") return f == "read" || !known || ids_.insert(answer).second;
    if (model_ == "unordered-queue") return Bag(op, f, answer, known);
    if (model_ == "fifo-queue" || model_ == "stack" || model_ == "priority-queue") {
      return Dispenser(op, f, answer, known);
    }
    const bool lock = model_ == "semaphore" || model_.ends_with("mutex");
    return lock && Lock(op, f, answer, mismatch);  // nothing can be done to an unknown object
  }

 private:
  /// The elements of a list; none of what is none.
  std::span<const ValueId> Parts(ValueId id) const {
    return values_.IsList(id) ? values_.Elements(id) : std::span<const ValueId>();
  }

  /// What a failed operation of a queue observed.
  bool SawEmpty(ValueId id) const {
    return id == kNull || (values_.IsList(id) && Parts(id).empty());
  }

  bool Register(const Operation& op, const std::string& f, ValueId answer, bool known,
                bool mismatch) {
    ValueId& value = registers_[kNull];
    if (f == "write" || f == "put") {
      value = op.input;
      return true;
    }
    if (f != "cas") return !known || answer == value;
    const auto pair = Parts(op.input);
    if (pair.size() != 2 || mismatch) return pair.size() == 2 && value != pair[0];
    if (value != pair[0]) return false;
    value = pair[1];
    return true;
  }

  bool Registers(const Operation& op, const std::string& f, ValueId answer, bool known) {
    const ValueId told = known && answer != kNoValue ? answer : op.input;
    const auto get = [this](ValueId key) {
      const auto it = registers_.find(key);
      return it == registers_.end() || key == kNull ? initial_ : it->second;
    };
    if (told == kNoValue || values_.kind(told) < ValueKind::kList) return true;
    const auto parts = values_.Elements(told);
    if (values_.kind(told) == ValueKind::kMap) {
      for (size_t i = 0; i + 1 < parts.size(); i += 2) {
        if (f != "read") registers_[parts[i]] = parts[i + 1];
        if (f == "read" && known && get(parts[i]) != parts[i + 1]) return false;
      }
      return true;
    }
    for (const ValueId micro : parts) {
      const auto words = Parts(micro);
      if (words.size() < 2) continue;
      const ValueId value = words.size() > 2 ? words[2] : kNull;
      const bool reads =
          values_.kind(words[0]) == ValueKind::kString && values_.AsText(words[0]).starts_with('r');
      if (!reads) registers_[words[1]] = value;
      if (reads && known && get(words[1]) != value) return false;
    }
    return true;
  }

  bool Text(const Operation& op, const std::string& f, ValueId answer, bool known) {
    const auto text = [this](ValueId id) {
      return values_.kind(id) == ValueKind::kString ? std::string(values_.AsText(id)) : "";
    };
    if (f == "get" || f == "read") return !known || text_ == text(answer);
    text_ = (f == "append" ? text_ : "") + text(op.input);
    return true;
  }

  bool Set(const Operation& op, const std::string& f, ValueId answer, bool known) {
    if (f == "add") set_.insert(op.input);
    if (f == "remove") set_.erase(op.input);
    if (f != "read" || !known) return true;
    if (!values_.IsList(answer)) return answer == kNull && set_.empty();
    const auto elements = values_.Elements(answer);
    const std::set<ValueId> seen(elements.begin(), elements.end());
    return seen == set_ && seen.size() == elements.size();
  }

  bool List(const Operation& op, const std::string& f, ValueId answer, bool known) {
    if (f != "read") queue_.push_back(op.input);
    if (f != "read" || !known) return true;
    if (!values_.IsList(answer)) return answer == kNull && queue_.empty();
    const auto elements = values_.Elements(answer);
    return std::equal(elements.begin(), elements.end(), queue_.begin(), queue_.end());
  }

  bool Counter(const Operation& op, const std::string& f, ValueId answer, bool known) {
    if (f == "read") return !known || (values_.IsInt(answer) && values_.AsInt(answer) == number_);
    const int64_t by = values_.IsInt(op.input) ? values_.AsInt(op.input) : 1;
    number_ += f.starts_with("dec") ? -by : by;
    return true;
  }

  bool Dispenser(const Operation& op, const std::string& f, ValueId answer, bool known) {
    if (f == "enqueue" || f == "push" || f == "insert") {
      queue_.push_back(op.input);
      return true;
    }
    if (f == "read") return !SawEmpty(answer) || queue_.empty();
    if (queue_.empty()) return !known || answer == kNull;
    auto at = queue_.begin();
    if (model_ == "stack") at = queue_.end() - 1;
    if (model_ == "priority-queue") {
      at = std::min_element(queue_.begin(), queue_.end(), [this](ValueId a, ValueId b) {
        const bool ints = values_.IsInt(a) && values_.IsInt(b);
        if (ints) return values_.AsInt(a) < values_.AsInt(b);
        return values_.IsInt(a) != values_.IsInt(b) ? values_.IsInt(a) : a < b;
      });
    }
    if (known && answer != *at) return false;
    queue_.erase(at);
    return true;
  }

  /// What a dequeue of unknown answer took is decided when something is found to be missing.
  bool Bag(const Operation& op, const std::string& f, ValueId answer, bool known) {
    if (f == "enqueue") {
      bag_.insert(op.input);
    } else if (!known) {
      ++taken_;
    } else if (f == "read" && !SawEmpty(answer)) {
      return true;
    } else if (f == "read" || (answer == kNull && !bag_.contains(kNull))) {
      if (bag_.size() > taken_) return false;
      taken_ -= bag_.size();
      bag_.clear();
    } else {
      const auto it = bag_.find(answer);
      if (it == bag_.end()) return false;
      bag_.erase(it);
    }
    return true;
  }

  bool Lock(const Operation& op, const std::string& f, ValueId answer, bool mismatch) {
    const bool owned = model_.find("owner") == 0 || model_.find("-mutex") != std::string::npos;
    const bool mine = !owned || holder_ == op.process;
    const uint32_t most = model_ == "reentrant-mutex" ? 2 : owned ? 1 : permits_;
    if (f == "read") return true;  // whom a failed operation saw, in names that nobody knows here
    const bool could = f == "release" ? holds_ > 0 && mine : holds_ < most && (holds_ == 0 || mine);
    if (mismatch || !could) return mismatch && !could;
    if (f == "release") return holds_-- > 0;
    ++holds_;
    holder_ = op.process;
    if (model_ != "fenced-mutex" || !values_.IsInt(answer)) return true;
    const bool later = !fence_ || values_.AsInt(answer) > *fence_;
    fence_ = values_.AsInt(answer);
    return later;
  }

  const ValueTable& values_;
  const std::string model_;
  uint32_t permits_;
  ValueId initial_;
  std::map<ValueId, ValueId> registers_;
  std::set<ValueId> set_, ids_;
  std::multiset<ValueId> bag_;
  std::deque<ValueId> queue_;
  std::string text_;
  int64_t number_ = 0;
  size_t taken_ = 0;
  uint32_t holds_ = 0;
  int32_t holder_ = 0;
  std::optional<int64_t> fence_;
};

/// Whether an order must hold the operation: it happened, or it failed for what it saw.
bool SaysSomething(const History& history, const Operation& op) {
  const std::string& f = history.FunctionName(op.function);
  const bool read = f == "read" || f == "get";
  if (op.outcome == Outcome::kOk) return !read || op.output != kNoValue;
  const bool expects = f == "cas" || f == "acquire" || f == "release";
  return op.outcome == Outcome::kFail && (op.has_observed || (op.mismatch && expects));
}

}  // namespace

std::optional<std::string> Verify(const History& history, const std::vector<Witness>& witnesses,
                                  const VerifyOptions& options) {
  const auto ops = history.operations();
  std::vector<bool> done(ops.size(), false);
  const auto at = [&](uint32_t i) {
    return history.Describe(i) + " (event " + std::to_string(ops[i].call) + ")";
  };
  for (const Witness& witness : witnesses) {
    ReplayedObject object(history, witness.model, options);
    Position latest = 0;
    uint32_t latest_op = 0;
    for (const uint32_t i : witness.order) {
      const Operation& op = ops[i];
      if (op.key != witness.key) return at(i) + " is of another object";
      if (done[i]) return at(i) + " is done twice";
      done[i] = true;
      const bool crashed = op.outcome == Outcome::kInfo;
      const bool failed = op.outcome == Outcome::kFail;
      if (failed && !op.has_observed && !op.mismatch) return at(i) + " failed, and yet is done";
      if (!crashed && op.ret < latest) return at(i) + " had returned before " + at(latest_op);
      if (op.call >= latest) latest_op = i;
      latest = std::max(latest, op.call);
      const std::string f = failed && op.has_observed ? "read" : history.FunctionName(op.function);
      const bool known = !crashed && op.output != kNoValue;
      if (!object.Do(op, f, op.output, known, failed && !op.has_observed)) {
        return at(i) + " cannot happen at its place in the order";
      }
    }
  }
  for (uint32_t i = 0; i < ops.size(); ++i) {
    if (!done[i] && SaysSomething(history, ops[i])) return at(i) + " is in no order";
  }
  return std::nullopt;
}

}  // namespace cleave
