// One node: the replica with its disk, its peers and its clients.
//
// One io_context thread runs the replica; one helper thread writes and syncs. While a batch is
// being synced the next one gathers (group commit), and heartbeats go on.
#pragma once

#include "targets/raft/server/http.h"
#include "targets/raft/server/peers.h"
#include "targets/raft/server/storage.h"

namespace cleave::raft {

class Server {
 public:
  /// Loads the data directory and begins to listen. Throws StorageError, or std::runtime_error in
  /// words, when it cannot.
  Server(asio::io_context& io, const ServerOptions& options);
  ~Server();

 private:
  void Handle(const std::string& method, const std::string& target, const std::string& body,
              HttpServer::Done done);
  void Deliver(Message message);
  void PumpSoon();
  void Pump();
  void Persist();
  void Arm();
  void Say(const std::string& text) const;

  asio::io_context& io_;
  ServerOptions options_;
  Storage storage_;
  Recovered recovered_;
  Replica replica_;
  asio::steady_timer timer_;
  int64_t armed_ = 0;  // milliseconds; 0: not armed
  bool pump_posted_ = false;
  bool writing_ = false;
  uint64_t next_request_ = 1;
  std::unordered_map<uint64_t, HttpServer::Done> clients_;
  Peers peers_;
  HttpServer http_;
  asio::thread_pool disk_{1};
};

}  // namespace cleave::raft
