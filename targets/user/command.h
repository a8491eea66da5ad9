// A command that is run once, on the controller's side, e.g. to ask whether a node is ready.
#pragma once

#include <chrono>
#include <string>

#include "harness/run/asio.h"
#include "targets/user/child_process.h"

namespace cleave {

struct CommandResult {
  bool succeeded = false;  // it exited with 0, in time
  std::string ending;      // "exited with 1", "did not end within 1000 ms"
  std::string output;      // what it wrote to its standard output and error, its first 64 KiB
};

/// Runs it with an empty standard input; killed when it takes longer than `limit`. Its streams in
/// `options` are ignored. Throws std::system_error when it cannot be executed. Cancelling the
/// coroutine kills it too.
asio::awaitable<CommandResult> RunCommand(ChildOptions options, std::chrono::milliseconds limit);

}  // namespace cleave
