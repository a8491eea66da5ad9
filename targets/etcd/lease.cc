// See lease.h.
#include "targets/etcd/lease.h"

#include <algorithm>

#include "targets/etcd/gateway.h"

namespace cleave {
namespace {

using namespace std::chrono_literals;

/// After a renewal or revocation that was not answered, as in etcd's Go client.
constexpr std::chrono::milliseconds kLeaseRetry{500};

}  // namespace

struct EtcdLease::State {
  State(const asio::any_io_executor& executor, const Where& where, std::string id,
        std::chrono::milliseconds ttl)
      : etcd(where.address, where.port, ttl / 3),
        id(std::move(id)),
        ttl(ttl),
        timer(executor),
        expires(std::chrono::steady_clock::now() + ttl) {}

  /// Ends early when the owner lets go of the lease.
  asio::awaitable<void> Pause(std::chrono::milliseconds time) {
    timer.expires_after(time);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }

  EtcdGateway etcd;
  const std::string id;
  const std::chrono::milliseconds ttl;
  asio::steady_timer timer;
  std::chrono::steady_clock::time_point expires;  // not before, as far as is known here
  bool wanted = true, gone = false;
};

asio::awaitable<void> EtcdLease::Renew(std::shared_ptr<State> state) {
  std::chrono::milliseconds pause = state->ttl / 3;
  while (true) {
    co_await state->Pause(pause);
    if (!state->wanted || state->gone) co_return;
    pause = std::min(state->ttl / 3, kLeaseRetry);
    try {
      state->gone = !co_await state->etcd.KeepAlive(state->id);
      if (state->gone) co_return;
      state->expires = std::chrono::steady_clock::now() + state->ttl;
      pause = state->ttl / 3;
    } catch (const EtcdError&) {
      continue;  // its node is dead, paused or cut off: perhaps not for long
    }
  }
}

asio::awaitable<void> EtcdLease::RevokeAtLast(std::shared_ptr<State> state) {
  while (!state->gone && std::chrono::steady_clock::now() < state->expires) {
    try {
      co_await state->etcd.Revoke(state->id);
      state->gone = true;
    } catch (const EtcdError&) {
      state->gone = false;
    }
    if (!state->gone) co_await state->Pause(kLeaseRetry);
  }
}

asio::awaitable<void> EtcdLease::Live(std::shared_ptr<State> state) {
  co_await Renew(state);
  co_await RevokeAtLast(state);
}

EtcdLease::EtcdLease(const asio::any_io_executor& executor, const Where& where, std::string id,
                     std::chrono::milliseconds ttl)
    : state_(std::make_shared<State>(executor, where, std::move(id), ttl)) {
  asio::co_spawn(executor, Live(state_), asio::detached);
}

EtcdLease::~EtcdLease() {
  state_->wanted = false;
  state_->timer.cancel();
}

const std::string& EtcdLease::id() const { return state_->id; }

void EtcdLease::SetGone() { state_->gone = true; }

}  // namespace cleave
