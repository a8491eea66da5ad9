// Which of two servers a client takes for the primary.
#include "targets/postgres/primary.h"

#include <gtest/gtest.h>

#include "targets/bad_server.h"
#include "targets/postgres/server_messages.h"
#include "targets/run_awaitable.h"

namespace cleave {
namespace {

using namespace postgres_messages;

const std::string kLeads = Row("off"), kFollows = Row("on");

class PostgresPrimaryTest : public testing::Test {
 protected:
  using Script = BadServer::Script;

  void Open(Script own, Script other) {
    own_.emplace(io_, std::vector<Script>{std::move(own)});
    other_.emplace(io_, std::vector<Script>{std::move(other)});
    primary_.emplace(AddressOf(*own_), AddressOf(*other_));
  }
  /// "own" or "other": who answers a statement on the connection.
  std::string Connected() {
    RunAwaitable(io_, primary_->Connect(connection_));
    const PostgresResult result = RunAwaitable(io_, connection_->Run("SELECT"));
    return result.rows.at(0).at(0).value();
  }
  std::string Refusal() {
    try {
      RunAwaitable(io_, primary_->Connect(connection_));
    } catch (const PostgresError& error) {
      return error.symbol;
    }
    return "none";
  }
  void LetTheAnswerAge() { usleep(110'000); }

  asio::io_context io_;
  std::optional<BadServer> own_, other_;
  std::optional<PostgresPrimary> primary_;
  std::unique_ptr<PostgresConnection> connection_;
};

TEST_F(PostgresPrimaryTest, ANodesServerThatLeadsIsAskedOnceAndTaken) {
  Open({Greeting(), kLeads, Row("own"), Row("own")}, {});
  EXPECT_EQ(Connected(), "own");
  LetTheAnswerAge();
  EXPECT_EQ(Connected(), "own");
  EXPECT_EQ(other_->accepted(), 0);
}

TEST_F(PostgresPrimaryTest, ANodesServerThatFollowsIsAskedAgainUntilItIsPromoted) {
  Open({Greeting(), kFollows, kLeads, Row("own")},
       {Greeting(), kLeads, Row("other"), Row("other")});
  EXPECT_EQ(Connected(), "other");
  EXPECT_EQ(Connected(), "other");
  LetTheAnswerAge();
  EXPECT_EQ(Connected(), "own");
}

TEST_F(PostgresPrimaryTest, NobodyIsThePrimaryWhereBothFollow) {
  Open({Greeting(), kFollows}, {Greeting(), kFollows});
  EXPECT_EQ(Refusal(), "no-primary");
  EXPECT_EQ(connection_, nullptr);
}

TEST_F(PostgresPrimaryTest, ANodeWithoutAServerHasNoPrimaryAlthoughTheOtherOneLeads) {
  Open({Greeting(), kFollows, ""}, {Greeting(), kLeads, Row("other")});
  EXPECT_EQ(Connected(), "other");
  LetTheAnswerAge();
  EXPECT_EQ(Refusal(), "connection-closed");
  EXPECT_EQ(connection_, nullptr);
}

TEST_F(PostgresPrimaryTest, AServerThatIsTheOnlyOneIsAskedNothing) {
  Open({Greeting(), Row("own")}, {});
  primary_.emplace(AddressOf(*own_), std::nullopt);
  EXPECT_EQ(Connected(), "own");
}

}  // namespace
}  // namespace cleave
