// Calls of the gateway. protobuf's JSON form leaves out what is zero, empty or false, and carries
// 64-bit numbers as strings: both are undone here and nowhere else.
#include "targets/etcd/gateway.h"

#include <charconv>
#include <string_view>

#include "targets/etcd/base64.h"

namespace cleave {
namespace {

EtcdError Nonsense(const std::string& text) {
  return EtcdError("nonsense", "not what etcd answers: " + text, false);
}

std::string Decode(const Json& text) {
  std::optional<std::string> bytes = Base64Decode(text.get_ref<const std::string&>());
  if (!bytes) throw Nonsense("bad base64 " + DumpJson(text));
  return *bytes;
}

int64_t Number(const Json& object, const char* name) {
  const auto field = object.find(name);
  if (field == object.end()) return 0;
  const std::string& text = field->get_ref<const std::string&>();
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) throw Nonsense(field->dump());
  return number;
}

/// What a range of one key found: the key, or its absence.
EtcdKeyValue Single(const Json& range) {
  EtcdKeyValue found;
  if (!range.is_object()) throw Nonsense(DumpJson(range));
  const auto kvs = range.find("kvs");
  if (kvs == range.end() || kvs->empty()) return found;
  const Json& kv = kvs->at(0);
  found.key = Decode(kv.at("key"));
  const auto value = kv.find("value");
  if (value != kv.end()) found.value = ParseJson(Decode(*value));
  found.mod_revision = Number(kv, "mod_revision");
  if (found.mod_revision <= 0) throw Nonsense("a key without mod_revision");
  return found;
}

EtcdTxnReply TxnReply(const Json& reply) {
  EtcdTxnReply result;
  result.succeeded = reply.value("succeeded", false);
  for (const Json& response : reply.value("responses", Json::array())) {
    const auto range = response.find("response_range");
    if (range != response.end()) result.found.push_back(Single(*range));
  }
  return result;
}

/// The end of the range of keys with this prefix: the prefix with its last byte increased.
std::string PrefixEnd(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
  if (!prefix.empty()) ++prefix.back();
  return prefix;
}

Json RangeRequest(const std::string& key, bool serializable) {
  Json request = Json::object();
  request["key"] = Base64Encode(key);
  if (serializable) request["serializable"] = true;
  return request;
}

Json PutRequest(const std::string& key, const Json& value) {
  Json request = Json::object();
  request["key"] = Base64Encode(key);
  request["value"] = Base64Encode(DumpJson(value));
  return request;
}

/// Runs `parse`, whose complaints about types and missing fields are nonsense answers.
template <class Parse>
auto Understand(const Json& reply, Parse parse) {
  try {
    return parse(reply);
  } catch (const Json::exception& error) {
    throw Nonsense(error.what());
  }
}

struct ErrorMeaning {
  std::string_view text;  // part of the message
  const char* symbol;
  bool definite;
};

constexpr ErrorMeaning kMeanings[] = {
    // The local raft refused the proposal: it entered no log, and nobody forwards it.
    {"raft proposal dropped", "no-leader", true},
    // Refused before the proposal, by the check for a leader.
    {"etcdserver: no leader", "no-leader", true},
    // Refused before the proposal: too far between commit and apply.
    {"too many requests", "too-many-requests", true},
    {"request is too large", "too-large", true},
    // Nothing is put on, renewed by or revoked with a lease that is gone.
    {"requested lease not found", "lease-not-found", true},
    // Proposed, and the answer did not come: it may still be committed.
    {"request timed out", "timeout", false},
    {"context deadline exceeded", "timeout", false},
    {"leader changed", "leader-changed", false},
    {"server stopped", "stopped", false},
    // etcd applies the put that goes over the quota, and then complains.
    {"database space exceeded", "no-space", false},
};

constexpr int kInvalidArgument = 3;  // gRPC's code: the request was refused as it stands

}  // namespace

EtcdError EtcdErrorOf(const HttpReply& reply) {
  const Json body = TryParseJson(reply.body);
  if (!body.is_object() || !body.contains("error") || !body["error"].is_string()) {
    return Nonsense("HTTP " + std::to_string(reply.status) + " " + reply.body.substr(0, 200));
  }
  const std::string text = body["error"];
  for (const ErrorMeaning& meaning : kMeanings) {
    if (text.find(meaning.text) != std::string::npos) {
      return EtcdError(meaning.symbol, text, meaning.definite);
    }
  }
  const auto code = body.find("code");
  const bool refused = code != body.end() && *code == kInvalidArgument;
  return EtcdError(refused ? "invalid" : "etcd-error", text, refused);
}

asio::awaitable<Json> EtcdGateway::Call(std::string path, std::string body) {
  std::optional<EtcdError> failed;
  HttpReply reply;
  try {
    reply = co_await http_.Post(path, body);
  } catch (const HttpError& error) {
    failed.emplace(error.symbol, error.what(), !error.sent);
  }
  if (failed) throw *failed;
  if (reply.status != 200) throw EtcdErrorOf(reply);
  Json json = TryParseJson(reply.body);
  // The answers of a stream (a lease's renewals) are wrapped; there is one.
  if (json.is_object() && json.contains("result")) json = Json(json["result"]);
  // Every true reply has a header; an empty object would otherwise read as "the key is absent".
  if (!json.is_object() || !json.contains("header")) throw Nonsense(reply.body.substr(0, 200));
  co_return json;
}

asio::awaitable<EtcdKeyValue> EtcdGateway::Get(const std::string& key, bool serializable) {
  const Json reply = co_await Call("/v3/kv/range", DumpJson(RangeRequest(key, serializable)));
  co_return Understand(reply, Single);
}

asio::awaitable<std::vector<std::string>> EtcdGateway::Keys(const std::string& prefix,
                                                            bool serializable) {
  Json request = RangeRequest(prefix, serializable);
  request["range_end"] = Base64Encode(PrefixEnd(prefix));
  request["keys_only"] = true;
  const Json reply = co_await Call("/v3/kv/range", DumpJson(request));
  co_return Understand(reply, [](const Json& range) {
    std::vector<std::string> keys;
    for (const Json& kv : range.value("kvs", Json::array())) keys.push_back(Decode(kv.at("key")));
    return keys;
  });
}

asio::awaitable<void> EtcdGateway::Put(const std::string& key, const Json& value) {
  co_await Call("/v3/kv/put", DumpJson(PutRequest(key, value)));
}

asio::awaitable<EtcdTxnReply> EtcdGateway::Txn(const Json& txn) {
  const Json reply = co_await Call("/v3/kv/txn", DumpJson(txn));
  co_return Understand(reply, TxnReply);
}

asio::awaitable<std::string> EtcdGateway::Grant(int64_t ttl) {
  const Json request = {{"TTL", std::to_string(ttl)}};
  const Json reply = co_await Call("/v3/lease/grant", DumpJson(request));
  co_return Understand(reply, [](const Json& grant) { return grant.at("ID").get<std::string>(); });
}

asio::awaitable<bool> EtcdGateway::KeepAlive(const std::string& lease) {
  const Json request = {{"ID", lease}};
  const Json reply = co_await Call("/v3/lease/keepalive", DumpJson(request));
  co_return Understand(reply, [](const Json& renewal) { return Number(renewal, "TTL") > 0; });
}

asio::awaitable<bool> EtcdGateway::Revoke(const std::string& lease) {
  const Json request = {{"ID", lease}};
  try {
    co_await Call("/v3/lease/revoke", DumpJson(request));
  } catch (const EtcdError& error) {
    if (error.symbol != "lease-not-found") throw;
    co_return false;
  }
  co_return true;
}

asio::awaitable<EtcdLock> EtcdGateway::Lock(const std::string& name, const std::string& lease) {
  const Json request = {{"name", Base64Encode(name)}, {"lease", lease}};
  const Json reply = co_await Call("/v3/lock/lock", DumpJson(request));
  co_return Understand(reply, [](const Json& lock) {
    return EtcdLock{Decode(lock.at("key")), Number(lock.at("header"), "revision")};
  });
}

asio::awaitable<Json> EtcdGateway::Status() {
  co_return co_await Call("/v3/maintenance/status", "{}");
}

Json EtcdRange(const std::string& key, bool serializable) {
  Json part = Json::object();
  part["request_range"] = RangeRequest(key, serializable);
  return part;
}

Json EtcdPut(const std::string& key, const Json& value) {
  Json part = Json::object();
  part["request_put"] = PutRequest(key, value);
  return part;
}

Json EtcdDelete(const std::string& key) {
  Json part = Json::object();
  part["request_delete_range"]["key"] = Base64Encode(key);
  return part;
}

Json EtcdExists(const std::string& key) {
  Json part = Json::object();
  part["key"] = Base64Encode(key);
  part["target"] = "VERSION";
  part["result"] = "GREATER";
  part["version"] = "0";
  return part;
}

Json EtcdValueIs(const std::string& key, const Json& value) {
  Json part = Json::object();
  part["key"] = Base64Encode(key);
  part["target"] = "VALUE";
  part["value"] = Base64Encode(DumpJson(value));
  return part;
}

Json EtcdRevisionIs(const std::string& key, int64_t mod_revision) {
  Json part = Json::object();
  part["key"] = Base64Encode(key);
  part["target"] = "MOD";
  part["mod_revision"] = std::to_string(mod_revision);
  return part;
}

}  // namespace cleave
