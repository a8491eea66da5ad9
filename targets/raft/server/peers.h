// The network between nodes: one outgoing TCP connection to each peer, messages with a length in
// front. Messages may be lost (a connection broke, a queue is full): Raft repairs that.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "targets/raft/server/listen.h"
#include "targets/raft/server/message.h"

namespace cleave::raft {

/// Everything runs on `io`'s one thread.
class Peers {
 public:
  /// Begins to listen; throws as Listen does. `receive` gets every message from any peer.
  Peers(asio::io_context& io, const std::vector<Endpoint>& peers, NodeId self,
        std::function<void(Message)> receive);
  ~Peers();

  void Send(const Message& message);

 private:
  struct Link;
  asio::awaitable<void> ReadFrom(asio::ip::tcp::socket socket);
  static asio::awaitable<void> WriteTo(std::shared_ptr<Link> link);

  asio::io_context& io_;
  std::function<void(Message)> receive_;
  asio::ip::tcp::acceptor acceptor_;
  std::vector<std::shared_ptr<Link>> links_;
};

}  // namespace cleave::raft
