// Runs one coroutine to its end, for tests.
#pragma once

#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include "harness/run/asio.h"

namespace cleave {

/// Runs `io` until `task` is done; throws what it threw, and std::runtime_error after `limit`.
template <class T>
T RunAwaitable(asio::io_context& io, asio::awaitable<T> task,
               std::chrono::seconds limit = std::chrono::seconds(60)) {
  std::optional<T> result;
  std::exception_ptr error;
  bool done = false;
  asio::co_spawn(io, std::move(task), [&](std::exception_ptr e, T value) {
    error = e;
    result = std::move(value);
    done = true;
  });
  const auto deadline = std::chrono::steady_clock::now() + limit;
  io.restart();
  while (!done && std::chrono::steady_clock::now() < deadline) {
    io.run_one_for(std::chrono::seconds(1));
  }
  if (!done) throw std::runtime_error("the coroutine did not end in time");
  if (error) std::rethrow_exception(error);
  return std::move(*result);
}

inline void RunAwaitable(asio::io_context& io, asio::awaitable<void> task,
                         std::chrono::seconds limit = std::chrono::seconds(60)) {
  auto wrapped = [](asio::awaitable<void> inner) -> asio::awaitable<bool> {
    co_await std::move(inner);
    co_return true;
  };
  RunAwaitable<bool>(io, wrapped(std::move(task)), limit);
}

}  // namespace cleave
