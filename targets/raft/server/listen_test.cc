// Accepting while no file descriptor is free.
#include "targets/raft/server/listen.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace cleave::raft {
namespace {

using asio::ip::tcp;
using namespace std::chrono_literals;

/// This process can open nothing while it lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit none{0, before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_;
};

class RaftAccepting : public testing::Test {
 protected:
  void SetUp() override {
#ifdef __SANITIZE_ADDRESS__
    // Without one UBSan takes every object that it has not met yet for a broken one.
    GTEST_SKIP() << "the sanitizer needs file descriptors to check objects; runs without it";
#endif
    asio::co_spawn(io_, AcceptAll(acceptor_, [this](tcp::socket) { ++served_; }), asio::detached);
    client_.connect(acceptor_.local_endpoint());
  }

  asio::io_context io_;
  tcp::acceptor acceptor_ = Listen(io_, {"127.0.0.1", 0});
  tcp::socket client_{io_};
  int served_ = 0;
};

TEST_F(RaftAccepting, DoesNotSpinWithoutAFreeDescriptor) {
  const NoDescriptors none;
  // Handlers, not time: a slow machine runs fewer. Spinning runs tens of thousands.
  EXPECT_LT(io_.run_for(300ms), 50u);
  EXPECT_EQ(served_, 0);
}

TEST_F(RaftAccepting, ServesWhoWaitedOnceADescriptorIsFree) {
  {
    const NoDescriptors none;
    io_.run_for(10ms);
  }
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (served_ == 0 && std::chrono::steady_clock::now() < deadline) io_.run_one_for(1s);
  EXPECT_EQ(served_, 1);
}

}  // namespace
}  // namespace cleave::raft
