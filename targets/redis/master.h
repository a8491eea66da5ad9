// The way to the master: which one it is, a connection to it, and commands that are executed as
// one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "targets/redis/sentinel.h"

namespace cleave {

/// What commands do to the data, for those who wait until replicas have it.
enum class RedisEffect : uint8_t { kReads, kMayWrite, kWrites };

/// A connection to the master that a sentinel names. One execution at a time.
class RedisMaster {
 public:
  RedisMaster(const RedisEndpoint& sentinel, int wait) : sentinel_(sentinel), wait_(wait) {}

  /// Executes the commands, several as one transaction (MULTI), and returns an answer for each,
  /// none of them an error. Throws RedisError; a connection on which an execution failed is not
  /// used again.
  asio::awaitable<std::vector<RedisReply>> Execute(std::vector<RedisCommand> commands,
                                                   RedisEffect effect);

 private:
  asio::awaitable<void> Find();
  asio::awaitable<void> AskSentinel();
  asio::awaitable<void> Connect();

  const RedisEndpoint sentinel_;
  const int wait_;
  std::unique_ptr<RedisConnection> asked_;  // the sentinel
  std::chrono::steady_clock::time_point asked_at_;
  RedisEndpoint named_;
  std::unique_ptr<RedisConnection> master_;
};

}  // namespace cleave
