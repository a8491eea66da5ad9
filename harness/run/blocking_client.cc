// One thread, one call at a time. The answer is in an object that both ends share; the thread wakes
// the waiting coroutine by posting to its executor.
#include "harness/run/blocking_client.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "harness/run/asio.h"

namespace cleave {
namespace {

// One call, held by the waiting coroutine and by the thread. The coroutine may be destroyed at any
// time, with its io_context: the thread touches the waiter under the mutex only, while there is
// one.
struct Call {
  explicit Call(Invocation in) : invocation(std::move(in)) {}
  const Invocation invocation;
  std::mutex mutex;
  asio::steady_timer* waiter = nullptr;
  bool done = false;
  std::exception_ptr error;
  Completion completion;
};

// The coroutine's end of a call: nobody waits once it is gone.
class Waiter {
 public:
  Waiter(asio::any_io_executor executor, std::shared_ptr<Call> call)
      : call_(std::move(call)), timer_(executor, asio::steady_timer::time_point::max()) {
    call_->waiter = &timer_;  // the thread has not seen the call yet
  }
  ~Waiter() {
    std::lock_guard lock(call_->mutex);
    call_->waiter = nullptr;
  }
  asio::steady_timer& timer() { return timer_; }

 private:
  std::shared_ptr<Call> call_;
  asio::steady_timer timer_;
};

}  // namespace

struct BlockingClient::State {
  std::mutex mutex;
  std::condition_variable changed;
  std::shared_ptr<Call> next;  // to be made
  bool closed = false;

  std::shared_ptr<Call> Take() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return closed || next != nullptr; });
    return closed ? nullptr : std::move(next);
  }
};

namespace {

void Deliver(const std::shared_ptr<Call>& call, std::exception_ptr error, Completion completion) {
  std::lock_guard lock(call->mutex);
  call->done = true;
  call->error = std::move(error);
  call->completion = std::move(completion);
  if (call->waiter == nullptr) return;
  asio::post(call->waiter->get_executor(), [call] {
    std::lock_guard lock(call->mutex);
    if (call->waiter != nullptr) call->waiter->cancel();
  });
}

}  // namespace

BlockingClient::BlockingClient(std::unique_ptr<SyncClient> client)
    : state_(std::make_shared<State>()) {
  std::thread([state = state_, client = std::move(client)]() mutable {
    while (std::shared_ptr<Call> call = state->Take()) {
      std::exception_ptr error;
      Completion completion;
      try {
        completion = client->Invoke(call->invocation);
      } catch (...) {
        error = std::current_exception();
      }
      Deliver(call, std::move(error), std::move(completion));
    }
    client.reset();
  }).detach();
}

BlockingClient::~BlockingClient() {
  std::lock_guard lock(state_->mutex);
  state_->closed = true;
  state_->changed.notify_one();
}

asio::awaitable<Completion> BlockingClient::Invoke(const Invocation& invocation) {
  asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto call = std::make_shared<Call>(invocation);
  Waiter waiter(executor, call);
  {
    std::lock_guard lock(state_->mutex);
    state_->next = call;
    state_->changed.notify_one();
  }
  boost::system::error_code code;
  co_await waiter.timer().async_wait(asio::redirect_error(asio::use_awaitable, code));
  std::lock_guard lock(call->mutex);
  if (!call->done) throw boost::system::system_error(asio::error::operation_aborted);
  // Moved out, so that what was thrown is destroyed on this thread.
  if (std::exception_ptr error = std::move(call->error)) std::rethrow_exception(std::move(error));
  co_return std::move(call->completion);
}

}  // namespace cleave
