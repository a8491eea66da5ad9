// Transactions as columns: one row a transaction, one a micro-operation, keys as dense numbers.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <string>
#include <vector>

#include "checkers/deadline.h"
#include "harness/history/column.h"
#include "harness/history/history.h"

namespace cleave {

struct MicroOp {
  uint32_t write : 1;  // otherwise a read
  uint32_t key : 31;   // dense, into TransactionColumns::names
  ValueId value;       // what is written; what was read, kNull: nothing was there
};

struct Transaction {
  uint32_t operation;  // index into History::operations()
  Outcome outcome;
  uint32_t begin, end;  // into TransactionColumns::mops
};

/// Micro-operations on one name inside operations of different independent keys have nothing to do
/// with each other.
struct KeyName {
  ValueId name;
  KeyId independent = kNoKey;
};

class TransactionColumns {
 public:
  enum class Kind : uint8_t {
    kAppend,    // ["append", key, element], ["r", key, list or null]
    kRegister,  // ["w", key, value], ["r", key, value or null]
  };
  /// Values that are read are lists: of Kind::kAppend.
  bool lists() const { return lists_; }

  const History& history;
  BigVector<Transaction> transactions;
  Column<MicroOp> mops;
  std::vector<KeyName> names;  // by key

  std::span<const MicroOp> MopsOf(uint32_t transaction) const {
    const Transaction& t = transactions[transaction];
    return std::span(mops).subspan(t.begin, t.end - t.begin);
  }
  const Operation& OperationOf(uint32_t transaction) const {
    return history.operations()[transactions[transaction].operation];
  }
  /// Counts `steps` at a transaction; throws OutOfTime.
  void Step(uint64_t steps, uint32_t transaction) const;
  /// "process 3's transaction [[…]] (event 7)".
  std::string NameOf(uint32_t transaction) const;
  /// "key x".
  std::string KeyText(uint32_t key) const;

 protected:
  /// Of no transactions yet. The deadline is kept.
  TransactionColumns(const History& history, Kind kind, Deadline* deadline);
  /// Takes the next operation: transactions come in call order. The reads of one that did not
  /// return are left out: they assert nothing. Throws std::invalid_argument for what is no
  /// transaction of this kind, and OutOfTime.
  void Take(uint32_t operation);

 private:
  [[noreturn]] void Refuse(uint32_t operation, const std::string& why) const;
  uint32_t Key(KeyId independent, ValueId name);
  uint32_t FindKey(KeyId independent, ValueId name);

  const bool lists_;
  const ValueId write_word_, read_word_;
  Deadline* deadline_;
  boost::unordered_flat_map<uint64_t, uint32_t> key_of_name_;  // (independent key, name)
  struct Recent {
    uint64_t name = UINT64_MAX;
    uint32_t key = 0;
  };
  Recent recent_[256];  // few keys are in use at a time
};

/// A key and a value in one word, for tables.
constexpr uint64_t PackKeyValue(uint32_t key, ValueId value) { return uint64_t{key} << 32 | value; }

}  // namespace cleave
