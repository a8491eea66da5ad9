// The output goes to a file in memory, so that a command that says much never waits for a reader.
#include "targets/user/command.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <memory>

#include "harness/run/scoped_fd.h"

namespace cleave {
namespace {

constexpr size_t kMostOutput = 64 << 10;

std::string Beginning(int file) {
  std::string text(kMostOutput, '\0');
  const ssize_t size = pread(file, text.data(), text.size(), 0);
  text.resize(size > 0 ? size : 0);
  return text;
}

}  // namespace

asio::awaitable<CommandResult> RunCommand(ChildOptions options, std::chrono::milliseconds limit) {
  const ScopedFd input(Checked(open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null"));
  const ScopedFd output(Checked(memfd_create("output", MFD_CLOEXEC), "memfd_create"));
  options.in = input.get();
  options.out = options.error = output.get();
  ChildProcess process(options);
  const auto executor = co_await asio::this_coro::executor;
  const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, process.pid(), 0));
  const auto end =
      std::make_shared<asio::posix::stream_descriptor>(executor, Checked(pidfd, "pidfd_open"));
  asio::steady_timer timer(executor, limit);
  const auto late = std::make_shared<bool>(false);
  // The handler may run when this coroutine is gone.
  timer.async_wait([weak = std::weak_ptr(end), late](boost::system::error_code error) {
    const auto waited = weak.lock();
    if (error || !waited) return;
    *late = true;
    waited->cancel();
  });
  while (process.Running() && !*late) {
    auto [error] = co_await end->async_wait(asio::posix::stream_descriptor::wait_read, kAwaitTuple);
    if (error && !*late) throw boost::system::system_error(error);
  }
  CommandResult result;
  const bool in_time = !process.Running();
  result.ending = process.End();
  if (!in_time) result.ending = "did not end within " + std::to_string(limit.count()) + " ms";
  result.succeeded = in_time && process.succeeded();
  result.output = Beginning(output.get());
  co_return result;
}

}  // namespace cleave
