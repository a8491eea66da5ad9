// Transactions on stores that write several keys at once if other keys did not change: read all,
// compute here, write on condition (optimistic concurrency control, Kung & Robinson 1981).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/client.h"

namespace cleave {

/// A transaction as a function of the values of its keys.
struct StoreTransaction {
  std::vector<std::string> keys;  // each once
  /// Takes the value of each key, null where it is absent, and leaves there what the transaction
  /// makes of it. A completion that is not kOk (kFail, with its reason) changes nothing.
  std::function<Completion(std::vector<Json>& values)> run;
};

/// What an operation of a data type does to the keys of a store, which are named
/// "<interface>/<key>":
///   "append", "wr"  txn [["append",k,v],["w",k,v],["r",k,null]…]
///   "bank"          read null → {account: balance}; transfer {"from","to","amount"}: kFail
///                   "insufficient" where it would leave less than nothing
///   "g2"            insert [a, null] or [null, b]: kFail "too-late" where either is there for its
///                   independent key
///   "counter"       add n; read null → the sum, 0 where nothing was added
/// Throws std::invalid_argument for another function.
StoreTransaction MakeTransaction(const std::string& interface, const Invocation& invocation);

/// A key as a store has it.
struct Version {
  Json value;            // null: absent
  int64_t revision = 0;  // whatever tells the store that it is still the same; values may do, too
};

class ConditionalStore {
 public:
  virtual ~ConditionalStore() = default;
  /// All keys at one moment. Whatever goes wrong in it is definite.
  virtual asio::awaitable<std::vector<Version>> ReadAll(const std::vector<std::string>& keys) = 0;
  /// Makes `after` of the keys if all of them are what they were `before`; otherwise what they are.
  virtual asio::awaitable<std::optional<std::vector<Version>>> Swap(
      const std::vector<std::string>& keys, const std::vector<Version>& before,
      const std::vector<Json>& after) = 0;
};

/// A store with transactions of its own, as databases have: one at a time, from Begin to Commit or
/// Rollback.
class TransactionalStore {
 public:
  virtual ~TransactionalStore() = default;
  virtual asio::awaitable<void> Begin() = 0;
  virtual asio::awaitable<Json> Read(std::string key) = 0;  // null: absent
  virtual asio::awaitable<void> Write(std::string key, Json value) = 0;
  virtual asio::awaitable<void> Commit() = 0;
  virtual asio::awaitable<void> Rollback() = 0;
};

/// Reads each key, computes here, and writes what changed, all in one transaction of the store,
/// once: it is rolled back where `transaction` refuses. What the store throws goes through, and
/// leaves the transaction open. `transaction` and `store` must outlive the coroutine.
asio::awaitable<Completion> RunInTransaction(const StoreTransaction& transaction,
                                             TransactionalStore& store);

/// Tries it until nobody interferes, 8 times at most: a contended key makes definite failures
/// ("conflict") rather than timeouts, which would be unknown. What the store throws goes through.
/// `transaction` and `store` must outlive the coroutine.
asio::awaitable<Completion> RunTransaction(const StoreTransaction& transaction,
                                           ConditionalStore& store);

}  // namespace cleave
