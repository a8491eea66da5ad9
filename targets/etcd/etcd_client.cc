// See etcd_client.h.
#include "targets/etcd/etcd_client.h"

#include <chrono>
#include <stdexcept>

#include "harness/run/answers.h"
#include "harness/run/asio.h"
#include "targets/client_parts.h"

namespace cleave {
namespace {

constexpr std::chrono::milliseconds kEtcdPause{50};

}  // namespace

asio::awaitable<Completion> EtcdClient::Invoke(const Invocation& invocation) {
  Completion failed;
  try {
    co_return co_await Do(invocation);
  } catch (const EtcdError& error) {
    failed = Refused(error.symbol, error.what());
    const bool certain = error.definite || IsRead(invocation.f, invocation.value);
    if (!certain) failed.outcome = Outcome::kInfo;
  }
  asio::steady_timer pause(co_await asio::this_coro::executor, kEtcdPause);
  co_await pause.async_wait(asio::use_awaitable);
  co_return failed;
}

void ThrowEtcdLacks(const std::string& f) {
  throw std::invalid_argument("the etcd client does not know the function \"" + f + "\"");
}

}  // namespace cleave
