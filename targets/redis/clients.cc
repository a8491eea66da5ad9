// Redis's clients. Invariant: an operation fails only when Redis said, or the connection shows,
// that it cannot have happened; every read that got no answer fails, since a read leaves nothing
// behind.
#include "targets/redis/clients.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "harness/run/answers.h"
#include "targets/client_parts.h"
#include "targets/redis/master.h"
#include "targets/transactions.h"

namespace cleave {
namespace {

using Kind = RedisReply::Kind;

/// Before an error is reported, so that the client of a dead node does not spin.
constexpr std::chrono::milliseconds kRedisPause{50};

/// Sets all KEYS if they are what they were: ARGV has what each was, then what each becomes, ""
/// for absent. Returns what they are where they are not.
constexpr const char* kSwapScript =
    "local now = redis.call('MGET', unpack(KEYS)) "
    "for i = 1, #KEYS do if (now[i] or '') ~= ARGV[i] then return now end end "
    "for i = 1, #KEYS do local value = ARGV[#KEYS + i] "
    "if value == '' then redis.call('DEL', KEYS[i]) "
    "elseif value ~= ARGV[i] then redis.call('SET', KEYS[i], value) end end "
    "return 1";

RedisError NotOurs(const std::string& text) {
  return RedisError("nonsense", "not what was asked for: " + text, false);
}

/// A value as Redis holds it, as JSON text; null where there is none.
Json Value(const RedisReply& reply) {
  if (reply.kind == Kind::kNil) return nullptr;
  Json value =
      reply.kind == Kind::kText ? TryParseJson(reply.text) : Json(Json::value_t::discarded);
  if (value.is_discarded()) throw NotOurs(reply.text.substr(0, 200));
  return value;
}

Json Values(const RedisReply& reply) {
  if (reply.kind != Kind::kArray) throw NotOurs("not an array");
  Json values = Json::array();
  for (const RedisReply& element : reply.elements) values.push_back(Value(element));
  return values;
}

[[noreturn]] void ThrowNoFunction(const std::string& f) {
  throw std::invalid_argument("the redis client does not know the function \"" + f + "\"");
}

class RedisClient : public Client {
 public:
  explicit RedisClient(const RedisClientOptions& options)
      : interface_(options.interface), master_(options.sentinel, options.wait) {}

  asio::awaitable<Completion> Invoke(const Invocation& invocation) final {
    Completion failed;
    try {
      co_return co_await Do(invocation);
    } catch (const RedisError& error) {
      const bool certain = error.definite || IsRead(invocation.f, invocation.value);
      failed.outcome = certain ? Outcome::kFail : Outcome::kInfo;
      failed.error = error.symbol;
      failed.text = error.what();
    }
    asio::steady_timer pause(co_await asio::this_coro::executor, kRedisPause);
    co_await pause.async_wait(asio::use_awaitable);
    co_return failed;
  }

 protected:
  virtual asio::awaitable<Completion> Do(const Invocation& invocation) = 0;

  asio::awaitable<RedisReply> Execute(RedisCommand command, RedisEffect effect) {
    std::vector<RedisCommand> commands;
    commands.push_back(std::move(command));
    std::vector<RedisReply> replies = co_await master_.Execute(std::move(commands), effect);
    co_return std::move(replies[0]);
  }

  /// ConditionalStore's Swap, in one script.
  asio::awaitable<std::optional<std::vector<Version>>> SwapKeys(
      const std::vector<std::string>& keys, const std::vector<Version>& before,
      const std::vector<Json>& after) {
    RedisCommand command = {"EVAL", kSwapScript, std::to_string(keys.size())};
    const auto text = [](const Json& json) { return json.is_null() ? "" : DumpJson(json); };
    command.insert(command.end(), keys.begin(), keys.end());
    for (const Version& version : before) command.push_back(text(version.value));
    for (const Json& value : after) command.push_back(text(value));
    const RedisReply reply = co_await Execute(std::move(command), RedisEffect::kMayWrite);
    if (reply.kind == Kind::kInteger && reply.integer == 1) co_return std::nullopt;
    co_return VersionsOf(reply, keys.size());
  }

  static std::vector<Version> VersionsOf(const RedisReply& reply, size_t count) {
    std::vector<Version> versions;
    for (Json& value : Values(reply)) versions.push_back({std::move(value)});
    if (versions.size() != count) throw NotOurs("another number of keys");
    return versions;
  }

  const std::string interface_;
  RedisMaster master_;
};

/// One string for each independent key; the value is the JSON text.
class RedisRegisterClient : public RedisClient {
 public:
  using RedisClient::RedisClient;

 protected:
  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    const std::string key = StoreKey(interface_, invocation.key);
    if (invocation.f == "read") {
      const RedisReply reply = co_await Execute(Words("GET", key), RedisEffect::kReads);
      co_return Succeeded(Value(reply));
    }
    if (invocation.f == "write") {
      co_await Execute(Words("SET", key, DumpJson(invocation.value)), RedisEffect::kWrites);
      co_return Succeeded(nullptr);
    }
    if (invocation.f != "cas") ThrowNoFunction(invocation.f);
    const std::vector<std::string> keys = {key};
    const std::vector<Version> before = {{invocation.value.at(0)}};
    const std::vector<Json> after = {invocation.value.at(1)};
    std::optional<std::vector<Version>> now = co_await SwapKeys(keys, before, after);
    if (!now) co_return Succeeded(nullptr);
    Completion mismatch = Refused("mismatch");
    mismatch.observed = std::move((*now)[0].value);
    co_return mismatch;
  }

 private:
  template <class... Word>
  static RedisCommand Words(Word... words) {
    return {std::move(words)...};
  }
};

/// A Redis set.
class RedisSetClient : public RedisClient {
 public:
  using RedisClient::RedisClient;

 protected:
  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    RedisCommand command = {"SMEMBERS", StoreKey(interface_, invocation.key)};
    if (invocation.f == "add") {
      command[0] = "SADD";
      command.push_back(DumpJson(invocation.value));
      co_await Execute(std::move(command), RedisEffect::kWrites);
      co_return Succeeded(nullptr);
    }
    if (invocation.f != "read") ThrowNoFunction(invocation.f);
    const RedisReply reply = co_await Execute(std::move(command), RedisEffect::kReads);
    Json elements = Values(reply);
    // Redis has no order: sorted, what is missing meets the eye.
    std::sort(elements.begin(), elements.end());
    co_return Succeeded(std::move(elements));
  }
};

/// A string that Redis counts in.
class RedisCounterClient : public RedisClient {
 public:
  using RedisClient::RedisClient;

 protected:
  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    RedisCommand command = {"GET", StoreKey(interface_, invocation.key)};
    if (invocation.f == "add") {
      command[0] = "INCRBY";
      command.push_back(DumpJson(invocation.value));
      co_await Execute(std::move(command), RedisEffect::kWrites);
      co_return Succeeded(nullptr);
    }
    if (invocation.f != "read") ThrowNoFunction(invocation.f);
    const RedisReply reply = co_await Execute(std::move(command), RedisEffect::kReads);
    co_return Succeeded(reply.kind == Kind::kNil ? Json(0) : Value(reply));
  }
};

/// A list: pushed at its right end, popped from its left.
class RedisQueueClient : public RedisClient {
 public:
  using RedisClient::RedisClient;

 protected:
  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    const std::string key = StoreKey(interface_, invocation.key);
    if (invocation.f == "enqueue") return Enqueue(key, DumpJson(invocation.value));
    if (invocation.f == "dequeue") return Dequeue(key);
    if (invocation.f == "drain") return Drain(key);
    ThrowNoFunction(invocation.f);
  }

 private:
  asio::awaitable<Completion> Enqueue(std::string key, std::string element) {
    RedisCommand command = {"RPUSH", key, element};
    co_await Execute(std::move(command), RedisEffect::kWrites);
    co_return Succeeded(nullptr);
  }
  asio::awaitable<Completion> Dequeue(std::string key) {
    RedisCommand command = {"LPOP", key};
    const RedisReply reply = co_await Execute(std::move(command), RedisEffect::kMayWrite);
    if (reply.kind != Kind::kNil) co_return Succeeded(Value(reply));
    Completion empty = Refused("empty");
    empty.observed = Json::array();
    co_return empty;
  }
  /// All that is there, at once.
  asio::awaitable<Completion> Drain(std::string key) {
    std::vector<RedisCommand> commands = {{"LRANGE", key, "0", "-1"}, {"DEL", key}};
    const std::vector<RedisReply> replies =
        co_await master_.Execute(std::move(commands), RedisEffect::kMayWrite);
    co_return Succeeded(Values(replies[0]));
  }
};

/// Transactions whose writes do not depend on what they read: MULTI over lists ("append") or
/// strings ("wr").
class RedisMultiClient : public RedisClient {
 public:
  using RedisClient::RedisClient;

 protected:
  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    if (invocation.f != "txn") ThrowNoFunction(invocation.f);
    std::vector<RedisCommand> commands;
    RedisEffect effect = RedisEffect::kReads;
    for (const Json& op : invocation.value) {
      commands.push_back(CommandOf(op));
      if (op.at(0) != "r") effect = RedisEffect::kWrites;
    }
    const std::vector<RedisReply> replies = co_await master_.Execute(std::move(commands), effect);
    Json result = invocation.value;
    for (size_t i = 0; i < result.size(); ++i) {
      if (result[i][0] == "r") result[i][2] = Read(replies[i]);
    }
    co_return Succeeded(std::move(result));
  }

 private:
  RedisCommand CommandOf(const Json& op) const {
    const std::string f = op.at(0), key = StoreKey(interface_, op.at(1));
    if (f == "r" && Lists()) return {"LRANGE", key, "0", "-1"};
    if (f == "r") return {"GET", key};
    if (f == "append" && Lists()) return {"RPUSH", key, DumpJson(op.at(2))};
    if (f == "w" && !Lists()) return {"SET", key, DumpJson(op.at(2))};
    ThrowNoFunction(f);
  }
  /// Redis has no empty lists: it is absent.
  Json Read(const RedisReply& reply) const {
    if (!Lists()) return Value(reply);
    Json list = Values(reply);
    return list.empty() ? Json(nullptr) : list;
  }
  bool Lists() const { return interface_ == "append"; }
};

/// Transactions that look before they write: read, compute here, write by the script if nothing has
/// changed.
class RedisSwapClient : public RedisClient, private ConditionalStore {
 public:
  using RedisClient::RedisClient;

 protected:
  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    const StoreTransaction transaction = MakeTransaction(interface_, invocation);
    co_return co_await RunTransaction(transaction, *this);
  }

 private:
  /// Nothing has been written before or by this call: whatever goes wrong in it is definite.
  asio::awaitable<std::vector<Version>> ReadAll(const std::vector<std::string>& keys) override {
    RedisCommand command = {"MGET"};
    command.insert(command.end(), keys.begin(), keys.end());
    std::optional<RedisError> failed;
    std::vector<Version> versions;
    try {
      const RedisReply reply = co_await Execute(std::move(command), RedisEffect::kReads);
      versions = VersionsOf(reply, keys.size());
    } catch (const RedisError& error) {
      failed.emplace(error.symbol, error.what(), true);
    }
    if (failed) throw *failed;
    co_return versions;
  }
  asio::awaitable<std::optional<std::vector<Version>>> Swap(
      const std::vector<std::string>& keys, const std::vector<Version>& before,
      const std::vector<Json>& after) override {
    return SwapKeys(keys, before, after);
  }
};

}  // namespace

std::unique_ptr<Client> MakeRedisClient(const RedisClientOptions& options) {
  const std::string& interface = options.interface;
  if (interface == "register") return std::make_unique<RedisRegisterClient>(options);
  if (interface == "set") return std::make_unique<RedisSetClient>(options);
  if (interface == "counter") return std::make_unique<RedisCounterClient>(options);
  if (interface == "queue") return std::make_unique<RedisQueueClient>(options);
  if (interface == "append" || interface == "wr")
    return std::make_unique<RedisMultiClient>(options);
  if (interface == "bank" || interface == "g2") return std::make_unique<RedisSwapClient>(options);
  throw std::invalid_argument("redis has no clients for the data type \"" + interface + "\"");
}

}  // namespace cleave
