// Clients that answer well, late, twice, nonsense, too much or not at all. Each is a shell script.
#include "targets/user/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>

#include "targets/loopback_cluster.h"
#include "targets/run_awaitable.h"

namespace cleave {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// `ask` reads a request; `ok VALUE` answers it.
constexpr const char* kPrelude = R"(
  ask() { IFS= read -r line || exit 0; id=${line#*'"id":'}; id=${id%%,*}; }
  ok() { printf '{"id":%s,"type":"ok","value":%s}\n' "$id" "$1"; }
)";

class UserClientTest : public testing::Test {
 protected:
  UserClientTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "cleave-client-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    directory_ = pattern;
  }
  ~UserClientTest() override {
    client_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  void Open(const std::string& script) { OpenProgram({"/bin/sh", "-c", kPrelude + script}); }
  void OpenProgram(std::vector<std::string> argv) {
    client_ = clients_->Open({"n1",
                              std::move(argv),
                              {{"PATH", "/usr/bin:/bin"}},
                              directory_,
                              directory_ / "client.log",
                              "register"});
  }
  Completion Ask(const std::string& f, Json value = nullptr) {
    invocation_ = Invocation();
    invocation_.f = f;
    invocation_.value = std::move(value);
    invocation_.key = "k0";
    invocation_.deadline = 2'000'000'000;
    return RunAwaitable(io_, client_->Invoke(invocation_));
  }
  /// As the runner does it: cancels after `time`. True where the client let go of the operation.
  bool Cancelled(const std::string& f, std::chrono::milliseconds time) {
    invocation_ = Invocation();
    invocation_.f = f;
    asio::cancellation_signal cancel;
    std::exception_ptr error;
    bool done = false;
    asio::co_spawn(
        io_, client_->Invoke(invocation_),
        asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e, Completion) {
          error = e;
          done = true;
        }));
    io_.restart();
    io_.run_for(time);
    cancel.emit(asio::cancellation_type::terminal);
    io_.restart();
    io_.run_for(100ms);
    return done && error != nullptr;
  }
  std::string Text(const std::string& name) const {
    std::ifstream in(directory_ / name);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static bool Gone(const std::string& pid) {
    std::ifstream in("/proc/" + std::string(pid, 0, pid.find('\n')) + "/stat");
    std::string number, name, state;
    in >> number >> name >> state;
    return !in || state == "Z";  // a zombie that nobody waits for has ended too
  }

  asio::io_context io_;
  std::filesystem::path directory_;
  std::optional<UserClients> clients_{std::in_place};
  std::unique_ptr<Client> client_;
  Invocation invocation_;
};

TEST_F(UserClientTest, OneProcessIsAskedOneLineForEachOperation) {
  Open(R"(while ask; do echo "$line" >>seen; echo $$ >>pids; ok "$id"; done)");
  EXPECT_EQ(Ask("write", 5).outcome, Outcome::kOk);
  EXPECT_EQ(Ask("read").value, Json(2));
  EXPECT_EQ(Text("seen"),
            "{\"id\":1,\"f\":\"write\",\"key\":\"k0\",\"value\":5,\"timeout_ms\":2000}\n"
            "{\"id\":2,\"f\":\"read\",\"key\":\"k0\",\"value\":null,\"timeout_ms\":2000}\n");
  const std::string pids = Text("pids");
  EXPECT_EQ(pids.substr(0, pids.size() / 2), pids.substr(pids.size() / 2));
  EXPECT_TRUE(clients_->tally().Warnings().empty());
}

TEST_F(UserClientTest, ItsErrorsGoToTheLog) {
  Open("echo trouble >&2; ask; ok 1");
  Ask("read");
  EXPECT_EQ(Text("client.log"), "trouble\n");
}

TEST_F(UserClientTest, ALateAnswerIsNotTakenForTheNextOperations) {
  Open("ask; ok 1; while ask; do sleep 0.3; ok 2; done");
  EXPECT_EQ(Ask("read").value, Json(1));
  EXPECT_TRUE(Cancelled("read", 100ms));
  usleep(400'000);
  EXPECT_EQ(Ask("read").value, Json(1)) << "of a new process";
}

TEST_F(UserClientTest, OneThatIsStartingIsLeftToTheNextClientWithoutItsLateAnswer) {
  Open(R"(echo $$ >>pids; sleep 0.5; while ask; do ok "$id"; done)");
  EXPECT_TRUE(Cancelled("read", 100ms));
  Open("exit 1");
  EXPECT_EQ(Ask("read").value, Json(2)) << "the first process, asked for the second time";
  EXPECT_EQ(clients_->tally().repeated, 1);
}

TEST_F(UserClientTest, ASecondAnswerIsIgnoredAndCounted) {
  Open(R"(while ask; do ok "$id"; ok 77; done)");
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(Ask("read").value, Json(i));
    usleep(20'000);
  }
  EXPECT_EQ(clients_->tally().repeated, 2);
  ASSERT_EQ(clients_->tally().Warnings().size(), 1u);
  EXPECT_THAT(clients_->tally().Warnings()[0],
              HasSubstr("answered 2 times for an operation that was over"));
}

TEST_F(UserClientTest, SecondAnswersWithoutEndDoNotKeepTheControllerBusy) {
  Open(R"(ask; ok 1; yes '{"id":1,"type":"ok"}')");
  EXPECT_EQ(Ask("read").value, Json(1));
  usleep(50'000);
  EXPECT_EQ(Ask("read").value, Json(1)) << "from a new process";
  EXPECT_EQ(clients_->tally().nonsense, 1);
}

TEST_F(UserClientTest, NonsenseIsUnknownOfAWriteAndAFailedReadAndTheNextClientIsNew) {
  Open(R"(ask; [ -e 2 ] || { [ -e 1 ] && touch 2; touch 1; echo nonsense; }; ok "$id")");
  const Completion write = Ask("write", 1);
  EXPECT_EQ(write.outcome, Outcome::kInfo);
  EXPECT_EQ(write.error, "nonsense");
  EXPECT_THAT(write.text, HasSubstr("not JSON: nonsense"));
  EXPECT_EQ(Ask("read").outcome, Outcome::kFail);
  EXPECT_EQ(Ask("read").value, Json(1)) << "every process counts from 1";
  EXPECT_EQ(clients_->tally().nonsense, 2);
  EXPECT_THAT(clients_->tally().Warnings()[0], HasSubstr("answered nonsense 2 times"));
}

TEST_F(UserClientTest, AnAnswerBeforeItsRequestAnswersNothing) {
  Open(R"(ask; ok 5; [ -e again ] || { touch again; id=2; ok 9; }; sleep 60)");
  EXPECT_EQ(Ask("read").value, Json(5));
  usleep(50'000);
  EXPECT_EQ(Ask("read").value, Json(5)) << "of a new process";
  EXPECT_THAT(clients_->tally().last_nonsense, HasSubstr("an answer before its request"));
}

TEST_F(UserClientTest, OneThatDiesLeavesItsOperationUnknownAndIsStartedForTheNext) {
  Open("ask; [ -e again ] || { touch again; exit 3; }; ok 4");
  const Completion write = Ask("write", 1);
  EXPECT_EQ(write.outcome, Outcome::kInfo);
  EXPECT_EQ(write.error, "client-ended");
  EXPECT_THAT(write.text, HasSubstr("the client exited with 3"));
  EXPECT_EQ(clients_->tally().ended, 1);
}

TEST_F(UserClientTest, OneThatEndsBetweenOperationsHarmsNone) {
  Open("ask; ok $id");
  EXPECT_EQ(Ask("read").outcome, Outcome::kOk);
  usleep(100'000);
  EXPECT_EQ(Ask("read").outcome, Outcome::kOk);
  EXPECT_TRUE(clients_->tally().Warnings().empty());
}

TEST_F(UserClientTest, OneThatClosesItsInputWasNotAsked) {
  Open("ask; ok 1; exec <&-; sleep 60");
  EXPECT_EQ(Ask("read").outcome, Outcome::kOk);
  usleep(100'000);
  const Completion write = Ask("write", 1);
  EXPECT_EQ(write.outcome, Outcome::kFail);
  EXPECT_EQ(write.error, "client-ended");
  EXPECT_EQ(Ask("read").outcome, Outcome::kOk);
}

TEST_F(UserClientTest, MegabytesWithoutANewlineAreBounded) {
  Open("ask; head -c 40000000 /dev/zero | tr '\\0' x");
  const Completion write = Ask("write", 1);
  EXPECT_EQ(write.outcome, Outcome::kInfo);
  EXPECT_THAT(write.text, HasSubstr("a line of more than"));
}

TEST_F(UserClientTest, OneThatStopsAnsweringIsKilledWithItsOperation) {
  Open("echo $$ >pid; ask; ok 1; sleep 100");
  EXPECT_EQ(Ask("read").value, Json(1));
  EXPECT_TRUE(Cancelled("read", 100ms));
  EXPECT_TRUE(Gone(Text("pid")));
}

TEST_F(UserClientTest, OneThatNeverAnswersIsKilledAtTheEnd) {
  Open("echo $$ >pid; ask; sleep 100");
  EXPECT_TRUE(Cancelled("read", 200ms));
  client_.reset();
  EXPECT_FALSE(Gone(Text("pid")));
  clients_.reset();
  EXPECT_TRUE(Gone(Text("pid")));
}

TEST_F(UserClientTest, NoProcessOutlivesItsClient) {
  Open("echo $$ >pid; sleep 100 & echo $! >child; while ask; do ok 1; done");
  Ask("read");
  EXPECT_FALSE(Gone(Text("pid")));
  EXPECT_FALSE(Gone(Text("child")));
  client_.reset();
  usleep(50'000);
  EXPECT_TRUE(Gone(Text("pid")));
  EXPECT_TRUE(Gone(Text("child")));
}

TEST_F(UserClientTest, OneThatOnlySpeaksNonsenseEndsTheRunInWords) {
  Open("while ask; do echo Traceback; done");
  std::string words;
  for (int i = 0; i < 30 && words.empty(); ++i) {
    try {
      Ask("read");
    } catch (const EnvironmentError& error) {
      words = error.what();
    }
  }
  EXPECT_THAT(words, HasSubstr("never answered as its protocol says: n1: not JSON: Traceback"));
  EXPECT_EQ(clients_->tally().nonsense, 20);
}

TEST_F(UserClientTest, OneThatAlwaysDiesEndsTheRunInWords) {
  Open("exit 7");
  std::string words;
  for (int i = 0; i < 30 && words.empty(); ++i) {
    try {
      Ask("read");
    } catch (const EnvironmentError& error) {
      words = error.what();
    }
  }
  EXPECT_THAT(words, HasSubstr("exited with 7"));
}

TEST_F(UserClientTest, AProgramThatCannotBeExecutedEndsTheRun) {
  OpenProgram({"/nonexistent/client"});
  try {
    Ask("read");
    FAIL() << "there is no such program";
  } catch (const EnvironmentError& error) {
    EXPECT_THAT(error.what(), HasSubstr("cannot execute /nonexistent/client"));
  }
}

TEST(ClientTally, SomeNonsenseAmongManyAnswersDoesNotEndTheRun) {
  ClientTally tally;
  tally.answered = 1000;
  tally.nonsense = 99;
  EXPECT_NO_THROW(tally.ThrowIfHopeless());
  tally.nonsense = 100;
  EXPECT_THROW(tally.ThrowIfHopeless(), EnvironmentError);
}

TEST(ClientTally, ClientsThatDieOftenDoNotEndARunInWhichSomeAnswered) {
  ClientTally tally;
  tally.answered = 1;
  tally.ended = 1000;
  EXPECT_NO_THROW(tally.ThrowIfHopeless());
}

}  // namespace
}  // namespace cleave
