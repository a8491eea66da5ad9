// A connection attempt whose socket is closed when its time is over.
#include "targets/user/tcp_probe.h"

#include <memory>

namespace cleave {

asio::awaitable<bool> AcceptsConnections(const std::string& address, uint16_t port,
                                         std::chrono::milliseconds limit) {
  using asio::ip::tcp;
  const auto executor = co_await asio::this_coro::executor;
  const auto socket = std::make_shared<tcp::socket>(executor);
  asio::steady_timer timer(executor, limit);
  // The handler may run when this coroutine is gone.
  timer.async_wait([weak = std::weak_ptr(socket)](boost::system::error_code error) {
    const auto waiting = weak.lock();
    boost::system::error_code ignored;
    if (!error && waiting) waiting->close(ignored);
  });
  const tcp::endpoint endpoint(asio::ip::make_address(address), port);
  auto [error] = co_await socket->async_connect(endpoint, kAwaitTuple);
  co_return !error;
}

}  // namespace cleave
