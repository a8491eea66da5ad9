// Finding the master and executing commands there. Invariant: nothing is sent a second time, and no
// operation begins on a connection that an earlier one has left in doubt.
#include "targets/redis/master.h"

#include <utility>

namespace cleave {
namespace {

using std::chrono::milliseconds;
using Kind = RedisReply::Kind;

/// Connecting, and each question before anything is executed. Together they leave an operation of
/// two seconds time to fail for sure.
constexpr milliseconds kRedisPatience{400};
/// A client that hears of no change goes on with its master for this long.
constexpr milliseconds kAskAgain{100};
/// How long replicas may take to acknowledge (WAIT).
constexpr milliseconds kWaitTime{1000};
/// Written so that what WAIT waits for is younger than all that was read.
constexpr const char* kMarker = "cleave/confirmed";

/// Commands as they are sent, and where their answers will be.
struct RedisPipeline {
  std::vector<RedisCommand> commands;
  bool atomic = false;  // MULTI, the commands, EXEC
  size_t asked = 0;     // how many the caller gave
  bool marked = false;
};

RedisPipeline MakeRedisPipeline(std::vector<RedisCommand> commands, RedisEffect effect, int wait) {
  RedisPipeline pipeline;
  pipeline.asked = commands.size();
  pipeline.marked = wait > 0 && effect != RedisEffect::kWrites;
  pipeline.atomic = commands.size() > 1 || pipeline.marked;
  if (pipeline.atomic) pipeline.commands.push_back({"MULTI"});
  for (RedisCommand& command : commands) pipeline.commands.push_back(std::move(command));
  if (pipeline.marked) pipeline.commands.push_back({"SET", kMarker, ""});
  if (pipeline.atomic) pipeline.commands.push_back({"EXEC"});
  if (wait > 0) {
    pipeline.commands.push_back({"WAIT", std::to_string(wait), std::to_string(kWaitTime.count())});
  }
  return pipeline;
}

/// The answers of a transaction's commands, from those to MULTI … EXEC.
std::vector<RedisReply> Unpacked(std::vector<RedisReply>& replies, size_t count) {
  RedisReply& exec = replies[count + 1];
  if (exec.kind == Kind::kError) {
    // Nothing was run, because of what was refused first.
    const bool aborted = RedisErrorOf(exec.text).symbol == "aborted";
    for (size_t i = 0; aborted && i <= count; ++i) {
      if (replies[i].kind != Kind::kError) continue;
      throw RedisError(RedisErrorOf(replies[i].text).symbol, replies[i].text, true);
    }
    throw RedisErrorOf(exec.text);
  }
  if (exec.kind != Kind::kArray || exec.elements.size() != count) {
    throw RedisError("nonsense", "not what Redis answers to EXEC", false);
  }
  for (const RedisReply& reply : exec.elements) {
    // There is no rolling back: the others were executed.
    if (reply.kind == Kind::kError) throw RedisError("in-part", reply.text, false);
  }
  return std::move(exec.elements);
}

/// The answer to WAIT: it was executed here, and may be lost with this server.
void RequireConfirmed(const RedisReply& reply, int wait) {
  if (reply.kind == Kind::kInteger && reply.integer >= wait) return;
  const std::string text = reply.kind == Kind::kError
                               ? reply.text
                               : std::to_string(reply.integer) + " of " + std::to_string(wait) +
                                     " replicas acknowledged it";
  throw RedisError("not-confirmed", text, false);
}

}  // namespace

asio::awaitable<void> RedisMaster::AskSentinel() {
  const auto now = std::chrono::steady_clock::now();
  if (master_ && now - asked_at_ < kAskAgain) co_return;
  if (!asked_ || !asked_->Idle()) {
    asked_ = std::make_unique<RedisConnection>(sentinel_.address, sentinel_.port);
    co_await asked_->Open(kRedisPatience);
  }
  RedisEndpoint named = co_await AskForMaster(*asked_, kRedisPatience);
  asked_at_ = now;
  if (named == named_) co_return;
  named_ = std::move(named);
  master_.reset();
}

asio::awaitable<void> RedisMaster::Connect() {
  auto connection = std::make_unique<RedisConnection>(named_.address, named_.port);
  co_await connection->Open(kRedisPatience);
  const RedisRole role = co_await AskForRole(*connection, kRedisPatience);
  if (!role.master) {
    throw RedisError("not-master", "the sentinel names " + named_.address + ", which is a replica",
                     true);
  }
  master_ = std::move(connection);
}

asio::awaitable<void> RedisMaster::Find() {
  if (master_ && !master_->Idle()) master_.reset();
  std::optional<RedisError> failed;
  try {
    co_await AskSentinel();
  } catch (const RedisError& error) {
    failed.emplace(error.symbol, std::string("asking the sentinel: ") + error.what(), true);
  }
  if (failed) throw *failed;
  if (!master_) co_await Connect();
}

asio::awaitable<std::vector<RedisReply>> RedisMaster::Execute(std::vector<RedisCommand> commands,
                                                              RedisEffect effect) {
  co_await Find();
  std::unique_ptr<RedisConnection> master = std::move(master_);  // given back when all went well
  RedisPipeline pipeline = MakeRedisPipeline(std::move(commands), effect, wait_);
  std::vector<RedisReply> replies = co_await master->Call(std::move(pipeline.commands));
  RedisReply confirmed;
  if (wait_ > 0) {
    confirmed = std::move(replies.back());
    replies.pop_back();
  }
  if (pipeline.atomic) replies = Unpacked(replies, pipeline.asked + pipeline.marked);
  for (const RedisReply& reply : replies) {
    if (reply.kind == Kind::kError) throw RedisErrorOf(reply.text);
  }
  replies.resize(pipeline.asked);
  if (wait_ > 0) RequireConfirmed(confirmed, wait_);
  master_ = std::move(master);
  co_return replies;
}

}  // namespace cleave
