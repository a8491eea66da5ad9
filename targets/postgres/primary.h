// The way of a client to the primary, where there are two servers.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "targets/postgres/connection.h"

namespace cleave {

/// A client belongs to a node, and believes that node's server: which says that it is a primary, or
/// that it follows the other one. The clients of both sides of a partition so believe their side.
class PostgresPrimary {
 public:
  /// `other`: whom the node's server follows while it is a standby; nothing: it is the only server.
  PostgresPrimary(PostgresServer own, std::optional<PostgresServer> other)
      : own_(std::move(own)), other_(std::move(other)) {}

  /// `connection`: as the operation before left it, or nothing. Afterwards one to the primary, on
  /// which nothing is open. Throws PostgresError, and then there is none: nothing was asked that
  /// changes anything; "no-primary" where both follow.
  asio::awaitable<void> Connect(std::unique_ptr<PostgresConnection>& connection);

 private:
  asio::awaitable<std::unique_ptr<PostgresConnection>> Find(
      std::unique_ptr<PostgresConnection> connection);

  const PostgresServer own_;
  const std::optional<PostgresServer> other_;
  std::unique_ptr<PostgresConnection> asked_;  // to own_, while it says that it follows
  std::chrono::steady_clock::time_point asked_at_;
};

}  // namespace cleave
