// Blocking clients behind the awaitable interface, clean under the thread sanitizer.
#include "harness/run/blocking_client.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "harness/run/asio.h"

namespace cleave {
namespace {

class TestSync : public SyncClient {
 public:
  using Behaviour = std::function<Completion(const Invocation&)>;
  explicit TestSync(Behaviour behaviour) : behaviour_(std::move(behaviour)) {}
  Completion Invoke(const Invocation& invocation) override { return behaviour_(invocation); }

 private:
  Behaviour behaviour_;
};

std::unique_ptr<Client> Blocking(TestSync::Behaviour behaviour) {
  return std::make_unique<BlockingClient>(std::make_unique<TestSync>(std::move(behaviour)));
}

asio::awaitable<void> InvokeMany(Client& client, int n, int& sum) {
  for (int i = 0; i < n; ++i) {
    Invocation invocation;
    invocation.value = i;
    Completion completion = co_await client.Invoke(invocation);
    sum += completion.value.get<int>();
  }
}

TEST(BlockingClient, AnswersCallAfterCall) {
  auto client = Blocking([](const Invocation& i) {
    Completion c;
    c.outcome = Outcome::kOk;
    c.value = i.value.get<int>() + 1;
    return c;
  });
  asio::io_context io;
  int sum = 0;
  asio::co_spawn(io, InvokeMany(*client, 100, sum), asio::detached);
  io.run();
  EXPECT_EQ(sum, 5'050);
}

TEST(BlockingClient, CallsRunOnTheirOwnThreads) {
  std::promise<void> both;
  std::shared_future<void> released = both.get_future().share();
  std::atomic<int> waiting = 0;
  auto behaviour = [&](const Invocation&) {
    if (++waiting == 2) both.set_value();
    released.wait();
    Completion c;
    c.value = 1;
    return c;
  };
  auto a = Blocking(behaviour), b = Blocking(behaviour);
  asio::io_context io;
  int sum = 0;
  asio::co_spawn(io, InvokeMany(*a, 1, sum), asio::detached);
  asio::co_spawn(io, InvokeMany(*b, 1, sum), asio::detached);
  io.run();
  EXPECT_EQ(sum, 2);
}

TEST(BlockingClient, WhatACallThrowsReachesTheCaller) {
  auto client = Blocking([](const Invocation&) -> Completion { throw std::runtime_error("no"); });
  asio::io_context io;
  std::string what;
  Invocation invocation;
  asio::co_spawn(io, client->Invoke(invocation), [&](std::exception_ptr error, Completion) {
    try {
      std::rethrow_exception(error);
    } catch (const std::runtime_error& e) {
      what = e.what();
    }
  });
  io.run();
  EXPECT_EQ(what, "no");
}

TEST(BlockingClient, CancellationEndsTheWaitingAndNotTheCall) {
  std::promise<void> release;
  auto released = release.get_future().share();
  auto client = Blocking([released](const Invocation&) {
    released.wait();
    return Completion{};
  });
  asio::io_context io;
  asio::cancellation_signal cancel;
  bool thrown = false;
  Invocation invocation;
  auto done = [&](std::exception_ptr error, Completion) { thrown = error != nullptr; };
  asio::co_spawn(io, client->Invoke(invocation), asio::bind_cancellation_slot(cancel.slot(), done));
  asio::post(io, [&] { cancel.emit(asio::cancellation_type::terminal); });
  io.run();
  EXPECT_TRUE(thrown);
  client.reset();  // does not wait
  release.set_value();
}

TEST(BlockingClient, ACallMayOutliveItsIoContext) {
  std::promise<void> release, destroyed;
  auto gone = destroyed.get_future();
  struct Tell {
    std::promise<void>* promise = nullptr;
    ~Tell() { promise->set_value(); }
  };
  auto tell = std::make_shared<Tell>();
  tell->promise = &destroyed;
  auto released = release.get_future().share();
  auto client = Blocking([released, tell = std::move(tell)](const Invocation&) {
    released.wait();
    return Completion{};
  });
  {
    asio::io_context io;
    Invocation invocation;
    asio::co_spawn(io, client->Invoke(invocation), asio::detached);
    io.poll();
  }
  client.reset();
  release.set_value();
  gone.wait();  // the thread has destroyed the client: no touch of what is gone
}

}  // namespace
}  // namespace cleave
