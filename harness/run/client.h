// How a process talks to the target.
#pragma once

#include <stdexcept>

#include "harness/run/asio.h"
#include "harness/run/operation_spec.h"

namespace cleave {

/// Thrown by a client without which the test proves nothing, e.g. a program that cannot be
/// executed. The operation is recorded like one that ended with any other exception; then the run
/// ends, and its environment has failed.
class EnvironmentError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One connection to one node, used by one process at a time.
/// The store's errors are Completions. Anything thrown is recorded as kInfo (kFail for a read).
/// When the runner's deadline passes it cancels the coroutine: a client must let
/// operation_aborted through (or throw anything), and is destroyed and opened anew afterwards.
class Client {
 public:
  virtual ~Client() = default;
  virtual asio::awaitable<Completion> Invoke(const Invocation& invocation) = 0;
};

}  // namespace cleave
