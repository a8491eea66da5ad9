// What the bugs of transactions validate.
#include "targets/raft/server/optimistic.h"

#include <set>

namespace cleave::raft {
namespace {

/// Validating all that was read makes the transactions serializable.
bool Validates(Bug bug, bool written) {
  // Bug lost-update: what a transaction writes is thought to be its own.
  if (bug == Bug::kLostUpdate) return !written;
  // Bug write-skew: the first to commit wins, and only writes can lose (snapshot isolation).
  if (bug == Bug::kWriteSkew) return written;
  return true;
}

}  // namespace

std::string RunOptimistically(Bug bug, std::string command, const StateMachine& state) {
  if (bug != Bug::kLostUpdate && bug != Bug::kWriteSkew && bug != Bug::kDirtyRead) return command;
  Value transaction = Value::parse(command);
  if (transaction.at("f") != "txn") return command;
  Effects effects = state.Try(transaction);
  if (effects.refusal) return command;
  std::set<std::string> keys;
  for (const Value& op : transaction.at("ops")) keys.insert(op.at(1).get<std::string>());
  for (const Value& condition : transaction.value("if", Value::array())) {
    keys.insert(condition.at(0).get<std::string>());
  }
  Value conditions = Value::array(), writes = Value::array();
  for (const std::string& key : keys) {
    const auto written = effects.written.find(key);
    if (written != effects.written.end()) writes.push_back({"w", key, written->second});
    if (Validates(bug, written != effects.written.end())) {
      conditions.push_back({key, state.At(key)});
    }
  }
  transaction["if"] = std::move(conditions);
  transaction["ops"] = std::move(writes);
  transaction["answer"] = std::move(effects.operations);
  return transaction.dump();
}

void UncommittedWrites::Add(uint64_t index, const std::string& command) {
  const Value transaction = Value::parse(command);
  if (!transaction.contains("answer")) return;  // it did not run yet
  for (const Value& op : transaction.at("ops")) {
    writes_[op.at(1).get<std::string>()] = {index, op.at(2)};
  }
}

void UncommittedWrites::Forget(uint64_t index) {
  std::erase_if(writes_, [index](const auto& item) { return item.second.index <= index; });
}

const Value* UncommittedWrites::Find(const std::string& key) const {
  const auto found = writes_.find(key);
  return found == writes_.end() ? nullptr : &found->second.value;
}

}  // namespace cleave::raft
