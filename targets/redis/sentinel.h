// What clients and the target ask of sentinels and servers.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "targets/redis/connection.h"

namespace cleave {

inline constexpr uint16_t kRedisPort = 6379;
inline constexpr uint16_t kSentinelPort = 26379;
/// The name by which sentinels know the one master that they watch.
inline constexpr const char* kRedisMasterName = "cleave";

struct RedisEndpoint {
  std::string address;
  uint16_t port = 0;
  bool operator==(const RedisEndpoint&) const = default;
};

/// Which master a sentinel names (SENTINEL GET-MASTER-ADDR-BY-NAME). The arguments must outlive the
/// call. Throws RedisError, always definite: "no-master" where it names none.
asio::awaitable<RedisEndpoint> AskForMaster(RedisConnection& sentinel,
                                            std::chrono::milliseconds timeout);

/// A server's answer to ROLE.
struct RedisRole {
  bool master = false;
  size_t replicas = 0;     // of a master: those that are connected to it
  RedisEndpoint follows;   // of a replica
  bool connected = false;  // a replica that has its master's data and is sent what changes
};

/// Throws RedisError, always definite.
asio::awaitable<RedisRole> AskForRole(RedisConnection& server, std::chrono::milliseconds timeout);

/// What a sentinel says of its master (SENTINEL MASTER).
struct SentinelView {
  RedisEndpoint master;
  size_t other_sentinels = 0;  // that this one knows
  size_t replicas = 0;         // the same
};

/// Throws RedisError, always definite.
asio::awaitable<SentinelView> AskForView(RedisConnection& sentinel,
                                         std::chrono::milliseconds timeout);

}  // namespace cleave
