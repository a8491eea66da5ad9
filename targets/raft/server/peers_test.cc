// Connections whose other end is gone without a word, as behind a partition.
#include "targets/raft/server/peers.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>

namespace cleave::raft {
namespace {

using asio::ip::tcp;
using namespace std::chrono_literals;

uint16_t FreePort(asio::io_context& io) {
  return tcp::acceptor(io, {asio::ip::address_v4::loopback(), 0}).local_endpoint().port();
}

/// Whether this process has a connection whose other end is at `port`.
bool ConnectedTo(uint16_t port) {
  rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  const int end = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 4096));
  for (int fd = 0; fd < end; ++fd) {
    sockaddr_in peer{};
    socklen_t size = sizeof(peer);
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    if (peer.sin_family == AF_INET && ntohs(peer.sin_port) == port) return true;
  }
  return false;
}

TEST(RaftPeers, APeerThatIsGoneWithoutAWordIsHungUp) {
  asio::io_context io;
  const uint16_t listening = FreePort(io);
  const std::vector<Endpoint> peers = {{"127.0.0.1", listening}, {"127.0.0.1", FreePort(io)}};
  Peers node(io, peers, 0, [](Message) {});
  tcp::socket peer(io);
  peer.connect({asio::ip::address_v4::loopback(), listening});
  const uint16_t port = peer.local_endpoint().port();
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  const auto run_while = [&](bool connected) {
    while (ConnectedTo(port) == connected && std::chrono::steady_clock::now() < deadline) {
      io.run_one_for(100ms);
    }
  };
  run_while(false);
  ASSERT_TRUE(ConnectedTo(port));
  // A socket that is being repaired closes without a FIN.
  const int repair = 1;
  if (setsockopt(peer.native_handle(), IPPROTO_TCP, TCP_REPAIR, &repair, sizeof(repair)) != 0) {
    GTEST_SKIP() << "only root can make a connection vanish";
  }
  peer.close();
  run_while(true);
  EXPECT_FALSE(ConnectedTo(port));
}

}  // namespace
}  // namespace cleave::raft
