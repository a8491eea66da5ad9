// Answers of sentinels and servers, taken apart. https://redis.io/docs/reference/sentinel-clients/
#include "targets/redis/sentinel.h"

#include <charconv>
#include <map>
#include <utility>

namespace cleave {
namespace {

using Kind = RedisReply::Kind;

[[noreturn]] void ThrowNotRedis(const std::string& what) {
  throw RedisError("nonsense", "not what Redis answers to " + what, true);
}

template <class Number>
Number ParseRedisNumber(const std::string& text, const std::string& what) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) ThrowNotRedis(what);
  return number;
}

/// The one answer to one question. A question changes nothing: whatever goes wrong is definite.
asio::awaitable<RedisReply> AskRedis(RedisConnection& connection, RedisCommand question,
                                     std::chrono::milliseconds timeout) {
  std::optional<RedisError> failed;
  std::vector<RedisReply> replies;
  try {
    std::vector<RedisCommand> commands;
    commands.push_back(std::move(question));
    replies = co_await connection.Call(std::move(commands), timeout);
    if (replies[0].kind == Kind::kError) failed = RedisErrorOf(replies[0].text);
  } catch (const RedisError& error) {
    failed = error;
  }
  if (failed) throw RedisError(failed->symbol, failed->what(), true);
  co_return std::move(replies[0]);
}

}  // namespace

asio::awaitable<RedisEndpoint> AskForMaster(RedisConnection& sentinel,
                                            std::chrono::milliseconds timeout) {
  const std::string what = "SENTINEL GET-MASTER-ADDR-BY-NAME";
  RedisCommand question = {"SENTINEL", "GET-MASTER-ADDR-BY-NAME", kRedisMasterName};
  const RedisReply reply = co_await AskRedis(sentinel, std::move(question), timeout);
  if (reply.kind == Kind::kNil) throw RedisError("no-master", "the sentinel knows no master", true);
  if (reply.elements.size() != 2) ThrowNotRedis(what);
  co_return RedisEndpoint{reply.elements[0].text,
                          ParseRedisNumber<uint16_t>(reply.elements[1].text, what)};
}

asio::awaitable<RedisRole> AskForRole(RedisConnection& server, std::chrono::milliseconds timeout) {
  RedisCommand question = {"ROLE"};
  const RedisReply reply = co_await AskRedis(server, std::move(question), timeout);
  RedisRole role;
  if (reply.elements.size() == 3 && reply.elements[0].text == "master") {
    role.master = true;
    role.replicas = reply.elements[2].elements.size();
  } else if (reply.elements.size() == 5 && reply.elements[0].text == "slave") {
    role.follows = {reply.elements[1].text, static_cast<uint16_t>(reply.elements[2].integer)};
    role.connected = reply.elements[3].text == "connected";
  } else {
    ThrowNotRedis("ROLE");
  }
  co_return role;
}

asio::awaitable<SentinelView> AskForView(RedisConnection& sentinel,
                                         std::chrono::milliseconds timeout) {
  const std::string what = "SENTINEL MASTER";
  RedisCommand question = {"SENTINEL", "MASTER", kRedisMasterName};
  const RedisReply reply = co_await AskRedis(sentinel, std::move(question), timeout);
  std::map<std::string, std::string> fields;
  for (size_t i = 0; i + 1 < reply.elements.size(); i += 2) {
    fields[reply.elements[i].text] = reply.elements[i + 1].text;
  }
  SentinelView view;
  view.master = {fields["ip"], ParseRedisNumber<uint16_t>(fields["port"], what)};
  view.other_sentinels = ParseRedisNumber<size_t>(fields["num-other-sentinels"], what);
  view.replicas = ParseRedisNumber<size_t>(fields["num-slaves"], what);
  co_return view;
}

}  // namespace cleave
