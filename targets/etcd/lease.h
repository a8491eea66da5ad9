// A lease of etcd that is renewed in the background for as long as somebody wants it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "harness/run/asio.h"

namespace cleave {

/// Renews a lease every third of its time, as etcd's Go client does, over a connection of its own,
/// until it has expired. It never tells its owner of that. When its owner lets go of it, it is
/// revoked: tried again until that is done, or the lease must have expired by itself.
class EtcdLease {
 public:
  struct Where {
    std::string address;
    uint16_t port = 0;
  };
  /// `id`: a lease that was just granted, for `ttl`. What is done in the background runs on
  /// `executor`, and may outlive this.
  EtcdLease(const asio::any_io_executor& executor, const Where& where, std::string id,
            std::chrono::milliseconds ttl);
  ~EtcdLease();
  EtcdLease(const EtcdLease&) = delete;
  EtcdLease& operator=(const EtcdLease&) = delete;

  const std::string& id() const;
  /// There is nothing left to revoke.
  void SetGone();

 private:
  struct State;
  static asio::awaitable<void> Renew(std::shared_ptr<State> state);
  static asio::awaitable<void> RevokeAtLast(std::shared_ptr<State> state);
  static asio::awaitable<void> Live(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;  // shared with what runs in the background
};

}  // namespace cleave
