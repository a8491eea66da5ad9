// Connecting, framing, and giving up on connections that a partition holds silent.
#include "targets/raft/server/peers.h"

#include <netinet/tcp.h>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "harness/run/asio.h"

namespace cleave::raft {
namespace {

using asio::ip::tcp;
using namespace std::chrono_literals;

constexpr auto kConnectTimeout = 250ms;
constexpr auto kReconnectPause = 50ms;
/// A connection whose data is not acknowledged for so long is dropped. TCP's own patience would
/// leave a healed link silent for seconds.
constexpr int kUserTimeoutMs = 500;
/// A connection on which nothing comes is probed every second and dropped without an answer: the
/// end that only reads would not notice a partition, and each would leave it a socket more.
constexpr int kKeepAliveSeconds = 1;
constexpr int kKeepAliveProbes = 3;
constexpr size_t kMaxQueueBytes = 16 << 20;
constexpr uint32_t kMaxMessageBytes = 512 << 20;

void Configure(tcp::socket& socket) {
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  const auto set = [&socket](int option, int value) {
    setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof(value));
  };
  set(TCP_USER_TIMEOUT, kUserTimeoutMs);
  set(TCP_KEEPIDLE, kKeepAliveSeconds);
  set(TCP_KEEPINTVL, kKeepAliveSeconds);
  set(TCP_KEEPCNT, kKeepAliveProbes);
}

void AddFrame(std::string& out, const Message& message) {
  const std::string body = Encode(message);
  Encoder head;
  head.U32(static_cast<uint32_t>(body.size()));
  out += head.Take();
  out += body;
}

}  // namespace

/// What waits to be sent to one peer. `wake` is cancelled when something was added or on the end.
struct Peers::Link {
  Link(asio::io_context& io, const Endpoint& peer)
      : wake(io, asio::steady_timer::time_point::max()),
        socket(io),
        endpoint(asio::ip::make_address(peer.address), peer.port) {}
  asio::steady_timer wake;
  tcp::socket socket;
  tcp::endpoint endpoint;
  std::string queue;
  bool stopped = false;
};

Peers::Peers(asio::io_context& io, const std::vector<Endpoint>& peers, NodeId self,
             std::function<void(Message)> receive)
    : io_(io), receive_(std::move(receive)), acceptor_(Listen(io, peers[self])) {
  for (NodeId peer = 0; peer < peers.size(); ++peer) {
    boost::system::error_code error;
    asio::ip::make_address(peers[peer].address, error);
    if (error) throw std::runtime_error(peers[peer].address + " is not an IP address");
    links_.push_back(std::make_shared<Link>(io, peers[peer]));
    if (peer != self) asio::co_spawn(io_, WriteTo(links_.back()), asio::detached);
  }
  const auto read = [this](tcp::socket socket) {
    asio::co_spawn(io_, ReadFrom(std::move(socket)), asio::detached);
  };
  asio::co_spawn(io_, AcceptAll(acceptor_, read), asio::detached);
}

Peers::~Peers() {
  for (const auto& link : links_) {
    link->stopped = true;
    link->wake.cancel();
  }
}

void Peers::Send(const Message& message) {
  Link& link = *links_[message.to];
  if (link.queue.size() > kMaxQueueBytes) return;
  const bool idle = link.queue.empty();
  AddFrame(link.queue, message);
  if (idle) link.wake.cancel();
}

asio::awaitable<void> Peers::WriteTo(std::shared_ptr<Link> link) {
  using namespace asio::experimental::awaitable_operators;
  asio::steady_timer pause(link->socket.get_executor());
  while (!link->stopped) {
    link->socket = tcp::socket(link->socket.get_executor());
    pause.expires_after(kConnectTimeout);
    auto connecting = link->socket.async_connect(link->endpoint, kAwaitTuple);
    auto giving_up = pause.async_wait(kAwaitTuple);
    const auto first = co_await (std::move(connecting) || std::move(giving_up));
    const bool connected = first.index() == 0 && !std::get<0>(std::get<0>(first));
    // What was queued meanwhile is old: the newest heartbeat says it all again.
    link->queue.clear();
    if (connected) Configure(link->socket);
    while (connected && !link->stopped) {
      if (link->queue.empty()) {
        co_await link->wake.async_wait(kAwaitTuple);
        continue;
      }
      const std::string sending = std::exchange(link->queue, {});
      const auto [error, n] =
          co_await asio::async_write(link->socket, asio::buffer(sending), kAwaitTuple);
      if (error) break;
    }
    boost::system::error_code ignored;
    link->socket.close(ignored);
    pause.expires_after(kReconnectPause);
    co_await pause.async_wait(kAwaitTuple);
  }
}

asio::awaitable<void> Peers::ReadFrom(tcp::socket socket) {
  Configure(socket);
  std::string buffer;
  for (;;) {
    size_t at = 0;
    while (buffer.size() - at >= 4) {
      const uint32_t size = Decoder(std::string_view(buffer).substr(at)).U32();
      if (size > kMaxMessageBytes) co_return;
      if (buffer.size() - at - 4 < size) break;
      auto message = DecodeMessage(std::string_view(buffer).substr(at + 4, size));
      if (!message) co_return;  // not one of ours: hang up
      at += 4 + size;
      receive_(std::move(*message));
    }
    buffer.erase(0, at);
    const size_t had = buffer.size();
    buffer.resize(had + std::max<size_t>(64 << 10, had));
    const auto [error, n] = co_await socket.async_read_some(
        asio::buffer(buffer.data() + had, buffer.size() - had), kAwaitTuple);
    if (error) co_return;
    buffer.resize(had + n);
  }
}

}  // namespace cleave::raft
