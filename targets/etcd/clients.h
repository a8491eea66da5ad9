// etcd's clients, one for each data type that workloads speak.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "harness/run/client.h"

namespace cleave {

struct EtcdClientOptions {
  std::string interface;  // "register", "set", "append", "wr", "bank", "g2", "counter", "lock"
  std::string address;    // of its node
  uint16_t port = 2379;
  /// Reads are answered by the node's own state, without asking a majority.
  bool serializable = false;
  /// lock: seconds for which a lease lasts that nobody renews.
  int lease = 60;
};

/// Throws std::invalid_argument for another data type.
std::unique_ptr<Client> MakeEtcdClient(const EtcdClientOptions& options);

}  // namespace cleave
