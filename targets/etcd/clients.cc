// etcd's clients. Invariant: an operation fails only when etcd said, or the connection shows, that
// it cannot have happened; every read that got no answer fails, since a read leaves nothing behind.
#include "targets/etcd/clients.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "harness/run/asio.h"
#include "targets/etcd/gateway.h"

namespace cleave {
namespace {

/// How often a transaction is tried when others change its keys. Bounded, so that a contended key
/// makes definite failures rather than timeouts, which would be unknown.
constexpr int kAttempts = 8;

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
      failed = Failed(error, ReadOnly(invocation));
    }
    asio::steady_timer pause(co_await asio::this_coro::executor, kPause);
    co_await pause.async_wait(asio::use_awaitable);
    co_return failed;
  }

 protected:
  virtual asio::awaitable<Completion> Do(const Invocation& invocation) = 0;
  virtual bool ReadOnly(const Invocation& invocation) const { return invocation.f == "read"; }

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

/// A transaction reads all its keys at one revision, works on them here, and writes them back if
/// none changed meanwhile: optimistic concurrency control by mod revision.
class AppendClient : public EtcdClient {
 public:
  using EtcdClient::EtcdClient;

 protected:
  bool ReadOnly(const Invocation& invocation) const override {
    return std::all_of(invocation.value.begin(), invocation.value.end(),
                       [](const Json& op) { return op.at(0) == "r"; });
  }

  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    if (invocation.f != "txn") ThrowUnknown(invocation.f);
    const std::vector<std::string> keys = KeysOf(invocation.value);
    std::vector<EtcdKeyValue> state = co_await ReadAll(keys);
    if (ReadOnly(invocation)) co_return Succeeded(Apply(invocation.value, keys, state));
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      Json txn = Compare(keys, state);
      Json result = Apply(invocation.value, keys, state);
      Write(invocation.value, keys, state, txn);
      EtcdTxnReply reply = co_await etcd_.Txn(txn);
      if (reply.succeeded) co_return Succeeded(std::move(result));
      state = std::move(reply.found);
      CheckCount(keys, state);
    }
    co_return Fail("conflict", "others changed the keys of this transaction " +
                                   std::to_string(kAttempts) + " times");
  }

 private:
  static std::vector<std::string> KeysOf(const Json& ops) {
    std::vector<std::string> keys;
    for (const Json& op : ops) {
      const std::string key = "append/" + Text(op.at(1));
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }
    return keys;
  }

  static void CheckCount(const std::vector<std::string>& keys,
                         const std::vector<EtcdKeyValue>& state) {
    if (state.size() == keys.size()) return;
    throw EtcdError("nonsense", "another number of ranges than was asked for", false);
  }

  /// Nothing has been written before or by this call: whatever goes wrong in it is definite.
  asio::awaitable<std::vector<EtcdKeyValue>> ReadAll(const std::vector<std::string>& keys) {
    Json txn = Json::object();
    for (const std::string& key : keys) txn["success"].push_back(EtcdRange(key, serializable_));
    std::optional<EtcdError> failed;
    EtcdTxnReply reply;
    try {
      reply = co_await etcd_.Txn(txn);
      CheckCount(keys, reply.found);
    } catch (const EtcdError& error) {
      failed.emplace(error.symbol, error.what(), true);
    }
    if (failed) throw *failed;
    co_return std::move(reply.found);
  }

  static size_t Index(const std::vector<std::string>& keys, const Json& op) {
    return std::find(keys.begin(), keys.end(), "append/" + Text(op.at(1))) - keys.begin();
  }

  /// The transaction with what its reads see, and in `state` the lists after it.
  static Json Apply(const Json& ops, const std::vector<std::string>& keys,
                    std::vector<EtcdKeyValue>& state) {
    Json result = ops;
    for (Json& op : result) {
      Json& list = state[Index(keys, op)].value;
      if (op.at(0) == "r") {
        op.at(2) = list;  // null where the key is absent
      } else if (op.at(0) == "append") {
        list.push_back(op.at(2));
      } else {
        ThrowUnknown(DumpJson(op.at(0)));
      }
    }
    return result;
  }

  static Json Compare(const std::vector<std::string>& keys,
                      const std::vector<EtcdKeyValue>& state) {
    Json txn = Json::object();
    for (size_t i = 0; i < keys.size(); ++i) {
      txn["compare"].push_back(EtcdRevisionIs(keys[i], state[i].mod_revision));
      txn["failure"].push_back(EtcdRange(keys[i]));
    }
    return txn;
  }

  static void Write(const Json& ops, const std::vector<std::string>& keys,
                    const std::vector<EtcdKeyValue>& state, Json& txn) {
    std::vector<bool> appended(keys.size());
    for (const Json& op : ops) {
      if (op.at(0) == "append") appended[Index(keys, op)] = true;
    }
    for (size_t i = 0; i < keys.size(); ++i) {
      if (appended[i]) txn["success"].push_back(EtcdPut(keys[i], state[i].value));
    }
  }
};

}  // namespace

std::unique_ptr<Client> MakeEtcdClient(const std::string& interface, const std::string& address,
                                       uint16_t port, bool serializable) {
  if (interface == "register") return std::make_unique<RegisterClient>(address, port, serializable);
  if (interface == "set") return std::make_unique<SetClient>(address, port, serializable);
  if (interface == "append") return std::make_unique<AppendClient>(address, port, serializable);
  throw std::invalid_argument("etcd has no clients for the data type \"" + interface + "\"");
}

}  // namespace cleave
