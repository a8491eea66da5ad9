// A described store on loopback addresses: what is started, asked and stopped, and with which
// words.
#include "targets/user/user_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "targets/target_test_fixture.h"
#include "targets/user/description.h"

namespace cleave {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

class UserTargetTest : public TargetTestFixture {
 protected:
  UserTargetTest() : TargetTestFixture(30s, {"server.log"}) {
    std::string pattern = std::filesystem::temp_directory_path() / "cleave-store-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    directory_ = std::filesystem::canonical(pattern);
    json_ = ParseJson(R"({
      "name": "mine", "offers": {"register": ["read", "write"]},
      "start": ["sh", "-c", "echo $0 $* >{data}/words; touch {data}/up; exec sleep 100"],
      "ready": ["test", "-e", "{data}/up"],
      "client": ["sh", "client.sh", "{node}"]})");
    std::ofstream(directory_ / "client.sh")
        << "while read -r line; do id=${line#*:}; id=${id%%,*}\n"
           "printf '{\"id\":%s,\"type\":\"ok\",\"value\":\"%s\"}\\n' \"$id\" \"$1\"; done\n";
  }
  ~UserTargetTest() override {
    cluster_.reset();
    std::filesystem::remove_all(directory_);
  }

  std::unique_ptr<Target> Make(const std::map<std::string, std::string>& settings = {}) {
    std::ofstream(directory_ / "mine.json") << DumpJson(json_);
    TargetOptions options;
    options.interface = "register";
    options.flags = settings;
    return UserTarget(directory_ / "mine.json").make(options);
  }
  std::string Refusal() {
    cluster_.emplace(1);
    target_ = Make();
    try {
      Run(target_->Prepare(*cluster_));
    } catch (const std::exception& error) {
      return error.what();
    }
    return "";
  }
  std::string WordsOf(int node) {
    std::ifstream in(NodeOf(node).data_directory() / "words");
    std::string line;
    std::getline(in, line);
    return line;
  }

  std::filesystem::path directory_;
  Json json_;
};

TEST_F(UserTargetTest, StartsTheServerWithEveryPlaceholderFilledIn) {
  json_["ports"] = {{"port", 7000}};
  json_["settings"] = {{"mode", {"slow", "fast"}}};
  json_["peers"] = {{"each", "{node}@{ip}:{port}"}, {"separator", ";"}};
  for (const char* word : {"{node}", "{id}", "{port}", "{mode}", "{others}", "{interface}"}) {
    json_["start"].push_back(word);
  }
  StartNodes(2, Make({{"mode", "fast"}}));
  const std::string first = NodeOf(0).address();
  EXPECT_EQ(WordsOf(1), "n2 2 7000 fast n1@" + first + ":7000 register");
}

TEST_F(UserTargetTest, ASettingThatWasNotGivenHasItsFirstValue) {
  json_["settings"] = {{"mode", {"slow", "fast"}}};
  json_["start"].push_back("{mode}");
  StartNodes(1, Make());
  EXPECT_EQ(WordsOf(0), "slow");
}

TEST_F(UserTargetTest, ClientsRunInTheFoldersOfTheFile) {
  StartNodes(2, Make());
  const auto client = target_->Open(NodeOf(1), 0);
  EXPECT_EQ(Ok(*client, "read", nullptr), Json("n2"));
  EXPECT_TRUE(target_->Warnings().empty());
}

TEST_F(UserTargetTest, TheEnvironmentIsThatOfTheFileAndLittleElse) {
  json_["environment"] = {{"MINE", "of {node}"}};
  json_["version"] = {"sh", "-c", "echo $MINE $LANG"};
  StartNodes(1, Make());
  EXPECT_EQ(target_->Version(), "of n1 C.UTF-8");
}

TEST_F(UserTargetTest, APortThatListensIsReadyAndAClosedOneIsNot) {
  cluster_.emplace(1);
  std::optional<asio::ip::tcp::acceptor> acceptor(
      std::in_place, io_, asio::ip::tcp::endpoint(asio::ip::make_address(NodeOf(0).address()), 0));
  json_["ports"] = {{"port", acceptor->local_endpoint().port()}};
  json_["ready"] = "tcp://{ip}:{port}";
  target_ = Make();
  Run(target_->Prepare(*cluster_));
  EXPECT_TRUE(Ready());
  acceptor.reset();
  EXPECT_FALSE(Ready());
}

/// Answers one connection after the other.
asio::awaitable<void> AnswerEach(asio::ip::tcp::acceptor& acceptor,
                                 std::vector<std::string> replies) {
  for (const std::string& reply : replies) {
    asio::ip::tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    std::string request(4096, '\0');
    co_await socket.async_read_some(asio::buffer(request), asio::use_awaitable);
    co_await asio::async_write(socket, asio::buffer(reply), asio::use_awaitable);
  }
}

TEST_F(UserTargetTest, APageThatIsThereIsReadyAndAnErrorIsNot) {
  cluster_.emplace(1);
  asio::ip::tcp::acceptor acceptor(
      io_, asio::ip::tcp::endpoint(asio::ip::make_address(NodeOf(0).address()), 0));
  json_["ports"] = {{"port", acceptor.local_endpoint().port()}};
  json_["ready"] = "http://{ip}:{port}/health";
  target_ = Make();
  Run(target_->Prepare(*cluster_));
  asio::co_spawn(io_,
                 AnswerEach(acceptor, {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                                       "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"}),
                 asio::detached);
  EXPECT_TRUE(Ready());
  EXPECT_FALSE(Ready());
}

TEST_F(UserTargetTest, TheLeaderIsWhoSaysSoWithTheHighestNumber) {
  json_["leader"] = {"sh", "-c", "case {node} in n1) echo 3;; n2) echo 12;; *) exit 1;; esac"};
  StartNodes(3, Make());
  EXPECT_EQ(Run(target_->Leader()), "n2");
  json_["leader"] = {"false"};
  target_ = Make();
  Run(target_->Prepare(*cluster_));
  EXPECT_EQ(Run(target_->Leader()), std::nullopt);
}

TEST_F(UserTargetTest, ACommandThatHangsIsNotReadyAndEnds) {
  json_["ready"] = {"sleep", "100"};
  cluster_.emplace(1);
  target_ = Make();
  Run(target_->Prepare(*cluster_));
  EXPECT_FALSE(Ready());
}

TEST_F(UserTargetTest, IsStoppedByItsCommandAndKilledWhereThatDoesNothing) {
  json_["start"] = {"sh", "-c",
                    "trap 'touch {data}/stopped; exit 0' USR1; "
                    "touch {data}/up; while :; do sleep 0.01; done"};
  json_["stop"] = {"sh", "-c", "kill -USR1 $(cat {data}/pid)"};
  json_["start"][2] = "echo $$ >{data}/pid; " + json_["start"][2].get<std::string>();
  StartNodes(1, Make());
  Run(target_->Stop(NodeOf(0), 5s));
  EXPECT_FALSE(NodeOf(0).Running());
  EXPECT_TRUE(std::filesystem::exists(NodeOf(0).data_directory() / "stopped"));
  json_["stop"] = {"true"};
  target_ = Make();
  Run(target_->Prepare(*cluster_));
  Run(target_->Start(NodeOf(0)));
  Run(target_->Stop(NodeOf(0), 100ms));
  EXPECT_FALSE(NodeOf(0).Running());
}

TEST_F(UserTargetTest, AMissingProgramIsSaidWithTheFieldAndTheHint) {
  json_["client"] = {"no-such-program"};
  json_["hint"] = "make client";
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("mine.json: \"client\": there is no program "
                                         "no-such-program in /usr/local/sbin:"),
                               HasSubstr("make client")));
  json_["client"] = {"./client"};
  EXPECT_THAT(Refusal(), HasSubstr("there is no program " + (directory_ / "./client").string()));
}

TEST_F(UserTargetTest, AFailedInstallationCheckIsSaidWithItsWordsAndTheHint) {
  json_["check"] = {"sh", "-c", "echo too old; exit 4"};
  json_["hint"] = "install a newer one";
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("\"check\" exited with 4: too old"),
                               HasSubstr("install a newer one")));
}

TEST_F(UserTargetTest, ItsRowHoldsWhatTheFileSays) {
  json_["settings"] = {{"mode", {"slow", "fast"}}};
  json_["nodes"] = 3;
  const auto target = Make();
  const TargetInfo info = UserTarget(directory_ / "mine.json");
  EXPECT_EQ(info.name, "mine");
  EXPECT_EQ(info.nodes, 3);
  ASSERT_EQ(info.flags.size(), 1u);
  EXPECT_EQ(info.flags[0].values.front(), "slow");
  EXPECT_EQ(target->Description(), json_);
  EXPECT_TRUE(IsTargetFile("a/b.json"));
  EXPECT_FALSE(IsTargetFile("raft"));
}

}  // namespace
}  // namespace cleave
