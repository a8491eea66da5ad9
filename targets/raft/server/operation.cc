// Checking requests, so that whatever reaches the log can be applied.
#include "targets/raft/server/operation.h"

namespace cleave::raft {
namespace {

/// Deeper values are refused: writing them out would take stack in proportion.
constexpr int kMaxDepth = 64;
constexpr size_t kMaxKeyBytes = 1024;

/// What is wrong with a request.
struct Refusal {
  int status;
  std::string symbol;
  std::string text;
};

[[noreturn]] void Bad(const std::string& text) { throw Refusal{400, "bad-request", text}; }

Value ParseBody(const std::string& body) {
  bool deep = false;
  const auto limit = [&deep](int depth, Value::parse_event_t, Value&) {
    deep = deep || depth > kMaxDepth;
    return !deep;
  };
  Value parsed = Value::parse(body, limit, false);
  if (deep) Bad("the body is nested more than " + std::to_string(kMaxDepth) + " deep");
  if (parsed.is_discarded()) Bad("the body is not JSON");
  if (!parsed.is_object()) Bad("the body is not a JSON object");
  return parsed;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string CheckKey(std::string key) {
  if (key.empty()) Bad("the key is empty");
  if (key.size() > kMaxKeyBytes) Bad("the key is longer than 1024 bytes");
  try {
    Value(key).dump();
  } catch (const Value::exception&) {
    Bad("the key is not UTF-8");
  }
  return key;
}

std::string DecodeKey(std::string_view text) {
  std::string key;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      key.push_back(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
    if (high < 0 || low < 0) Bad("the key has a % without two hexadecimal digits");
    key.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return CheckKey(std::move(key));
}

const Value& Member(const Value& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end()) Bad(std::string("the body has no \"") + name + "\"");
  return *found;
}

/// Whether it only reads.
bool CheckTransaction(const Value& ops) {
  if (!ops.is_array()) Bad("\"ops\" is not a list");
  bool only_reads = true;
  for (const Value& op : ops) {
    const bool shaped = op.is_array() && op.size() == 3 && op[0].is_string() && op[1].is_string();
    if (!shaped)
      Bad("an operation is not [\"r\", KEY, null], [\"w\", KEY, V] or [\"append\", KEY, V]");
    const auto& f = op[0].get_ref<const std::string&>();
    if (f != "r" && f != "w" && f != "append") Bad("an operation is neither r, w nor append");
    CheckKey(op[1].get<std::string>());
    only_reads = only_reads && f == "r";
  }
  return only_reads;
}

void CheckConditions(const Value& conditions) {
  if (!conditions.is_array()) Bad("\"if\" is not a list");
  for (const Value& condition : conditions) {
    const bool shaped = condition.is_array() && condition.size() == 2 && condition[0].is_string();
    if (!shaped) Bad("a condition is not [KEY, V]");
    CheckKey(condition[0].get<std::string>());
  }
}

Operation MakeWrite(Value command, const Value& body) {
  const auto client = body.find("client");
  const auto sequence = body.find("seq");
  if ((client == body.end()) != (sequence == body.end())) {
    Bad("\"client\" and \"seq\" go together");
  }
  if (client != body.end()) {
    if (!client->is_string()) Bad("\"client\" is not a string");
    if (!sequence->is_number_integer()) Bad("\"seq\" is not an integer");
    command["client"] = *client;
    command["seq"] = sequence->get<int64_t>();
  }
  return {false, "", command.dump()};
}

Operation MakeTransaction(const Value& body) {
  const Value& ops = Member(body, "ops");
  const bool only_reads = CheckTransaction(ops);
  Value command = {{"f", "txn"}, {"ops", ops}};
  if (const auto conditions = body.find("if"); conditions != body.end()) {
    CheckConditions(*conditions);
    command["if"] = *conditions;
  } else if (only_reads) {
    return {true, "", command.dump()};
  }
  return MakeWrite(std::move(command), body);
}

Operation ParseKeyRequest(const std::string& method, std::string_view path,
                          const std::string& body) {
  const size_t slash = path.find('/');
  const std::string action(slash == std::string_view::npos ? "" : path.substr(slash + 1));
  const std::string key = DecodeKey(path.substr(0, slash));
  const auto require = [&](const char* wanted) {
    if (method != wanted) throw Refusal{405, "bad-method", std::string("use ") + wanted};
  };
  if (action.empty() && method == "GET") return {true, key, ""};
  if (action.empty()) {
    if (method != "PUT") throw Refusal{405, "bad-method", "use GET or PUT"};
    const Value parsed = ParseBody(body);
    return MakeWrite({{"f", "put"}, {"key", key}, {"value", Member(parsed, "value")}}, parsed);
  }
  if (action == "cas") {
    require("POST");
    const Value parsed = ParseBody(body);
    return MakeWrite({{"f", "cas"},
                      {"key", key},
                      {"old", Member(parsed, "old")},
                      {"new", Member(parsed, "new")}},
                     parsed);
  }
  if (action == "append") {
    require("POST");
    const Value parsed = ParseBody(body);
    return MakeWrite({{"f", "append"}, {"key", key}, {"value", Member(parsed, "value")}}, parsed);
  }
  throw Refusal{404, "not-found", "a key has no " + action};
}

std::variant<Operation, StatusRequest, Answer> Parse(const std::string& method,
                                                     const std::string& target,
                                                     const std::string& body) {
  const std::string_view path = std::string_view(target).substr(0, target.find('?'));
  constexpr std::string_view kKeys = "/v1/kv/";
  if (path.starts_with(kKeys)) {
    return ParseKeyRequest(method, path.substr(kKeys.size()), body);
  }
  if (path == "/v1/txn") {
    if (method != "POST") throw Refusal{405, "bad-method", "use POST"};
    const Value parsed = ParseBody(body);
    return MakeTransaction(parsed);
  }
  if (path == "/v1/status") {
    if (method != "GET") throw Refusal{405, "bad-method", "use GET"};
    return StatusRequest{};
  }
  throw Refusal{404, "not-found",
                "there are /v1/kv/KEY, /v1/kv/KEY/cas, /v1/kv/KEY/append, "
                "/v1/txn and /v1/status"};
}

}  // namespace

std::variant<Operation, StatusRequest, Answer> ParseRequest(const std::string& method,
                                                            const std::string& target,
                                                            const std::string& body) {
  try {
    return Parse(method, target, body);
  } catch (const Refusal& refusal) {
    return ErrorAnswer(refusal.status, refusal.symbol, refusal.text, true);
  }
}

}  // namespace cleave::raft
