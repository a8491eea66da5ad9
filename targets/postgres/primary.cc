// See primary.h.
#include "targets/postgres/primary.h"

#include <utility>

namespace cleave {
namespace {

/// A client that hears of no change goes on with its primary for this long.
constexpr std::chrono::milliseconds kAskAgain{100};

/// Without a snapshot, which a standby does not give to a serializable transaction.
asio::awaitable<bool> Follows(PostgresConnection& connection) {
  const PostgresResult result = co_await connection.Run("SHOW in_hot_standby");
  co_return result.rows.at(0).at(0) == "on";
}

}  // namespace

asio::awaitable<void> PostgresPrimary::Connect(std::unique_ptr<PostgresConnection>& connection) {
  std::unique_ptr<PostgresConnection> before = std::move(connection);
  // One that was lost since is no attempt of this operation.
  if (before && !before->Idle()) before.reset();
  if (other_) {
    connection = co_await Find(std::move(before));
  } else if (before) {
    connection = std::move(before);
  } else {
    connection = co_await PostgresConnection::Open(own_);
  }
}

/// A primary does not become a standby while its connections live: one to it need not be asked
/// again, one to the other server must, since this node's may have been promoted.
asio::awaitable<std::unique_ptr<PostgresConnection>> PostgresPrimary::Find(
    std::unique_ptr<PostgresConnection> connection) {
  const auto now = std::chrono::steady_clock::now();
  if (connection && (!asked_ || now - asked_at_ < kAskAgain)) co_return connection;
  std::unique_ptr<PostgresConnection> own = std::move(asked_);  // given back when all went well
  if (own && !own->Idle()) own.reset();
  if (!own) own = co_await PostgresConnection::Open(own_);
  const bool own_follows = co_await Follows(*own);
  if (!own_follows) co_return own;
  if (!connection) {
    connection = co_await PostgresConnection::Open(*other_);
    const bool follows = co_await Follows(*connection);
    if (follows) throw PostgresError("no-primary", "", "both servers follow");
  }
  asked_at_ = now;
  asked_ = std::move(own);
  co_return connection;
}

}  // namespace cleave
