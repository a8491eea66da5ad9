// Redis's clients, one for each data type that workloads speak.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "harness/run/client.h"
#include "targets/redis/sentinel.h"

namespace cleave {

struct RedisClientOptions {
  std::string interface;  // "register", "set", "append", "wr", "bank", "g2", "counter", "queue"
  RedisEndpoint sentinel;
  /// How many replicas must acknowledge each operation (WAIT); 0: none is asked.
  int wait = 0;
};

/// A client that talks to the master that its sentinel names. Throws std::invalid_argument for
/// another data type.
std::unique_ptr<Client> MakeRedisClient(const RedisClientOptions& options);

}  // namespace cleave
