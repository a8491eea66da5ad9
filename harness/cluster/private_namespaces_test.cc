// What the namespaces promise: signals and exit codes pass, and nothing survives. Each test makes
// namespaces of its own inside those that the tests run in.
#include "harness/cluster/private_namespaces.h"

#include <dirent.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <thread>

#include "harness/cluster/cluster_test_main.h"
#include "harness/cluster/local_cluster.h"
#include "harness/run/asio.h"
#include "harness/run/scoped_fd.h"

namespace cleave {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// Every process and namespace that /proc shows, by name, and this namespace's interfaces and
/// mounts.
std::set<std::string> World() {
  std::set<std::string> world;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
    const std::string pid = entry.path().filename();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    world.insert("process " + pid);
    for (const char* kind : {"user", "mnt", "net", "pid", "uts"}) {
      std::error_code gone;
      const fs::path name = fs::read_symlink(entry.path() / "ns" / kind, gone);
      if (!gone) world.insert("namespace " + name.string());
    }
  }
  const std::unique_ptr<struct if_nameindex, void (*)(struct if_nameindex*)> list(if_nameindex(),
                                                                                  if_freenameindex);
  for (const auto* link = list.get(); link->if_index != 0; ++link) {
    world.insert(std::string("interface ") + link->if_name);
  }
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) world.insert("mount " + line);
  return world;
}

class PrivateNamespacesTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!WhyNoCluster().empty()) GTEST_SKIP() << WhyNoCluster();
    char name[] = "/tmp/cleave-namespaces-XXXXXX";
    directory_ = mkdtemp(name);
    before_ = World();
  }
  void TearDown() override {
    if (!directory_.empty()) fs::remove_all(directory_);
  }

  /// An outer process that enters namespaces and runs `inner`; what `inner` prints to fd 1 is read
  /// by WaitFor.
  void Spawn(
      const std::function<int()>& inner, const std::function<void()>& first = [] {}) {
    int pipe_fds[2];
    ASSERT_EQ(pipe2(pipe_fds, O_CLOEXEC), 0);
    fflush(nullptr);
    outer_ = fork();
    if (outer_ == 0) {
      dup2(pipe_fds[1], 1);
      close(pipe_fds[0]);
      close(pipe_fds[1]);
      first();
      _exit(EnterPrivateNamespaces(inner));
    }
    close(pipe_fds[1]);
    output_ = ScopedFd(pipe_fds[0]);
  }

  /// Reads until the text was printed, or the pipe closes.
  std::string WaitFor(const std::string& text) {
    std::string seen;
    char buffer[256];
    while (seen.find(text) == std::string::npos) {
      const ssize_t n = read(output_.get(), buffer, sizeof buffer);
      if (n <= 0) break;
      seen.append(buffer, n);
    }
    return seen;
  }

  int OuterStatus() {
    int status = 0;
    waitpid(outer_, &status, 0);
    return status;
  }

  /// The processes that the outer one started: the first process of the namespaces, then the
  /// controller.
  static pid_t OnlyChild(pid_t parent) {
    std::ifstream file("/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) +
                       "/children");
    pid_t child = 0;
    file >> child;
    return child;
  }

  /// Nothing but what was there before is left within a second.
  void ExpectNothingLeft() {
    const auto end = std::chrono::steady_clock::now() + 1s;
    std::set<std::string> now = World();
    while (now != before_ && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(1ms);
      now = World();
    }
    EXPECT_EQ(now, before_);
  }

  /// A controller with a cluster whose nodes run daemons, for ever.
  int RunCluster() {
    asio::io_context io;
    const auto cluster = MakeLocalCluster(io, {.nodes = 2, .run_directory = directory_});
    Program program;
    program.argv = {"/bin/bash", "-c", "setsid -f sleep 1000; sleep 1000 & echo up > up; wait"};
    for (const auto& node : cluster->nodes())
      asio::co_spawn(io, node->Start(program), asio::detached);
    while (!fs::exists(cluster->nodes()[0]->data_directory() / "up") ||
           !fs::exists(cluster->nodes()[1]->data_directory() / "up")) {
      io.restart();
      io.run_for(1ms);
    }
    (void)!write(1, "up\n", 3);
    for (;;) pause();
  }

  std::string directory_;
  std::set<std::string> before_;
  pid_t outer_ = 0;
  ScopedFd output_;
};

TEST_F(PrivateNamespacesTest, TheExitCodePasses) {
  Spawn([] { return 42; });
  const int status = OuterStatus();
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 42);
  ExpectNothingLeft();
}

TEST_F(PrivateNamespacesTest, TheControllerIsRootOfAWorldWithoutOtherProcesses) {
  Spawn([] {
    const bool alone = getuid() == 0 && getppid() == 1 && getpid() == 2 && InPrivateNamespaces();
    return alone && !fs::exists("/proc/3") ? 0 : 1;
  });
  EXPECT_EQ(OuterStatus(), 0);
}

TEST_F(PrivateNamespacesTest, FilesWrittenInsideBelongToTheUser) {
  const std::string path = directory_ + "/file";
  Spawn([&] { return std::ofstream(path) << "text" ? 0 : 1; });
  EXPECT_EQ(OuterStatus(), 0);
  struct stat status;
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, geteuid());
}

TEST_F(PrivateNamespacesTest, ASignalToTheOuterProcessReachesTheControllerOnce) {
  Spawn([]() -> int {
    static volatile sig_atomic_t count = 0;
    signal(SIGINT, [](int) { count = count + 1; });
    signal(SIGTERM, [](int) { _exit(count); });
    (void)!write(1, "up\n", 3);
    for (;;) pause();
  });
  WaitFor("up");
  kill(outer_, SIGINT);
  // Both are blocked in the same processes on the way: the second never overtakes the first.
  std::this_thread::sleep_for(100ms);
  kill(outer_, SIGTERM);
  const int status = OuterStatus();
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

TEST_F(PrivateNamespacesTest, ASignalToTheTerminalsGroupReachesTheControllerOnce) {
  Spawn(
      []() -> int {
        static volatile sig_atomic_t count = 0;
        signal(SIGINT, [](int) { count = count + 1; });
        signal(SIGTERM, [](int) { _exit(count); });
        (void)!write(1, "up\n", 3);
        for (;;) pause();
      },
      [] { setpgid(0, 0); });
  WaitFor("up");
  kill(-outer_, SIGINT);
  std::this_thread::sleep_for(100ms);
  kill(outer_, SIGTERM);
  const int status = OuterStatus();
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

TEST_F(PrivateNamespacesTest, OrphansAreReaped) {
  Spawn([] {
    if (fork() == 0) {
      if (fork() == 0) _exit(0);
      _exit(0);
    }
    wait(nullptr);
    // The orphan is pid 4, a child of pid 1 now.
    for (int i = 0; i < 1000; ++i) {
      if (!fs::exists("/proc/4")) return 0;
      std::this_thread::sleep_for(1ms);
    }
    return 1;
  });
  EXPECT_EQ(OuterStatus(), 0);
}

TEST_F(PrivateNamespacesTest, NothingSurvivesSigkillOfTheOuterProcess) {
  Spawn([this] { return RunCluster(); });
  WaitFor("up");
  kill(outer_, SIGKILL);
  OuterStatus();
  ExpectNothingLeft();
}

TEST_F(PrivateNamespacesTest, NothingSurvivesSigkillOfTheFirstProcess) {
  Spawn([this] { return RunCluster(); });
  WaitFor("up");
  kill(OnlyChild(outer_), SIGKILL);
  EXPECT_EQ(WEXITSTATUS(OuterStatus()), 255);
  ExpectNothingLeft();
}

TEST_F(PrivateNamespacesTest, NothingSurvivesSigkillOfTheController) {
  Spawn([this] { return RunCluster(); });
  WaitFor("up");
  kill(OnlyChild(OnlyChild(outer_)), SIGKILL);
  EXPECT_EQ(WEXITSTATUS(OuterStatus()), 255);
  ExpectNothingLeft();
}

/// Limits for the namespaces below this one; undone with the process that `Spawn` made.
void SetLimit(const std::string& kind, int limit) {
  std::ofstream("/proc/sys/user/max_" + kind + "_namespaces") << limit;
}

TEST_F(PrivateNamespacesTest, RootNeedsNoUserNamespace) {
  Spawn([] {
    SetLimit("user", 0);
    return EnterPrivateNamespaces([] { return 7; });
  });
  EXPECT_EQ(WEXITSTATUS(OuterStatus()), 7);
}

TEST_F(PrivateNamespacesTest, AFailureSaysWhatForbidsItAndWhatToDo) {
  Spawn([] {
    SetLimit("user", 0);
    SetLimit("net", 0);
    try {
      return EnterPrivateNamespaces([] { return 7; });
    } catch (const NamespaceError& error) {
      (void)!write(1, error.what(), strlen(error.what()));
      return 8;
    }
  });
  const std::string text = WaitFor("never printed");
  EXPECT_THAT(text, testing::HasSubstr("cannot make private namespaces (No space left on device)"));
  EXPECT_THAT(text,
              testing::HasSubstr("user.max_user_namespaces is 0: run `sysctl -w user.max_user"));
  EXPECT_THAT(text, testing::HasSubstr("user.max_net_namespaces is 0"));
  EXPECT_EQ(WEXITSTATUS(OuterStatus()), 8);
  ExpectNothingLeft();
}

TEST_F(PrivateNamespacesTest, AUserWithoutPrivilegesHasAClusterToo) {
  constexpr uid_t kNobody = 65534;
  if (setegid(kNobody) != 0) GTEST_SKIP() << "not root: all tests here run without privileges";
  ASSERT_EQ(setegid(0), 0);
  ASSERT_EQ(chown(directory_.c_str(), kNobody, kNobody), 0);
  Spawn([this] { return RunCluster(); },
        [] {
          if (setgid(kNobody) != 0 || setuid(kNobody) != 0) _exit(1);
          prctl(PR_SET_DUMPABLE, 1);  // as after an exec: /proc/self is ours
        });
  EXPECT_EQ(WaitFor("up"), "up\n");
  struct stat status;
  ASSERT_EQ(stat((directory_ + "/nodes/n1/data/up").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, kNobody);
  kill(outer_, SIGTERM);
  OuterStatus();
  ExpectNothingLeft();
}

}  // namespace
}  // namespace cleave
