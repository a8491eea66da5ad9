// A real cluster in namespaces, driven through the interfaces that targets and faults use.
#include "harness/cluster/local_cluster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <stdlib.h>

#include <fstream>

#include "harness/cluster/cluster_test_main.h"
#include "harness/run/asio.h"

namespace cleave {
namespace {

using asio::ip::tcp;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

/// A cluster in a directory of its own, and coroutines run to their end.
class LocalClusterTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!WhyNoCluster().empty()) GTEST_SKIP() << WhyNoCluster();
    char name[] = "/tmp/cleave-cluster-XXXXXX";
    directory_ = mkdtemp(name);
    Make(3);
  }
  void TearDown() override {
    cluster_.reset();
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
  }

  void Make(int nodes) {
    cluster_.reset();
    cluster_ = MakeLocalCluster(io_, {.nodes = nodes, .run_directory = directory_});
  }

  Node& node(int index) { return *cluster_->nodes()[index]; }
  Network& network() { return cluster_->network(); }

  void Run(asio::awaitable<void> work) {
    std::exception_ptr failure;
    bool done = false;
    asio::co_spawn(io_, std::move(work), [&](std::exception_ptr error) {
      failure = error;
      done = true;
    });
    while (!done) {
      io_.restart();
      io_.run_one();
    }
    if (failure) std::rethrow_exception(failure);
  }

  void Start(int index, std::vector<std::string> argv) {
    Program program;
    program.argv = std::move(argv);
    Run(node(index).Start(program));
  }
  void Shell(int index, const std::string& script) { Start(index, {"/bin/bash", "-c", script}); }

  /// Until the condition holds; the test fails when it does not within ten seconds.
  template <class Condition>
  void Eventually(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), end);
      io_.restart();
      io_.run_for(2ms);
    }
  }

  std::string Log(int index) {
    std::ifstream file(node(index).log_directory() / "stdout.log");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  void WaitForLog(int index, const std::string& text) {
    Eventually([&] { return Log(index).find(text) != std::string::npos; });
  }

  asio::io_context io_;
  std::filesystem::path directory_;
  std::unique_ptr<Cluster> cluster_;
};

// bash speaks TCP through /dev/tcp; perl is in every Debian base system and can listen.
constexpr const char* kListener =
    "exec perl -MIO::Socket::INET -e '$| = 1;"
    "my $s = IO::Socket::INET->new(LocalPort => 7, Listen => 9, ReuseAddr => 1) or die $!;"
    "print \"listening\\n\";"
    "while (my $c = $s->accept) { while (my $l = <$c>) { print $c \"echo $l\" } }'";

std::string Connect(const std::string& host) {
  return "exec 3<>/dev/tcp/" + host +
         "/7 && echo hello >&3 && read -u 3 line && echo \"got $line\"";
}

TEST_F(LocalClusterTest, NodesReachEachOtherByName) {
  Shell(0, kListener);
  WaitForLog(0, "listening");
  Shell(1, Connect("n1"));
  WaitForLog(1, "got echo hello");
}

TEST_F(LocalClusterTest, TheControllerReachesNodesByAddressAndByName) {
  Shell(2, kListener);
  WaitForLog(2, "listening");
  addrinfo* found = nullptr;
  ASSERT_EQ(getaddrinfo("n3", "7", nullptr, &found), 0);
  freeaddrinfo(found);
  tcp::socket socket(io_);
  socket.connect({asio::ip::make_address(node(2).address()), 7});
}

TEST_F(LocalClusterTest, EachNodeHasItsHostnameAndItsDataDirectory) {
  Shell(1, "hostname; pwd");
  WaitForLog(1, "n2\n" + node(1).data_directory().string());
}

TEST_F(LocalClusterTest, ACutLinkDropsOneDirectionOnlyAndHeals) {
  // UDP: the sender does not need the way back.
  const std::string receive =
      "exec perl -MIO::Socket::INET -e '$| = 1;"
      "my $s = IO::Socket::INET->new(LocalPort => 7, Proto => q(udp)) or die $!;"
      "print \"listening\\n\"; while (defined $s->recv(my $m, 99)) { print $m }'";
  const auto send = [](const std::string& text, const std::string& host) {
    return "echo " + text + " > /dev/udp/" + host + "/7";
  };
  Shell(0, receive);
  WaitForLog(0, "listening");
  const std::vector<Link> cut = {{1, 0}};
  network().Cut(cut);
  EXPECT_EQ(network().CutLinks(), cut);
  Shell(1, send("lost", "n1"));
  Eventually([&] { return network().DroppedPackets() == 1 && !node(1).Running(); });
  Shell(2, send("kept", "n1"));
  WaitForLog(0, "kept");
  network().Uncut();
  EXPECT_THAT(network().CutLinks(), IsEmpty());
  Shell(1, send("healed", "n1"));
  WaitForLog(0, "healed");
  EXPECT_EQ(Log(0), "listening\nkept\nhealed\n");
  EXPECT_EQ(network().DroppedPackets(), 1u);
}

TEST_F(LocalClusterTest, ATcpConnectionThatIsCutOneWayComesBack) {
  Shell(0, kListener);
  WaitForLog(0, "listening");
  Shell(1, "exec 3<>/dev/tcp/n1/7; echo open; sleep 0.2; echo hello >&3; read -u 3 l; echo got $l");
  WaitForLog(1, "open");
  const std::vector<Link> answers = {{0, 1}};
  network().Cut(answers);
  Eventually([&] { return network().DroppedPackets() > 0; });
  EXPECT_THAT(Log(1), testing::Not(HasSubstr("got")));
  network().Uncut();
  WaitForLog(1, "got echo hello");
}

TEST_F(LocalClusterTest, ACutReplacesTheCutBefore) {
  network().Cut(std::vector<Link>{{0, 1}, {1, 0}});
  network().Cut(std::vector<Link>{{2, 0}});
  EXPECT_THAT(network().CutLinks(), ElementsAre(Link(2, 0)));
}

TEST_F(LocalClusterTest, KillLeavesNothingNotEvenDaemons) {
  Shell(0, "for i in 1 2 3; do setsid -f sleep 1000; done; echo up; exec sleep 1000");
  WaitForLog(0, "up");
  EXPECT_THAT(node(0).Processes(), SizeIs(4));
  Run(node(0).Kill());
  EXPECT_FALSE(node(0).Running());
  EXPECT_THAT(node(0).Processes(), IsEmpty());
  EXPECT_EQ(node(0).ExitDescription(), "killed by signal 9");
}

TEST_F(LocalClusterTest, ANodeStartsAgainWithItsDataAndItsLogKept) {
  Shell(0, "echo 1 > state; echo first; sleep 1000");
  WaitForLog(0, "first");
  Run(node(0).Kill());
  Shell(0, "cat state; echo second; sleep 1000");
  WaitForLog(0, "first\n1\nsecond\n");
}

TEST_F(LocalClusterTest, KillOfANodeThatRunsNothingHasNoEffect) {
  Run(node(0).Kill());
  EXPECT_EQ(node(0).ExitDescription(), "");
}

TEST_F(LocalClusterTest, AKilledProgramsConnectionsAreClosed) {
  Shell(0, kListener);
  WaitForLog(0, "listening");
  tcp::socket socket(io_);
  socket.connect({asio::ip::make_address(node(0).address()), 7});
  Run(node(0).Kill());
  char byte;
  boost::system::error_code error;
  socket.read_some(asio::buffer(&byte, 1), error);
  EXPECT_TRUE(error);
}

TEST_F(LocalClusterTest, PauseStopsEveryProcessUntilResume) {
  Shell(0, std::string("sleep 1000 & ") + kListener);
  WaitForLog(0, "listening");
  tcp::socket socket(io_);
  socket.connect({asio::ip::make_address(node(0).address()), 7});
  node(0).Pause();
  EXPECT_THAT(node(0).Processes(), SizeIs(2));
  EXPECT_THAT(node(0).Processes(), Each(Field(&ProcessState::state, 'T')));
  asio::write(socket, asio::buffer("hello\n", 6));
  char answer[64];
  bool answered = false;
  socket.async_read_some(asio::buffer(answer), [&](auto...) { answered = true; });
  io_.restart();
  io_.run_for(50ms);
  EXPECT_FALSE(answered);
  EXPECT_TRUE(node(0).Running());
  node(0).Resume();
  Eventually([&] { return answered; });
}

TEST_F(LocalClusterTest, APausedNodeCanBeKilled) {
  Shell(0, "sleep 1000");
  node(0).Pause();
  Run(node(0).Kill());
  EXPECT_FALSE(node(0).Running());
}

TEST_F(LocalClusterTest, AMissingProgramIsAnErrorThatSaysSo) {
  try {
    Start(0, {"/nonexistent/store", "--flag"});
    FAIL() << "it started";
  } catch (const std::system_error& error) {
    EXPECT_STREQ(error.what(), "n1: cannot execute /nonexistent/store: No such file or directory");
  }
  EXPECT_FALSE(node(0).Running());
}

TEST_F(LocalClusterTest, AFileThatIsNoProgramIsAnErrorThatSaysSo) {
  try {
    Start(1, {"/etc/hosts"});
    FAIL() << "it started";
  } catch (const std::system_error& error) {
    EXPECT_STREQ(error.what(), "n2: cannot execute /etc/hosts: Permission denied");
  }
}

TEST_F(LocalClusterTest, AProgramThatExitsAtOnceIsDescribed) {
  Shell(0, "exit 3");
  Eventually([&] { return !node(0).Running(); });
  EXPECT_EQ(node(0).ExitDescription(), "exited with 3");
}

TEST_F(LocalClusterTest, AProgramThatASignalEndsIsDescribed) {
  Shell(0, "kill -ABRT $$");
  Eventually([&] { return !node(0).Running(); });
  EXPECT_EQ(node(0).ExitDescription(), "killed by signal 6");
}

TEST_F(LocalClusterTest, StopLetsTheProgramEndByItself) {
  Shell(0, "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.01; done");
  WaitForLog(0, "up");
  Run(node(0).Stop(5s));
  EXPECT_EQ(node(0).ExitDescription(), "exited with 0");
  EXPECT_THAT(Log(0), HasSubstr("bye"));
}

TEST_F(LocalClusterTest, StopKillsAProgramThatDoesNotEnd) {
  Shell(0, "trap '' TERM; echo up; while :; do sleep 0.01; done");
  WaitForLog(0, "up");
  Run(node(0).Stop(20ms));
  EXPECT_EQ(node(0).ExitDescription(), "killed by signal 9");
}

TEST_F(LocalClusterTest, AProgramStartsWithAMinimalEnvironmentAndItsOwnVariables) {
  Program program;
  program.argv = {"env"};
  program.environment = {{"STORE", "x y"}};
  Run(node(0).Start(program));
  Eventually([&] { return !node(0).Running(); });
  EXPECT_EQ(Log(0), "HOME=" + node(0).data_directory().string() +
                        "\nLANG=C.UTF-8\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
                        "/sbin:/bin\nSTORE=x y\n");
}

TEST_F(LocalClusterTest, ProcessesThatEndWhileTheyAreLookedAtAreLeftOut) {
  Shell(0, "echo up; while :; do /bin/true & /bin/true; done");
  WaitForLog(0, "up");
  for (int i = 0; i < 3'000; ++i) EXPECT_NO_THROW(node(0).Processes());
}

TEST_F(LocalClusterTest, AProgramThatIsNotRootSeesAnotherUserAndOwnsItsData) {
  Program program;
  program.not_root = true;
  program.argv = {
      "/bin/bash", "-c",
      "echo 1 > mine; mkdir -m 700 dir; echo 2 > dir/mine; stat -c %U . mine dir; id -un;"
      "grep CapEff /proc/self/status; echo up; exec sleep 1000"};
  Run(node(0).Start(program));
  WaitForLog(0, "daemon\ndaemon\ndaemon\ndaemon\nCapEff:\t0000000000000000\nup\n");
  node(0).Pause();
  EXPECT_THAT(node(0).Processes(), ElementsAre(Field(&ProcessState::state, 'T')));
  node(0).Resume();
  Run(node(0).Kill());
  EXPECT_EQ(node(0).ExitDescription(), "killed by signal 9");
  std::filesystem::remove_all(node(0).data_directory() / "dir");  // the controller's own files
  program.argv = {"/bin/bash", "-c", "trap 'exit 5' TERM; cat mine; while :; do sleep 0.01; done"};
  Run(node(0).Start(program));
  WaitForLog(0, "up\n1\n");
  Run(node(0).Stop(5s));
  EXPECT_EQ(node(0).ExitDescription(), "exited with 5");
}

TEST_F(LocalClusterTest, AMissingProgramThatIsNotRootIsAnErrorThatSaysSo) {
  Program program;
  program.not_root = true;
  program.argv = {"/nonexistent/store"};
  try {
    Run(node(0).Start(program));
    FAIL() << "it started";
  } catch (const std::system_error& error) {
    EXPECT_STREQ(error.what(), "n1: cannot execute /nonexistent/store: No such file or directory");
  }
}

TEST_F(LocalClusterTest, StopAsksWithTheProgramsOwnSignal) {
  Program program;
  program.stop_signal = SIGINT;
  program.argv = {"/bin/bash", "-c", "trap 'exit 6' INT; echo up; while :; do sleep 0.01; done"};
  Run(node(0).Start(program));
  WaitForLog(0, "up");
  Run(node(0).Stop(5s));
  EXPECT_EQ(node(0).ExitDescription(), "exited with 6");
}

TEST_F(LocalClusterTest, SharedMemoryIsTheNodesOwnAndGoesWithItsProgram) {
  Shell(0, "echo 1 > /dev/shm/cleave-test; ipcmk -M 64 > /dev/null; echo up; exec sleep 1000");
  WaitForLog(0, "up");
  Shell(1, "ls /dev/shm; ipcs -m | grep -c 0x; echo done");
  WaitForLog(1, "0\ndone\n");
  EXPECT_EQ(Log(1), "0\ndone\n");
  EXPECT_FALSE(std::filesystem::exists("/dev/shm/cleave-test"));
}

TEST_F(LocalClusterTest, AProgramInheritsNothingOfTheController) {
  Shell(0, "ls /proc/self/fd | wc -l; grep -E 'SigIgn|SigBlk' /proc/self/status; ulimit -c");
  // ls itself has the directory open, beside its three.
  WaitForLog(0, "4\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n0\n");
}

TEST_F(LocalClusterTest, ANodeThatRunsCannotBeStartedAgain) {
  Shell(0, "sleep 1000");
  EXPECT_THROW(Shell(0, "true"), std::logic_error);
}

TEST_F(LocalClusterTest, AClusterCanBeMadeAgain) {
  for (int nodes : {1, 5, 2}) {
    Make(nodes);
    EXPECT_THAT(cluster_->nodes(), SizeIs(nodes));
  }
}

TEST_F(LocalClusterTest, AClusterBesideAnotherIsRefusedAndHarmsItNot) {
  EXPECT_THROW(MakeLocalCluster(io_, {.nodes = 2, .run_directory = directory_}), std::system_error);
  network().Cut(std::vector<Link>{{0, 1}});
  EXPECT_THAT(network().CutLinks(), SizeIs(1));
}

TEST_F(LocalClusterTest, ImpossibleNumbersOfNodesAreRefused) {
  EXPECT_THROW(Make(0), std::invalid_argument);
  EXPECT_THROW(Make(201), std::invalid_argument);
}

TEST_F(LocalClusterTest, FiveNodesComeUpAreCutAndGoDown) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  Make(5);
  const auto made = Clock::now();
  for (int index = 0; index < 5; ++index) Shell(index, "sleep 1000");
  const auto up = Clock::now();
  std::vector<Link> links;
  for (int a : {0, 1}) {
    for (int b : {2, 3, 4}) links.insert(links.end(), {{a, b}, {b, a}});
  }
  network().Cut(links);
  const auto cut = Clock::now();
  EXPECT_EQ(network().CutLinks().size(), links.size());
  const auto listed = Clock::now();
  for (int index = 0; index < 5; ++index) Run(node(index).Kill());
  const auto down = Clock::now();
  const auto ms = [](auto d) { return std::chrono::duration<double, std::milli>(d).count(); };
  printf("made in %.1f ms, started in %.1f, cut in %.2f, listed in %.2f, killed in %.1f\n",
         ms(made - begin), ms(up - made), ms(cut - up), ms(listed - cut), ms(down - listed));
}

}  // namespace
}  // namespace cleave
