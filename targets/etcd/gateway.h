// etcd's v3 JSON gateway: one connection, its calls, and what its errors mean.
// https://etcd.io/docs/v3.4/dev-guide/api_grpc_gateway/
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/history/json.h"
#include "targets/http_client.h"

namespace cleave {

inline constexpr uint16_t kEtcdClientPort = 2379;
inline constexpr uint16_t kEtcdPeerPort = 2380;

/// A call that did not succeed. `definite`: it certainly had no effect and never will.
class EtcdError : public std::runtime_error {
 public:
  EtcdError(const std::string& symbol, const std::string& text, bool definite)
      : std::runtime_error(text), symbol(symbol), definite(definite) {}
  std::string symbol;
  bool definite;
};

/// What an error reply means (rpctypes/error.go and v3_server.go of etcd 3.4). Exposed for its
/// tests.
EtcdError EtcdErrorOf(const HttpReply& reply);

/// A key as etcd holds it. Absent keys have revision 0 and a null value.
struct EtcdKeyValue {
  std::string key;
  Json value;  // stored as JSON text
  int64_t mod_revision = 0;
};

/// An answer to a transaction: which branch was taken, and for each range in it what was found.
struct EtcdTxnReply {
  bool succeeded = false;
  std::vector<EtcdKeyValue> found;  // one for each single-key range, in order
};

/// A lock that etcd's Lock service granted.
struct EtcdLock {
  std::string key;       // it is there for as long as the lock is held
  int64_t revision = 0;  // of the store when it was granted
};

/// One node's gateway; calls one at a time. Every call throws EtcdError, or operation_aborted when
/// cancelled. A reply that is not what etcd sends is an EtcdError "nonsense", not definite.
class EtcdGateway {
 public:
  explicit EtcdGateway(const std::string& address, uint16_t port = kEtcdClientPort,
                       std::optional<std::chrono::milliseconds> timeout = std::nullopt)
      : http_(address, port, timeout) {}

  asio::awaitable<EtcdKeyValue> Get(const std::string& key, bool serializable);
  /// All keys that begin with `prefix`, without their values, in order.
  asio::awaitable<std::vector<std::string>> Keys(const std::string& prefix, bool serializable);
  asio::awaitable<void> Put(const std::string& key, const Json& value);
  /// `txn`: {"compare": […], "success": […], "failure": […]}, put together by the functions below.
  asio::awaitable<EtcdTxnReply> Txn(const Json& txn);
  /// A lease of `ttl` seconds: its identifier.
  asio::awaitable<std::string> Grant(int64_t ttl);
  /// Renews a lease. False where it has expired.
  asio::awaitable<bool> KeepAlive(const std::string& lease);
  /// Ends a lease, and deletes the keys that hang on it. False where it had expired.
  asio::awaitable<bool> Revoke(const std::string& lease);
  /// Waits for the lock of this name, which is held until its key or the lease is gone.
  asio::awaitable<EtcdLock> Lock(const std::string& name, const std::string& lease);
  /// The reply of /v3/maintenance/status.
  asio::awaitable<Json> Status();

 private:
  asio::awaitable<Json> Call(std::string path, std::string body);

  HttpClient http_;
};

/// Parts of a transaction.
Json EtcdRange(const std::string& key, bool serializable = false);
Json EtcdPut(const std::string& key, const Json& value);
Json EtcdDelete(const std::string& key);
Json EtcdExists(const std::string& key);
Json EtcdValueIs(const std::string& key, const Json& value);
Json EtcdRevisionIs(const std::string& key, int64_t mod_revision);  // 0: the key is absent

}  // namespace cleave
