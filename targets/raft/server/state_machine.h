// What the log's commands do: JSON values by key, and the clients' sessions.
//
// Invariant: the state depends on the applied commands alone, so that all nodes agree and a
// snapshot replaces a prefix of the log. A request with a client and a sequence number is applied
// once, however often it is in the log (Ongaro's thesis, section 6.3).
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <unordered_map>

#include "targets/raft/server/bugs.h"

namespace cleave::raft {

/// Values compare without regard to the order of an object's members.
using Value = nlohmann::json;

/// An answer to a client: an HTTP status and a JSON body.
struct Answer {
  int status = 200;
  std::string body;
};

/// An error answer: {"error": symbol, "text": …, "definite": …}. `definite`: nothing was or will be
/// done.
Answer ErrorAnswer(int status, const std::string& symbol, const std::string& text, bool definite);

/// What a transaction does.
struct Effects {
  std::optional<Answer> refusal;                   // it does nothing, and is answered so
  Value operations;                                // the micro-operations with what was read
  std::unordered_map<std::string, Value> written;  // the values that it leaves behind
};

class StateMachine {
 public:
  explicit StateMachine(Bug bug) : bug_(bug) {}

  /// A command is what operation.h calls an operation's JSON; "" is a no-op. Never throws.
  Answer Apply(uint64_t index, const std::string& command);
  /// The value of a key, null when absent, as {"value": …}.
  Answer Get(const std::string& key) const;
  const Value& At(const std::string& key) const;
  /// What the command of a transaction would do now.
  Effects Try(const Value& transaction) const;
  size_t keys() const { return values_.size(); }
  size_t sessions() const { return sessions_.size(); }

  std::string Serialize() const;
  /// Throws std::exception when `state` is not what Serialize wrote.
  void Restore(const std::string& state);

 private:
  struct Session {
    int64_t sequence = 0;
    uint64_t index = 0;  // of the last request that was applied: the oldest sessions are forgotten
    Answer answer;
  };
  Answer Do(const Value& command);
  Answer Transact(const Value& transaction);
  bool Hold(const Value& conditions) const;
  void ForgetOldSessions();

  Bug bug_;
  std::unordered_map<std::string, Value> values_;
  std::unordered_map<std::string, Session> sessions_;
};

}  // namespace cleave::raft
