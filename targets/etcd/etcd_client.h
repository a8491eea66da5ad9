// What etcd's clients have in common. Invariant: an operation fails only when etcd said, or the
// connection shows, that it cannot have happened; every read that got no answer fails, since a read
// leaves nothing behind.
#pragma once

#include <string>

#include "targets/etcd/clients.h"
#include "targets/etcd/gateway.h"

namespace cleave {

class EtcdClient : public Client {
 public:
  explicit EtcdClient(const EtcdClientOptions& options)
      : etcd_(options.address, options.port), serializable_(options.serializable) {}

  /// Do, and what its errors mean, after a pause: the client of a dead node does not spin.
  asio::awaitable<Completion> Invoke(const Invocation& invocation) final;

 protected:
  /// Throws EtcdError.
  virtual asio::awaitable<Completion> Do(const Invocation& invocation) = 0;

  EtcdGateway etcd_;
  const bool serializable_;
};

[[noreturn]] void ThrowEtcdLacks(const std::string& f);

}  // namespace cleave
