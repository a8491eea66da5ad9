// The clients of every data type but locks.
#include "targets/etcd/clients.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "targets/client_parts.h"
#include "targets/etcd/etcd_client.h"
#include "targets/etcd/lock_client.h"
#include "targets/transactions.h"

namespace cleave {
namespace {

/// One etcd key for each independent key; the value is the JSON text.
class RegisterClient : public EtcdClient {
 public:
  using EtcdClient::EtcdClient;

 protected:
  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    const std::string key = StoreKey("register", invocation.key);
    if (invocation.f == "read") {
      EtcdKeyValue found = co_await etcd_.Get(key, serializable_);
      co_return Succeeded(std::move(found.value));
    }
    if (invocation.f == "write") {
      co_await etcd_.Put(key, invocation.value);
      co_return Succeeded(nullptr);
    }
    if (invocation.f != "cas") ThrowEtcdLacks(invocation.f);
    co_return co_await Cas(key, invocation.value.at(0), invocation.value.at(1));
  }

 private:
  asio::awaitable<Completion> Cas(const std::string& key, const Json& from, const Json& to) {
    Json txn = Json::object();
    txn["compare"].push_back(from.is_null() ? EtcdRevisionIs(key, 0) : EtcdValueIs(key, from));
    txn["success"].push_back(EtcdPut(key, to));
    txn["failure"].push_back(EtcdRange(key));
    const EtcdTxnReply reply = co_await etcd_.Txn(txn);
    if (reply.succeeded) co_return Succeeded(nullptr);
    if (reply.found.size() != 1) {
      throw EtcdError("nonsense", "a failed comparison without the range that was asked for",
                      false);
    }
    Completion completion = Refused("mismatch");
    completion.observed = reply.found[0].value;
    co_return completion;
  }
};

/// One etcd key for each element, so that adds do not meet; a read is one range over all of them.
class SetClient : public EtcdClient {
 public:
  using EtcdClient::EtcdClient;

 protected:
  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    const std::string prefix = StoreKey("set", invocation.key) + "/";
    if (invocation.f == "add") {
      const std::string key = prefix + DumpJson(invocation.value);
      co_await etcd_.Put(key, invocation.value);
      co_return Succeeded(nullptr);
    }
    if (invocation.f != "read") ThrowEtcdLacks(invocation.f);
    const std::vector<std::string> keys = co_await etcd_.Keys(prefix, serializable_);
    Json elements = Json::array();
    for (const std::string& key : keys) {
      Json element = TryParseJson(key.substr(std::min(prefix.size(), key.size())));
      if (element.is_discarded()) throw EtcdError("nonsense", "no element of ours: " + key, false);
      elements.push_back(std::move(element));
    }
    // etcd orders keys as text: sorted as values, what is missing meets the eye.
    std::sort(elements.begin(), elements.end());
    co_return Succeeded(std::move(elements));
  }
};

/// Transactions: a node's keys with their mod revisions at one revision of the store.
class TransactionClient : public EtcdClient, private ConditionalStore {
 public:
  explicit TransactionClient(const EtcdClientOptions& options)
      : EtcdClient(options), interface_(options.interface) {}

 protected:
  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    const StoreTransaction transaction = MakeTransaction(interface_, invocation);
    co_return co_await RunTransaction(transaction, *this);
  }

 private:
  /// Nothing has been written before or by this call: whatever goes wrong in it is definite.
  asio::awaitable<std::vector<Version>> ReadAll(const std::vector<std::string>& keys) override {
    Json txn = Json::object();
    for (const std::string& key : keys) txn["success"].push_back(EtcdRange(key, serializable_));
    std::optional<EtcdError> failed;
    std::vector<Version> versions;
    try {
      const EtcdTxnReply reply = co_await etcd_.Txn(txn);
      versions = Versions(keys, reply);
    } catch (const EtcdError& error) {
      failed.emplace(error.symbol, error.what(), true);
    }
    if (failed) throw *failed;
    co_return versions;
  }

  asio::awaitable<std::optional<std::vector<Version>>> Swap(
      const std::vector<std::string>& keys, const std::vector<Version>& before,
      const std::vector<Json>& after) override {
    Json txn = Json::object();
    for (size_t i = 0; i < keys.size(); ++i) {
      txn["compare"].push_back(EtcdRevisionIs(keys[i], before[i].revision));
      txn["failure"].push_back(EtcdRange(keys[i]));
      if (after[i] != before[i].value) txn["success"].push_back(EtcdPut(keys[i], after[i]));
    }
    const EtcdTxnReply reply = co_await etcd_.Txn(txn);
    if (reply.succeeded) co_return std::nullopt;
    co_return Versions(keys, reply);
  }

  static std::vector<Version> Versions(const std::vector<std::string>& keys,
                                       const EtcdTxnReply& reply) {
    if (reply.found.size() != keys.size()) {
      throw EtcdError("nonsense", "another number of ranges than was asked for", false);
    }
    std::vector<Version> versions;
    for (const EtcdKeyValue& found : reply.found) {
      versions.push_back({found.value, found.mod_revision});
    }
    return versions;
  }

  const std::string interface_;
};

}  // namespace

std::unique_ptr<Client> MakeEtcdClient(const EtcdClientOptions& options) {
  const std::string& interface = options.interface;
  if (interface == "register") return std::make_unique<RegisterClient>(options);
  if (interface == "set") return std::make_unique<SetClient>(options);
  if (interface == "lock") return MakeEtcdLockClient(options);
  for (const char* transactional : {"append", "wr", "bank", "g2", "counter"}) {
    if (interface == transactional) return std::make_unique<TransactionClient>(options);
  }
  throw std::invalid_argument("etcd has no clients for the data type \"" + interface + "\"");
}

}  // namespace cleave
