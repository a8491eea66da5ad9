// What tests of real stores share: servers on loopback addresses, and clients that are asked.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/run/target.h"
#include "targets/loopback_cluster.h"
#include "targets/run_awaitable.h"

namespace cleave {

inline void ExpectOutcome(const Completion& completion, Outcome outcome, const std::string& error) {
  EXPECT_EQ(completion.outcome, outcome) << completion.error << ": " << completion.text;
  EXPECT_EQ(completion.error, error) << completion.text;
}

/// What `client` makes of an operation that the runner gives up after a tenth of a second; nothing
/// where it let that through.
inline std::optional<Completion> InvokeUntilDeadline(asio::io_context& io, Client& client,
                                                     const Invocation& invocation) {
  std::optional<Completion> completion;
  bool done = false;
  asio::cancellation_signal cancel;
  asio::co_spawn(io, client.Invoke(invocation),
                 asio::bind_cancellation_slot(
                     cancel.slot(), [&](std::exception_ptr error, const Completion& answer) {
                       if (!error) completion = answer;
                       done = true;
                     }));
  asio::steady_timer deadline(io, std::chrono::milliseconds(100));
  deadline.async_wait([&](auto) { cancel.emit(asio::cancellation_type::terminal); });
  io.restart();
  while (!done) io.run_one();
  return completion;
}

class TargetTestFixture : public testing::Test {
 protected:
  /// `patience`: within which a node must be ready; `logs`: what is shown of it otherwise.
  TargetTestFixture(std::chrono::seconds patience, std::vector<std::string> logs)
      : patience_(patience), logs_(std::move(logs)) {}

  /// Starts servers on so many nodes and waits until all are ready. Skips the test, with the
  /// reason, where the store is not installed.
  void StartNodes(int nodes, std::unique_ptr<Target> target) {
    cluster_.emplace(nodes);
    target_ = std::move(target);
    try {
      Run(target_->Prepare(*cluster_));
    } catch (const std::runtime_error& error) {
      GTEST_SKIP() << error.what();
    }
    for (const auto& node : cluster_->nodes()) Run(target_->Start(*node));
    for (int i = 0; i < nodes; ++i) AwaitReady(i);
  }
  void AwaitReady(int node = 0) {
    const auto deadline = std::chrono::steady_clock::now() + patience_;
    while (!Ready(node)) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << Logs(node);
      usleep(20'000);
    }
  }
  Node& NodeOf(int node) { return *cluster_->nodes()[node]; }
  bool Ready(int node = 0) { return Run(target_->Ready(NodeOf(node))); }
  template <class T>
  T Run(asio::awaitable<T> task) {
    return RunAwaitable(io_, std::move(task));
  }
  Completion Invoke(Client& client, const std::string& f, const Json& value,
                    const Json& key = nullptr) {
    Invocation invocation;
    invocation.f = f;
    invocation.value = value;
    invocation.key = key;
    return Run(client.Invoke(invocation));
  }
  /// The value of an operation that must be ok.
  Json Ok(Client& client, const std::string& f, const Json& value, const Json& key = nullptr) {
    const Completion completion = Invoke(client, f, value, key);
    EXPECT_EQ(completion.outcome, Outcome::kOk)
        << f << ": " << completion.error << " " << completion.text;
    return completion.value;
  }

  asio::io_context io_;
  std::optional<LoopbackCluster> cluster_;
  std::unique_ptr<Target> target_;

 private:
  std::string Logs(int node) const {
    std::string text;
    for (const std::string& log : logs_) text += cluster_->Log(node, log);
    return text;
  }

  const std::chrono::seconds patience_;
  const std::vector<std::string> logs_;
};

}  // namespace cleave
