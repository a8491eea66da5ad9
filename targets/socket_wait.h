// Waiting for a library's socket, not longer than until a deadline.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "harness/run/asio.h"

namespace cleave {

/// Until `socket` is ready, or the deadline has passed, which is what true says. Throws
/// boost::system::system_error, also operation_aborted where the coroutine is cancelled.
asio::awaitable<bool> WaitUntil(std::shared_ptr<asio::posix::stream_descriptor> socket,
                                asio::posix::stream_descriptor::wait_type type,
                                std::optional<std::chrono::steady_clock::time_point> deadline);

}  // namespace cleave
