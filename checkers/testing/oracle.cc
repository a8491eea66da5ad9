// See oracle.h.
#include "checkers/testing/oracle.h"

#include <map>
#include <set>

#include "harness/history/check.h"

namespace cleave {
namespace {

struct RegisterSearch {
  const History& history;
  std::vector<Operation> ops;
  std::set<std::pair<uint32_t, ValueId>> dead;

  /// Applies an operation: whether it can happen at this value, and the value after it.
  bool Step(const Operation& op, ValueId* value) const {
    const bool ok = op.outcome != Outcome::kFail;
    if (op.function == kRead) {
      if (!ok) return !op.has_observed || op.output == *value;
      return op.outcome == Outcome::kInfo || op.output == *value;
    }
    if (op.function == kWrite) {
      if (ok)
        *value = op.input;
      else if (op.has_observed)
        return op.output == *value;
      return true;
    }
    const auto pair = history.values().Elements(op.input);
    if (ok) {
      if (*value != pair[0]) return false;
      *value = pair[1];
      return true;
    }
    if (op.has_observed) return op.output == *value;
    return !op.mismatch || *value != pair[0];
  }

  bool Search(uint32_t done, ValueId value) {
    bool all = true;
    for (size_t i = 0; i < ops.size(); ++i) {
      if (!(done >> i & 1) && ops[i].outcome != Outcome::kInfo) all = false;
    }
    if (all) return true;
    if (dead.contains({done, value})) return false;
    for (size_t i = 0; i < ops.size(); ++i) {
      if (done >> i & 1) continue;
      bool first = true;  // nobody who is not done returned before this one was called
      for (size_t j = 0; j < ops.size(); ++j) {
        if (j != i && !(done >> j & 1) && ops[j].ret < ops[i].call) first = false;
      }
      ValueId next = value;
      if (first && Step(ops[i], &next) && Search(done | 1u << i, next)) return true;
    }
    dead.insert({done, value});
    return false;
  }
};

using Lists = std::map<ValueId, std::vector<ValueId>>;

struct TxnSearch {
  const History& history;
  std::vector<Operation> ops;

  bool Step(const Operation& op, Lists* lists) const {
    const ValueTable& values = history.values();
    const bool known = op.outcome == Outcome::kOk;
    for (const ValueId mop : values.Elements(known ? op.output : op.input)) {
      const auto parts = values.Elements(mop);
      std::vector<ValueId>& list = (*lists)[parts[1]];
      if (values.AsText(parts[0]) == "append") {
        list.push_back(parts[2]);
      } else if (known) {
        const auto seen =
            parts[2] == kNull ? std::span<const ValueId>() : values.Elements(parts[2]);
        if (!std::equal(seen.begin(), seen.end(), list.begin(), list.end())) return false;
      }
    }
    return true;
  }

  bool Search(uint32_t done, const Lists& lists) const {
    bool all = true;
    for (size_t i = 0; i < ops.size(); ++i) {
      if (done >> i & 1) continue;
      if (ops[i].outcome == Outcome::kOk) all = false;
      bool first = true;
      for (size_t j = 0; j < ops.size(); ++j) {
        if (j != i && !(done >> j & 1) && ops[j].ret < ops[i].call) first = false;
      }
      Lists next = lists;
      if (first && Step(ops[i], &next) && Search(done | 1u << i, next)) return true;
    }
    return all;
  }
};

struct SetSearch {
  const History& history;
  std::vector<Operation> ops;
  std::set<uint32_t> dead;  // the done set says which elements there are

  bool Search(uint32_t done, const std::set<ValueId>& state) {
    if (dead.contains(done)) return false;
    bool all = true;
    for (size_t i = 0; i < ops.size(); ++i) {
      if (done >> i & 1) continue;
      if (ops[i].outcome == Outcome::kOk) all = false;
      bool first = true;
      for (size_t j = 0; j < ops.size(); ++j) {
        if (j != i && !(done >> j & 1) && ops[j].ret < ops[i].call) first = false;
      }
      if (!first) continue;
      std::set<ValueId> next = state;
      if (ops[i].function == kAdd) {
        next.insert(ops[i].input);
      } else if (ops[i].outcome == Outcome::kOk) {
        const auto seen = ops[i].output == kNull ? std::span<const ValueId>()
                                                 : history.values().Elements(ops[i].output);
        if (seen.size() != state.size() || std::set(seen.begin(), seen.end()) != state) continue;
      }
      if (Search(done | 1u << i, next)) return true;
    }
    if (!all) dead.insert(done);
    return all;
  }
};

}  // namespace

bool OracleSet(const History& history, const std::vector<uint32_t>& operations) {
  CHECK(operations.size() <= 24) << "brute force is for small histories";
  SetSearch search{history, {}, {}};
  for (const uint32_t i : operations) {
    if (history.operations()[i].outcome != Outcome::kFail)
      search.ops.push_back(history.operations()[i]);
  }
  return search.Search(0, {});
}

bool OracleSet(const History& history) {
  std::vector<uint32_t> all(history.operations().size());
  for (uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  return OracleSet(history, all);
}

bool OracleLinearizable(const History& history, const std::vector<uint32_t>& operations,
                        ValueId initial) {
  CHECK(operations.size() <= 24) << "brute force is for small histories";
  RegisterSearch search{history, {}, {}};
  for (const uint32_t i : operations) search.ops.push_back(history.operations()[i]);
  return search.Search(0, initial);
}

bool OracleLinearizable(const History& history, ValueId initial) {
  std::map<KeyId, std::vector<uint32_t>> keys;
  for (uint32_t i = 0; i < history.operations().size(); ++i) {
    keys[history.operations()[i].key].push_back(i);
  }
  for (const auto& [key, operations] : keys) {
    if (!OracleLinearizable(history, operations, initial)) return false;
  }
  return true;
}

bool OracleStrictSerializable(const History& history) {
  std::vector<uint32_t> all(history.operations().size());
  for (uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  return OracleStrictSerializable(history, all);
}

bool OracleStrictSerializable(const History& history, const std::vector<uint32_t>& operations) {
  TxnSearch search{history, {}};
  for (const uint32_t i : operations) {
    const Operation& op = history.operations()[i];
    if (op.outcome != Outcome::kFail) search.ops.push_back(op);
  }
  CHECK(search.ops.size() <= 12) << "brute force is for small histories";
  return search.Search(0, {});
}

}  // namespace cleave
