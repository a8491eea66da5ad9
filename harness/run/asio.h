// The one way into Asio: heavy to compile, so only coroutine-facing files include it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace cleave {

namespace asio = boost::asio;

}  // namespace cleave
