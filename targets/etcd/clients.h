// etcd's clients, one for each data type that workloads speak.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "harness/run/client.h"

namespace cleave {

/// `interface` is "register", "set", "append", "wr", "bank" or "g2"; throws std::invalid_argument
/// for another. With `serializable`, reads are answered by the node's own state, without asking a
/// majority.
std::unique_ptr<Client> MakeEtcdClient(const std::string& interface, const std::string& address,
                                       uint16_t port, bool serializable);

}  // namespace cleave
