// Transactions run when they are proposed, on what the leader has applied by then, and validated
// when they are applied: as stores do that do not want to run them in the log's order. Only the
// seeded bugs of transactions use it, and each leaves out something that it takes to be right;
// without a bug transactions run when they are applied, and there is nothing to validate.
#pragma once

#include <map>
#include <string>

#include "targets/raft/server/state_machine.h"

namespace cleave::raft {

/// What to replicate for `command` on a leader whose state is `state`: the results of a transaction
/// on condition that the keys that `bug` validates do not change before it is applied. Anything
/// else is replicated as it is: other commands, other bugs, what is refused already.
std::string RunOptimistically(Bug bug, std::string command, const StateMachine& state);

/// The newest writes of transactions that are proposed and not applied: what nobody may read.
class UncommittedWrites {
 public:
  /// `command`, proposed at `index`.
  void Add(uint64_t index, const std::string& command);
  /// Everything up to `index` is applied, or another leader's entries took its place.
  void Forget(uint64_t index);
  /// nullptr: the key has none.
  const Value* Find(const std::string& key) const;

 private:
  struct Write {
    uint64_t index;
    Value value;
  };
  std::map<std::string, Write> writes_;  // by key
};

}  // namespace cleave::raft
