// See node_run.h. Two things are waited for: lines of the launcher's pipe and the launcher's end.
// The launcher ends only when the node's pid namespace is empty, so its end proves that all is
// gone.
#include "harness/cluster/node_run.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <stdexcept>
#include <thread>

#include "harness/history/check.h"

namespace cleave {
namespace {

constexpr auto kUseAwaitable = asio::use_awaitable;

/// The number after the first word of a line.
int Number(const std::string& line) {
  const size_t space = line.find(' ');
  CHECK(space != std::string::npos) << "a launcher reported: " << line;
  int number = 0;
  std::from_chars(line.data() + space + 1, line.data() + line.size(), number);
  return number;
}

/// A descriptor that is readable once the process has ended.
int OpenPidfd(pid_t pid) {
  const int fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0) ThrowErrno("cannot watch a node's launcher", errno);
  return fd;
}

}  // namespace

NodeRun::NodeRun(asio::io_context& io, Process launcher, ScopedFd report)
    : launcher_(std::move(launcher)),
      report_(io, report.Release()),
      end_(io, OpenPidfd(launcher_.id())),
      ended_timer_(io, asio::steady_timer::time_point::max()) {
  report_.native_non_blocking(true);
}

// Boost 1.81's process::async_wait takes any wake-up of its descriptor for the end and then blocks
// in waitpid: a spurious one stopped the whole controller. So the end is asked for, each time.
void NodeRun::Watch() {
  end_.async_wait(asio::posix::stream_descriptor::wait_read,
                  [self = shared_from_this()](boost::system::error_code error) {
                    if (error || self->reaped_) return;  // given up: KillBlocking was here first
                    if (self->Running()) return self->Watch();
                    self->Reap();
                    self->ended_timer_.cancel();
                  });
}

void NodeRun::Reap() {
  boost::system::error_code error;
  launcher_.wait(error);
  reaped_ = true;
  ReadReport();
}

void NodeRun::ReadReport() {
  char buffer[512];
  for (ssize_t n; (n = read(report_.native_handle(), buffer, sizeof buffer)) > 0;) {
    unread_.append(buffer, n);
  }
  for (size_t end; (end = unread_.find('\n')) != std::string::npos; unread_.erase(0, end + 1)) {
    TakeLine(unread_.substr(0, end));
  }
}

void NodeRun::TakeLine(const std::string& line) {
  if (line.starts_with("init ")) {
    init_ = Number(line);
  } else if (line == "started") {
    executed_ = true;
  } else if (line.starts_with("status ")) {
    status_ = Number(line);
  } else if (line.starts_with("error ")) {
    error_ = Number(line);
    error_text_ = line.substr(line.find(' ', 6) + 1);
  } else {
    CHECK(false) << "a launcher reported: " << line;
  }
}

asio::awaitable<void> NodeRun::Executed(std::chrono::milliseconds limit) {
  auto self = shared_from_this();
  asio::steady_timer deadline(report_.get_executor(), limit);
  deadline.async_wait([self](boost::system::error_code error) {
    if (!error) self->report_.cancel();
  });
  // Both lines come, in either order: they are written by two processes.
  for (ReadReport(); (!executed_ || init_ == 0) && error_ == 0 && !reaped_; ReadReport()) {
    boost::system::error_code error;
    co_await report_.async_wait(asio::posix::stream_descriptor::wait_read,
                                asio::redirect_error(kUseAwaitable, error));
    if (error) throw std::runtime_error("the program was not executed in time");
    if (!Running()) break;
  }
  ReadReport();
  if (error_ != 0) ThrowErrno(error_text_, error_);
  if (!executed_) throw std::runtime_error("the launcher ended before the program was executed");
}

asio::awaitable<bool> NodeRun::Ended(std::chrono::milliseconds limit) {
  auto self = shared_from_this();
  asio::steady_timer deadline(report_.get_executor(), limit);
  deadline.async_wait([self](boost::system::error_code error) {
    if (!error) self->ended_timer_.cancel();
  });
  // Another waiter's deadline wakes this one too.
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!reaped_ && std::chrono::steady_clock::now() < end) {
    boost::system::error_code cancelled;
    co_await ended_timer_.async_wait(asio::redirect_error(kUseAwaitable, cancelled));
  }
  co_return reaped_;
}

void NodeRun::KillBlocking() {
  if (reaped_) return;
  while (init_ == 0 && Running()) {  // it was launched a moment ago
    std::this_thread::sleep_for(std::chrono::microseconds(200));
    ReadReport();
  }
  Signal(SIGKILL);
  Reap();
}

bool NodeRun::Running() const {
  if (reaped_) return false;
  siginfo_t info = {};
  const int result = waitid(P_PID, launcher_.id(), &info, WEXITED | WNOHANG | WNOWAIT);
  return result == 0 && info.si_pid == 0;
}

void NodeRun::Signal(int signal) {
  if (init_ != 0 && Running()) kill(init_, signal);
}

std::string NodeRun::ExitDescription() const {
  if (Running()) return "";
  if (!reaped_) const_cast<NodeRun*>(this)->ReadReport();
  if (error_ != 0) return error_text_ + ": " + std::generic_category().message(error_);
  if (status_ >= 0 && WIFEXITED(status_))
    return "exited with " + std::to_string(WEXITSTATUS(status_));
  const int signal = status_ >= 0 ? WTERMSIG(status_) : SIGKILL;
  return "killed by signal " + std::to_string(signal);
}

}  // namespace cleave
