// One connection to a Redis server or sentinel: libhiredis's asynchronous context on the Asio loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/asio.h"
#include "targets/redis/errors.h"

namespace cleave {

/// An answer, in the words of the protocol (RESP2).
struct RedisReply {
  enum class Kind : uint8_t { kNil, kInteger, kText, kError, kArray };
  Kind kind = Kind::kNil;
  int64_t integer = 0;
  std::string text;  // kText: any bytes; kError: "READONLY You can't write …"
  std::vector<RedisReply> elements;
};

/// A command and its arguments, any bytes each.
using RedisCommand = std::vector<std::string>;

/// Opened once; what breaks it closes it for good. One call at a time, one thread. Cancelling an
/// awaiting coroutine (terminal cancellation) closes the connection and throws operation_aborted
/// through boost::system::system_error.
class RedisConnection {
 public:
  /// `address` is an IP address.
  RedisConnection(std::string address, uint16_t port);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  /// Throws RedisError, always definite: "connection-refused", "connect-timeout", "unreachable".
  asio::awaitable<void> Open(std::chrono::milliseconds timeout);
  /// Whether it can carry a call: open, not closed by the server, nothing unread.
  bool Idle() const;
  /// Sends the commands together and returns an answer for each; answers of kind kError are the
  /// caller's to judge. Without `timeout` the runner's deadline, which cancels, is the only bound.
  /// Throws RedisError, definite while no byte can have been sent: "connection-closed",
  /// "connection-reset", "timeout", "nonsense" (the answer is not Redis's).
  asio::awaitable<std::vector<RedisReply>> Call(
      std::vector<RedisCommand> commands,
      std::optional<std::chrono::milliseconds> timeout = std::nullopt);

  const std::string& address() const { return address_; }
  uint16_t port() const { return port_; }

 private:
  struct State;
  asio::awaitable<void> Connect(std::chrono::milliseconds timeout);

  const std::string address_;
  const uint16_t port_;
  std::shared_ptr<State> state_;  // shared with the handlers of the loop
};

}  // namespace cleave
