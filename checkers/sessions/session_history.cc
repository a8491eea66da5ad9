// See session_history.h.
#include "checkers/sessions/session_history.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <map>

#include "checkers/by_key.h"
#include "checkers/no_index.h"
#include "checkers/register/register_ops.h"

namespace cleave {
namespace {

/// An operation before it is known who takes part.
struct Access {
  uint32_t operation;
  uint32_t key;
  bool reads, writes;
  ValueId read, written;
  bool crashed;
};

class SessionExtractor {
 public:
  SessionExtractor(const History& history, const CheckOptions& options)
      : history_(history), initial_(FindJsonText(history.values(), options.initial)) {}

  SessionHistory Extract() {
    Accesses();
    Writers();
    if (!result_.unusable.empty()) return std::move(result_);
    const std::vector<bool> happened = Happened();
    std::map<int32_t, uint32_t> sessions;
    std::vector<uint32_t> number(accesses_.size(), kNone);
    for (uint32_t i = 0; i < accesses_.size(); ++i) {
      const Access& a = accesses_[i];
      if (!happened[i] || ThinAir(a)) continue;
      const int32_t process = history_.operations()[a.operation].process;
      const uint32_t session = sessions.try_emplace(process, sessions.size()).first->second;
      if (session == result_.sessions.size()) result_.sessions.emplace_back();
      number[i] = static_cast<uint32_t>(result_.ops.size());
      result_.ops.push_back({a.operation, session,
                             static_cast<uint32_t>(result_.sessions[session].size()), a.key,
                             a.reads, a.writes});
      result_.sessions[session].push_back(number[i]);
    }
    for (uint32_t i = 0; i < accesses_.size(); ++i) {
      const Access& a = accesses_[i];
      if (number[i] == kNone || !a.reads || a.read == initial_) continue;
      result_.ops[number[i]].from = number[writer_.at(Slot(a.key, a.read))];
    }
    return std::move(result_);
  }

 private:
  static uint64_t Slot(uint32_t key, ValueId value) { return uint64_t{key} << 32 | value; }

  void Accesses() {
    const auto ops = history_.operations();
    for (uint32_t i = 0; i < ops.size(); ++i) {
      const Operation& op = ops[i];
      const uint32_t key =
          op.key == kNoKey ? static_cast<uint32_t>(history_.keys().size()) : op.key;
      result_.keys = std::max(result_.keys, key + 1);
      Access access{i, key, false, false, kNoValue, kNoValue, op.outcome == Outcome::kInfo};
      if (op.function == kWrite || op.function == kPut) {
        access.writes = op.outcome != Outcome::kFail;
        access.written = op.input;
      } else if (op.function == kCas) {
        access.reads = access.writes = op.outcome != Outcome::kFail;
        const auto pair = history_.values().Elements(op.input);
        if (access.reads) access.read = pair[0], access.written = pair[1];
      } else if (op.function == kRead || op.function == kGet) {
        access.reads = op.outcome == Outcome::kOk && op.output != kNoValue;
        access.read = op.output;
      } else {
        UnknownFunction(history_, i, "read, write, cas, get, put");
      }
      if (op.outcome == Outcome::kFail && op.has_observed) {
        access.reads = true;
        access.read = op.output;
      }
      if (access.reads || access.writes) accesses_.push_back(access);
    }
  }

  void Writers() {
    for (uint32_t i = 0; i < accesses_.size(); ++i) {
      const Access& a = accesses_[i];
      if (!a.writes) continue;
      const bool fresh = writer_.try_emplace(Slot(a.key, a.written), i).second;
      if (fresh && a.written != initial_) continue;
      result_.unusable = "the value " + history_.values().ToShortText(a.written) +
                         " is written more than once" + (fresh ? ", being the initial one" : "") +
                         ": who read from whom is not certain";
      return;
    }
  }

  bool ThinAir(const Access& a) {
    if (!a.reads || a.read == initial_ || writer_.contains(Slot(a.key, a.read))) return false;
    result_.thin_air.push_back(a.operation);
    return true;
  }

  /// Crashed writes whose value was seen, by whoever happened.
  std::vector<bool> Happened() const {
    std::vector<bool> happened(accesses_.size());
    std::vector<uint32_t> todo;
    for (uint32_t i = 0; i < accesses_.size(); ++i) {
      happened[i] = !accesses_[i].crashed;
      if (happened[i]) todo.push_back(i);
    }
    while (!todo.empty()) {
      const Access& a = accesses_[todo.back()];
      todo.pop_back();
      if (!a.reads) continue;
      const auto it = writer_.find(Slot(a.key, a.read));
      if (it == writer_.end() || happened[it->second]) continue;
      happened[it->second] = true;
      todo.push_back(it->second);
    }
    return happened;
  }

  const History& history_;
  const ValueId initial_;
  std::vector<Access> accesses_;
  boost::unordered_flat_map<uint64_t, uint32_t> writer_;
  SessionHistory result_;
};

}  // namespace

SessionHistory ExtractSessions(const History& history, const CheckOptions& options) {
  return SessionExtractor(history, options).Extract();
}

}  // namespace cleave
