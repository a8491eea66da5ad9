// etcd's clients. Invariant: an operation fails only when etcd said, or the connection shows, that
// it cannot have happened; every read that got no answer fails, since a read leaves nothing behind.
#include "targets/etcd/clients.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "harness/run/answers.h"
#include "harness/run/asio.h"
#include "targets/etcd/gateway.h"
#include "targets/transactions.h"

namespace cleave {
namespace {

std::string Text(const Json& key) {
  return key.is_string() ? key.get<std::string>() : DumpJson(key);
}

Completion Fail(const std::string& error, const std::string& text) {
  Completion completion;
  completion.outcome = Outcome::kFail;
  completion.error = error;
  completion.text = text;
  return completion;
}

/// The completion of an operation whose last call ended so.
Completion Failed(const EtcdError& error, bool read_only) {
  Completion completion = Fail(error.symbol, error.what());
  if (!read_only && !error.definite) completion.outcome = Outcome::kInfo;
  return completion;
}

/// Before an error is reported, so that the client of a dead node does not spin.
constexpr std::chrono::milliseconds kPause{50};

class EtcdClient : public Client {
 public:
  EtcdClient(const std::string& address, uint16_t port, bool serializable)
      : etcd_(address, port), serializable_(serializable) {}

  asio::awaitable<Completion> Invoke(const Invocation& invocation) final {
    Completion failed;
    try {
      co_return co_await Do(invocation);
    } catch (const EtcdError& error) {
      failed = Failed(error, IsRead(invocation.f, invocation.value));
    }
    asio::steady_timer pause(co_await asio::this_coro::executor, kPause);
    co_await pause.async_wait(asio::use_awaitable);
    co_return failed;
  }

 protected:
  virtual asio::awaitable<Completion> Do(const Invocation& invocation) = 0;

  EtcdGateway etcd_;
  const bool serializable_;
};

[[noreturn]] void ThrowUnknown(const std::string& f) {
  throw std::invalid_argument("the etcd client does not know the function \"" + f + "\"");
}

/// One etcd key for each independent key; the value is the JSON text.
class RegisterClient : public EtcdClient {
 public:
  using EtcdClient::EtcdClient;

 protected:
  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    const std::string key = "register/" + Text(invocation.key);
    if (invocation.f == "read") {
      EtcdKeyValue found = co_await etcd_.Get(key, serializable_);
      co_return Succeeded(std::move(found.value));
    }
    if (invocation.f == "write") {
      co_await etcd_.Put(key, invocation.value);
      co_return Succeeded(nullptr);
    }
    if (invocation.f != "cas") ThrowUnknown(invocation.f);
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
    Completion completion = Fail("mismatch", "");
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
    const std::string prefix = "set/" + Text(invocation.key) + "/";
    if (invocation.f == "add") {
      const std::string key = prefix + DumpJson(invocation.value);
      co_await etcd_.Put(key, invocation.value);
      co_return Succeeded(nullptr);
    }
    if (invocation.f != "read") ThrowUnknown(invocation.f);
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
  TransactionClient(std::string interface, const std::string& address, uint16_t port,
                    bool serializable)
      : EtcdClient(address, port, serializable), interface_(std::move(interface)) {}

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

std::unique_ptr<Client> MakeEtcdClient(const std::string& interface, const std::string& address,
                                       uint16_t port, bool serializable) {
  if (interface == "register") return std::make_unique<RegisterClient>(address, port, serializable);
  if (interface == "set") return std::make_unique<SetClient>(address, port, serializable);
  for (const char* transactional : {"append", "wr", "bank", "g2"}) {
    if (interface != transactional) continue;
    return std::make_unique<TransactionClient>(interface, address, port, serializable);
  }
  throw std::invalid_argument("etcd has no clients for the data type \"" + interface + "\"");
}

}  // namespace cleave
