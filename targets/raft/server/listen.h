// Listening sockets, and accepting from them for as long as the process runs.
#pragma once

#include <functional>

#include "harness/run/asio.h"
#include "targets/raft/server/options.h"

namespace cleave::raft {

/// A listening socket. Throws std::runtime_error with words: "port 8081 of 10.0.0.1 is in use".
asio::ip::tcp::acceptor Listen(asio::io_context& io, const Endpoint& endpoint);

/// Hands every connection to `serve`. `acceptor` must live for as long as its io_context runs.
asio::awaitable<void> AcceptAll(asio::ip::tcp::acceptor& acceptor,
                                std::function<void(asio::ip::tcp::socket)> serve);

}  // namespace cleave::raft
