// What the operations of the data types do, and trying until nobody interferes.
#include "targets/transactions.h"

#include <algorithm>
#include <stdexcept>

#include "harness/run/bank.h"
#include "targets/client_parts.h"

namespace cleave {
namespace {

constexpr int kAttempts = 8;

[[noreturn]] void ThrowUnknownFunction(const std::string& interface, const std::string& f) {
  throw std::invalid_argument("transactions over " + interface + " have no function \"" + f + "\"");
}

/// Micro-operations, in order, each on what the ones before it left.
StoreTransaction OfMicroOperations(const std::string& interface, const Json& operations) {
  StoreTransaction transaction;
  std::vector<size_t> places;  // of each operation's key
  for (const Json& op : operations) {
    const std::string f = op.at(0);
    if (f != "r" && f != "w" && f != "append") ThrowUnknownFunction(interface, f);
    const std::string key = StoreKey(interface, op.at(1));
    auto& keys = transaction.keys;
    places.push_back(std::find(keys.begin(), keys.end(), key) - keys.begin());
    if (places.back() == keys.size()) keys.push_back(key);
  }
  transaction.run = [operations, places](std::vector<Json>& values) {
    Json result = operations;
    for (size_t i = 0; i < result.size(); ++i) {
      Json& op = result[i];
      Json& value = values[places[i]];
      if (op[0] == "r") {
        op[2] = value;
      } else if (op[0] == "w") {
        value = op[2];
      } else {
        value.push_back(op[2]);
      }
    }
    return Succeeded(std::move(result));
  };
  return transaction;
}

int64_t Balance(const Json& value) {
  return value.is_null() ? kOpeningBalance : value.get<int64_t>();
}

StoreTransaction OfBalances() {
  StoreTransaction transaction;
  for (int64_t account = 0; account < kBankAccounts; ++account) {
    transaction.keys.push_back(StoreKey("bank", account));
  }
  transaction.run = [](std::vector<Json>& values) {
    Json sheet = Json::object();
    for (size_t i = 0; i < values.size(); ++i) sheet[std::to_string(i)] = Balance(values[i]);
    return Succeeded(std::move(sheet));
  };
  return transaction;
}

StoreTransaction OfTransfer(const Json& transfer) {
  StoreTransaction transaction;
  const auto amount = transfer.at("amount").get<int64_t>();
  transaction.keys = {StoreKey("bank", transfer.at("from")), StoreKey("bank", transfer.at("to"))};
  transaction.run = [amount](std::vector<Json>& values) {
    const int64_t from = Balance(values[0]), to = Balance(values[1]);
    if (from < amount) return Refused("insufficient", "there is only " + std::to_string(from));
    values[0] = from - amount;
    values[1] = to + amount;
    return Succeeded(nullptr);
  };
  return transaction;
}

StoreTransaction OfInsert(const Invocation& invocation) {
  StoreTransaction transaction;
  const std::string key = StoreKey("g2", invocation.key);
  transaction.keys = {key + "/a", key + "/b"};
  transaction.run = [row = invocation.value](std::vector<Json>& values) {
    const bool taken = !values[0].is_null() || !values[1].is_null();
    if (taken) return Refused("too-late", "another was inserted before");
    for (size_t i = 0; i < values.size(); ++i) values[i] = row.at(i);
    return Succeeded(nullptr);
  };
  return transaction;
}

StoreTransaction OfCounter(const Invocation& invocation) {
  StoreTransaction transaction;
  transaction.keys = {StoreKey("counter", invocation.key)};
  const int64_t amount = invocation.f == "add" ? invocation.value.get<int64_t>() : 0;
  transaction.run = [amount, reads = invocation.f == "read"](std::vector<Json>& values) {
    const int64_t before = values[0].is_null() ? 0 : values[0].get<int64_t>();
    if (reads) return Succeeded(before);
    values[0] = before + amount;
    return Succeeded(nullptr);
  };
  return transaction;
}

}  // namespace

StoreTransaction MakeTransaction(const std::string& interface, const Invocation& invocation) {
  const std::string& f = invocation.f;
  if (interface == "bank" && f == "read") return OfBalances();
  if (interface == "bank" && f == "transfer") return OfTransfer(invocation.value);
  if (interface == "g2" && f == "insert") return OfInsert(invocation);
  if (interface == "counter" && (f == "add" || f == "read")) return OfCounter(invocation);
  const bool operations = interface == "append" || interface == "wr";
  if (!operations || f != "txn") ThrowUnknownFunction(interface, f);
  return OfMicroOperations(interface, invocation.value);
}

asio::awaitable<Completion> RunTransaction(const StoreTransaction& transaction,
                                           ConditionalStore& store) {
  std::vector<Version> before = co_await store.ReadAll(transaction.keys);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::vector<Json> after;
    for (const Version& version : before) after.push_back(version.value);
    Completion result = transaction.run(after);
    const bool changed = !std::equal(
        before.begin(), before.end(), after.begin(), after.end(),
        [](const Version& version, const Json& value) { return version.value == value; });
    if (result.outcome != Outcome::kOk || !changed) co_return result;
    std::optional<std::vector<Version>> now = co_await store.Swap(transaction.keys, before, after);
    if (!now) co_return result;
    before = std::move(*now);
  }
  co_return Refused("conflict", "others changed the keys of this transaction " +
                                    std::to_string(kAttempts) + " times");
}

asio::awaitable<Completion> RunInTransaction(const StoreTransaction& transaction,
                                             TransactionalStore& store) {
  co_await store.Begin();
  std::vector<Json> before;
  for (const std::string& key : transaction.keys) before.push_back(co_await store.Read(key));
  std::vector<Json> after = before;
  Completion result = transaction.run(after);
  if (result.outcome != Outcome::kOk) {
    co_await store.Rollback();
    co_return result;
  }
  for (size_t i = 0; i < after.size(); ++i) {
    if (after[i] != before[i]) co_await store.Write(transaction.keys[i], after[i]);
  }
  co_await store.Commit();
  co_return result;
}

}  // namespace cleave
