// See socket_wait.h.
#include "targets/socket_wait.h"

namespace cleave {

asio::awaitable<bool> WaitUntil(std::shared_ptr<asio::posix::stream_descriptor> socket,
                                asio::posix::stream_descriptor::wait_type type,
                                std::optional<std::chrono::steady_clock::time_point> deadline) {
  auto passed = std::make_shared<bool>(false);
  std::optional<asio::steady_timer> timer;
  if (deadline) {
    // The handler may run when the waiting coroutine is gone: it owns what it touches.
    timer.emplace(socket->get_executor(), *deadline);
    timer->async_wait(
        [passed, weak = std::weak_ptr(socket)](const boost::system::error_code& error) {
          const auto waited = weak.lock();
          if (error || !waited) return;
          *passed = true;
          boost::system::error_code ignored;
          waited->cancel(ignored);
        });
  }
  auto [error] = co_await socket->async_wait(type, kAwaitTuple);
  if (*passed) co_return true;
  if (error) throw boost::system::system_error(error);
  co_return false;
}

}  // namespace cleave
