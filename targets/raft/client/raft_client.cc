// Requests, replies and retries.
#include "targets/raft/client/raft_client.h"

#include <stdexcept>

#include "harness/run/answers.h"

namespace cleave {
namespace {

/// Between tries, and before a failure is reported, so that a client of a dead node does not spin.
constexpr std::chrono::milliseconds kRetryPause{50};

std::string KeyText(const Json& key, const std::string& fallback) {
  if (key.is_null()) return fallback;
  return key.is_string() ? key.get<std::string>() : DumpJson(key);
}

std::string PathOf(const std::string& key) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out = "/v1/kv/";
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || c == '-' || c == '_' || c == '.' || c == '~') {
      out.push_back(c);
    } else {
      out.push_back('%');
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
  return out;
}

Completion Failed(Outcome outcome, const std::string& error, const std::string& text) {
  Completion completion;
  completion.outcome = outcome;
  completion.error = error;
  completion.text = text;
  return completion;
}

void Require(bool sense, const char* otherwise) {
  if (!sense) throw std::runtime_error(otherwise);
}

/// The value of a list that may be absent.
const Json& CheckedList(const Json& value) {
  Require(value.is_null() || value.is_array(), "the value is not a list");
  return value;
}

/// The micro-operations as they were asked for, with what was read.
Json Completed(const Json& asked, const Json& done, bool lists) {
  Require(done.is_array() && done.size() == asked.size(), "not as many operations as were asked");
  Json value = asked;
  for (size_t i = 0; i < value.size(); ++i) {
    const Json& op = done.at(i);
    const bool same = op.is_array() && op.size() == 3 && op.at(0) == asked.at(i).at(0) &&
                      op.at(1) == Json(KeyText(asked.at(i).at(1), ""));
    Require(same, "other operations than were asked");
    if (op.at(0) == "r") value.at(i).at(2) = lists ? CheckedList(op.at(2)) : op.at(2);
  }
  return value;
}

/// The completion of a reply of status 200. Throws std::exception where the store never answers
/// so: a store (or a proxy, or another server) that talks nonsense has promised nothing.
Completion Interpret(const Invocation& invocation, const Json& reply, bool lists) {
  if (invocation.f == "read") {
    const Json& value = reply.at("value");
    const bool set = invocation.key.is_null();
    if (!set) return Succeeded(value);
    // A set that nothing was added to yet has no key.
    return Succeeded(CheckedList(value).is_null() ? Json::array() : value);
  }
  const bool done = reply.at("ok").get<bool>();
  if ((invocation.f == "cas" || invocation.f == "swap") && !done) {
    Completion completion = Failed(Outcome::kFail, "mismatch", "");
    completion.observed = reply.at("observed");
    return completion;
  }
  Require(done, "not ok, and no error");
  if (invocation.f == "txn") return Succeeded(Completed(invocation.value, reply.at("ops"), lists));
  return Succeeded(invocation.value);
}

/// Ends an operation in the midst of its requests.
struct Ended {
  Completion completion;
};

}  // namespace

RaftClient::RaftClient(const RaftClientOptions& options)
    : options_(options), http_(options.address, options.port) {}

Json RaftClient::Identified(Json body) {
  body["client"] = options_.id;
  body["seq"] = ++sequence_;
  return body;
}

RaftClient::Request RaftClient::MakeRequest(const Invocation& invocation) {
  const std::string& f = invocation.f;
  const Json& value = invocation.value;
  if (f == "txn") {
    Json ops = value;
    for (Json& op : ops) op.at(1) = KeyText(op.at(1), "");
    Json body;
    body["ops"] = std::move(ops);
    if (IsRead(f, value)) return {"POST", "/v1/txn", DumpJson(body), true};
    return {"POST", "/v1/txn", DumpJson(Identified(std::move(body))), false};
  }
  if (f == "swap") return {"POST", "/v1/txn", DumpJson(Identified(value)), false};
  const std::string path = PathOf(KeyText(invocation.key, "value"));
  if (f == "read") return {"GET", path, "", true};
  Json body;
  if (f == "cas") {
    body["old"] = value.at(0);
    body["new"] = value.at(1);
    return {"POST", path + "/cas", DumpJson(Identified(std::move(body))), false};
  }
  body["value"] = value;
  if (f == "write") return {"PUT", path, DumpJson(Identified(std::move(body))), false};
  if (f == "add") return {"POST", path + "/append", DumpJson(Identified(std::move(body))), false};
  throw std::runtime_error("raft has no function " + f);
}

asio::awaitable<Completion> RaftClient::Try(const Invocation& invocation, const Request& request) {
  HttpReply reply;
  std::optional<Completion> lost;
  try {
    reply = co_await http_.Request(request.method, request.path, request.body);
  } catch (const HttpError& error) {
    const bool definite = !error.sent || request.read;
    lost = Failed(definite ? Outcome::kFail : Outcome::kInfo, error.symbol, error.what());
  }
  if (lost) co_return std::move(*lost);
  const Json body = TryParseJson(reply.body);
  try {
    const bool lists = options_.interface == "append";
    if (reply.status == 200) co_return Interpret(invocation, body, lists);
    const bool definite = request.read || body.at("definite").get<bool>();
    co_return Failed(definite ? Outcome::kFail : Outcome::kInfo, body.at("error"), body.at("text"));
  } catch (const std::exception& error) {
    const std::string text = "HTTP " + std::to_string(reply.status) + ": " +
                             reply.body.substr(0, 200) + " (" + error.what() + ")";
    co_return Failed(request.read ? Outcome::kFail : Outcome::kInfo, "nonsense", text);
  }
}

asio::awaitable<Completion> RaftClient::Invoke(const Invocation& invocation) {
  const Request request = MakeRequest(invocation);
  const auto budget = std::chrono::nanoseconds(invocation.deadline - invocation.time);
  const auto deadline = std::chrono::steady_clock::now() + budget;
  asio::steady_timer pause(co_await asio::this_coro::executor);
  bool unknown = false;  // an earlier try may have happened, or may happen yet
  for (;;) {
    Completion completion = co_await Try(invocation, request);
    if (completion.outcome == Outcome::kOk || completion.error == "mismatch") co_return completion;
    unknown = unknown || completion.outcome == Outcome::kInfo;
    pause.expires_after(kRetryPause);
    co_await pause.async_wait(asio::use_awaitable);
    const bool late = std::chrono::steady_clock::now() + kRetryPause >= deadline;
    if (!unknown || late || !options_.retry) {
      if (unknown) completion.outcome = Outcome::kInfo;
      co_return completion;
    }
  }
}

asio::awaitable<Completion> RaftTransactionClient::Invoke(const Invocation& invocation) {
  deadline_ = std::chrono::steady_clock::now() +
              std::chrono::nanoseconds(invocation.deadline - invocation.time);
  const StoreTransaction transaction = MakeTransaction(interface_, invocation);
  Completion completion;
  try {
    completion = co_await RunTransaction(transaction, *this);
  } catch (const Ended& ended) {
    completion = ended.completion;
  }
  co_return completion;
}

asio::awaitable<Completion> RaftTransactionClient::Ask(const char* f, Json value) {
  Invocation request;
  request.f = f;
  request.value = std::move(value);
  const std::chrono::nanoseconds left = deadline_ - std::chrono::steady_clock::now();
  request.deadline = left.count();
  Completion completion = co_await client_.Invoke(request);
  if (completion.outcome == Outcome::kOk || completion.error == "mismatch") co_return completion;
  throw Ended{std::move(completion)};
}

asio::awaitable<std::vector<Version>> RaftTransactionClient::ReadAll(
    const std::vector<std::string>& keys) {
  Json reads = Json::array();
  for (const std::string& key : keys) reads.push_back({"r", key, nullptr});
  const Completion read = co_await Ask("txn", std::move(reads));
  std::vector<Version> versions;
  for (const Json& op : read.value) versions.push_back({op.at(2)});
  co_return versions;
}

asio::awaitable<std::optional<std::vector<Version>>> RaftTransactionClient::Swap(
    const std::vector<std::string>& keys, const std::vector<Version>& before,
    const std::vector<Json>& after) {
  Json swap;
  swap["if"] = swap["ops"] = Json::array();
  for (size_t i = 0; i < keys.size(); ++i) {
    swap["if"].push_back({keys[i], before[i].value});
    if (after[i] != before[i].value) swap["ops"].push_back({"w", keys[i], after[i]});
  }
  const Completion swapped = co_await Ask("swap", std::move(swap));
  if (swapped.outcome == Outcome::kOk) co_return std::nullopt;
  const Json& observed = swapped.observed.value();
  if (!observed.is_array() || observed.size() != keys.size()) {
    throw std::runtime_error("observed another number of keys than were asked for");
  }
  std::vector<Version> versions;
  for (const Json& pair : observed) versions.push_back({pair.at(1)});
  co_return versions;
}

}  // namespace cleave
