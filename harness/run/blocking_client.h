// Client libraries that block, behind the awaitable interface: each has a thread of its own, so
// that a stuck call holds up nobody else.
#pragma once

#include <memory>

#include "harness/run/client.h"

namespace cleave {

/// A client whose calls block. Used from one thread at a time, which is not the runner's.
class SyncClient {
 public:
  virtual ~SyncClient() = default;
  /// Anything thrown is recorded as by Client. Should give up at invocation.deadline by itself.
  virtual Completion Invoke(const Invocation& invocation) = 0;
};

/// Cancelling an Invoke ends the waiting, not the call: its answer is thrown away. The destructor
/// does not wait for a call that is still running; the thread destroys the SyncClient when the call
/// returns.
class BlockingClient : public Client {
 public:
  explicit BlockingClient(std::unique_ptr<SyncClient> client);
  ~BlockingClient() override;
  asio::awaitable<Completion> Invoke(const Invocation& invocation) override;

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the thread
};

}  // namespace cleave
