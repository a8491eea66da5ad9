// Opening listening sockets with words for what goes wrong, and accepting with patience.
#include "targets/raft/server/listen.h"

#include <stdexcept>

#include "harness/run/asio.h"

namespace cleave::raft {
namespace {

using asio::ip::tcp;
using namespace std::chrono_literals;

/// After an error: one that stays (no file descriptor is free) would come back at once, for ever.
constexpr auto kErrorPause = 50ms;

}  // namespace

tcp::acceptor Listen(asio::io_context& io, const Endpoint& endpoint) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(endpoint.address, error);
  if (error) throw std::runtime_error(endpoint.address + " is not an IP address");
  const tcp::endpoint where(address, endpoint.port);
  tcp::acceptor acceptor(io);
  acceptor.open(where.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(where, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) return acceptor;
  const std::string place = "port " + std::to_string(endpoint.port) + " of " + endpoint.address;
  if (error == asio::error::address_in_use) throw std::runtime_error(place + " is in use");
  throw std::runtime_error("cannot listen on " + place + ": " + error.message());
}

asio::awaitable<void> AcceptAll(tcp::acceptor& acceptor, std::function<void(tcp::socket)> serve) {
  asio::steady_timer pause(acceptor.get_executor());
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(kAwaitTuple);
    if (error == asio::error::operation_aborted) co_return;
    if (!error) {
      serve(std::move(socket));
      continue;
    }
    pause.expires_after(kErrorPause);
    co_await pause.async_wait(kAwaitTuple);
  }
}

}  // namespace cleave::raft
