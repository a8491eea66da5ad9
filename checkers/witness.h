// Witnesses: for every object that was found linearizable, and for transactions that hold a level
// of isolation, the order that shows it; and the verifiers that replay one. They share no code with
// the engines that they check: neither their models nor their view of the operations.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "harness/history/history.h"

namespace cleave {

/// One object's linearization, or the order of all transactions.
struct Witness {
  std::string model;
  KeyId key = kNoKey;
  std::vector<uint32_t> order;  // indices into History::operations()
  /// Of transactions: the isolation level that the order shows, "" for an object. Under snapshot
  /// isolation each transaction is in the order twice, where it begins and where it commits.
  std::string level = {};
};

/// One JSON line a witness, each operation by the index of its invocation's event:
/// {"model":"cas-register","key":"k0","order":[0,4,2]}, or
/// {"model":"list-append","level":"strict-serializable","key":null,"order":[0,4,2]}.
void WriteWitnesses(std::ostream& out, const History& history,
                    const std::vector<Witness>& witnesses);
/// Throws std::invalid_argument with the line's number for what is no witness of this history.
std::vector<Witness> ReadWitnesses(std::istream& in, const History& history);

struct VerifyOptions {
  ValueId initial = kNull;  // of registers
  uint32_t permits = 1;     // of a semaphore
};

/// Replays the orders. Nothing, or why they prove nothing. Witnesses of transactions are each
/// judged by themselves, those of objects together.
std::optional<std::string> Verify(const History& history, const std::vector<Witness>& witnesses,
                                  const VerifyOptions& options);

/// Refuses an object without an order, an operation that is missing or there twice, two that real
/// time has the other way round, an answer that is wrong. O(operations log operations + elements of
/// all reads).
std::optional<std::string> VerifyObjects(const History& history,
                                         const std::vector<Witness>& witnesses,
                                         const VerifyOptions& options);

/// Refuses a transaction that is missing or there too often, a read that does not return what had
/// been committed when its transaction began, a commit over somebody else's since then (the first
/// committer wins), and two transactions that real time or their process, where the level asks for
/// it, has the other way round. The same bound.
std::optional<std::string> VerifyTransactions(const History& history, const Witness& witness);

}  // namespace cleave
