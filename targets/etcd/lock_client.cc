// See lock_client.h. Invariant: a client has a lease exactly while it holds a lock or asks for one;
// whoever lets go of a lease has it revoked, now or in the background.
#include "targets/etcd/lock_client.h"

#include <chrono>
#include <utility>

#include "targets/client_parts.h"
#include "targets/etcd/etcd_client.h"
#include "targets/etcd/lease.h"

namespace cleave {
namespace {

class LockClient : public EtcdClient {
 public:
  explicit LockClient(const EtcdClientOptions& options)
      : EtcdClient(options), where_{options.address, options.port}, ttl_(options.lease) {}

 protected:
  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    const std::string key = KeyText(invocation.key);
    if (invocation.f == "acquire") return Acquire("lock/" + key);
    if (invocation.f == "release") return Release();
    if (invocation.f == "commit") return Commit("locked/" + key);
    ThrowEtcdLacks(invocation.f);
  }

 private:
  asio::awaitable<Completion> Acquire(std::string name) {
    lease_.reset();
    std::optional<EtcdError> failed;
    std::string id;
    try {
      id = co_await etcd_.Grant(ttl_.count());
    } catch (const EtcdError& error) {
      // No lock was asked for, whatever becomes of the lease.
      failed.emplace(error.symbol, error.what(), true);
    }
    if (failed) throw *failed;
    lease_ = std::make_unique<EtcdLease>(co_await asio::this_coro::executor, where_, id, ttl_);
    try {
      lock_ = co_await etcd_.Lock(name, id);
    } catch (const EtcdError& error) {
      failed.emplace(error);
    }
    if (failed) {
      lease_.reset();
      throw *failed;
    }
    co_return Succeeded(lock_.revision);
  }

  /// Revoking the lease deletes the lock's key. What is not answered goes on in the background, so
  /// that it happens sooner or later: nothing is definite but that there was nothing to release.
  asio::awaitable<Completion> Release() {
    const std::unique_ptr<EtcdLease> lease = std::move(lease_);
    if (!lease) co_return Refused("not-held");
    std::optional<EtcdError> failed;
    bool revoked = false;
    try {
      revoked = co_await etcd_.Revoke(lease->id());
    } catch (const EtcdError& error) {
      failed.emplace(error.symbol, error.what(), false);
    }
    if (failed) throw *failed;
    lease->SetGone();
    co_return Succeeded(revoked ? Json(nullptr) : Json("expired"));
  }

  asio::awaitable<Completion> Commit(std::string key) {
    const std::unique_ptr<EtcdLease> lease = std::move(lease_);
    if (!lease) co_return Refused("not-held");
    Json txn = Json::object();
    txn["compare"].push_back(EtcdExists(lock_.key));
    txn["success"].push_back(EtcdPut(key, lock_.revision));
    txn["success"].push_back(EtcdDelete(lock_.key));
    const EtcdTxnReply reply = co_await etcd_.Txn(txn);
    if (!reply.succeeded) co_return Refused("lock-lost", "the key of the lock is gone");
    co_return Succeeded(nullptr);
  }

  const EtcdLease::Where where_;
  const std::chrono::seconds ttl_;
  std::unique_ptr<EtcdLease> lease_;
  EtcdLock lock_;
};

}  // namespace

std::unique_ptr<Client> MakeEtcdLockClient(const EtcdClientOptions& options) {
  return std::make_unique<LockClient>(options);
}

}  // namespace cleave
