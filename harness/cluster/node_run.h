// One life of a node's program: the launcher process, what it reports, and its end.
#pragma once

#include <boost/process/v2/process.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "harness/run/asio.h"
#include "harness/run/scoped_fd.h"

namespace cleave {

/// Used by one thread. Shared by the node and by the handlers that wait for it.
class NodeRun : public std::enable_shared_from_this<NodeRun> {
 public:
  using Process = boost::process::v2::basic_process<asio::any_io_executor>;

  /// `report` is the reading end of the launcher's pipe.
  NodeRun(asio::io_context& io, Process launcher, ScopedFd report);

  /// Begins to wait for the end. Once, right after construction.
  void Watch();
  /// Waits until the program was executed. Throws std::system_error with what failed, or
  /// std::runtime_error after `limit`.
  asio::awaitable<void> Executed(std::chrono::milliseconds limit);
  /// Waits for the end at most so long; whether it came.
  asio::awaitable<bool> Ended(std::chrono::milliseconds limit);
  /// Kills everything and waits for it without the event loop.
  void KillBlocking();

  /// Asks the kernel, not the event loop: true at most until the launcher ended.
  bool Running() const;
  pid_t init() const {
    return init_;
  }  // the node's pid 1; 0 until reported, stale when not Running
  /// To the node's pid 1. No effect when it is gone.
  void Signal(int signal);
  std::string ExitDescription() const;
  /// What failed before the program was executed: "cannot execute /usr/bin/x".
  const std::string& ErrorText() const { return error_text_; }

 private:
  void Reap();  // blocks until the launcher has ended
  void ReadReport();
  void TakeLine(const std::string& line);

  Process launcher_;
  asio::posix::stream_descriptor report_;
  asio::posix::stream_descriptor end_;  // a pidfd of the launcher
  asio::steady_timer ended_timer_;      // cancelled at the end: wakes all who wait
  std::string unread_;                  // the beginning of a line
  pid_t init_ = 0;
  bool executed_ = false;
  bool reaped_ = false;
  int error_ = 0;
  std::string error_text_;
  int status_ = -1;  // the program's wait status; -1: unknown, it was killed with its node
};

}  // namespace cleave
