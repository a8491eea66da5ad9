// Whether something listens.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "harness/run/asio.h"

namespace cleave {

/// Whether a TCP connection to an IP address is accepted within `limit`; it is closed at once.
asio::awaitable<bool> AcceptsConnections(const std::string& address, uint16_t port,
                                         std::chrono::milliseconds limit);

}  // namespace cleave
