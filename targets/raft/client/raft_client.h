// Operations of the workloads as requests to cleave-raft (its interface: targets/raft/README.md).
//
// A request whose outcome is unknown is sent again with the same client and sequence number until
// the deadline: the store applies it once. What was never proposed is kFail; what stays unknown is
// kInfo.
#pragma once

#include <chrono>
#include <string>

#include "harness/run/client.h"
#include "targets/http_client.h"
#include "targets/transactions.h"

namespace cleave {

struct RaftClientOptions {
  std::string address;
  uint16_t port = 8080;
  std::string id;         // names this client in the store, as no other client of the run
  std::string interface;  // the data type; transactions of "append" must read lists
  bool retry = true;      // false: an unknown outcome is reported at once
};

/// Beside the functions of the workloads there is "swap" {"if": [[KEY, V], …], "ops": […]}: a
/// transaction on condition; where it does not hold, kFail "mismatch" with all that was observed.
class RaftClient : public Client {
 public:
  explicit RaftClient(const RaftClientOptions& options);
  asio::awaitable<Completion> Invoke(const Invocation& invocation) override;

 private:
  struct Request {
    std::string method;
    std::string path;
    std::string body;
    bool read = false;
  };
  /// One try: its completion, with kInfo for what may have happened.
  asio::awaitable<Completion> Try(const Invocation& invocation, const Request& request);
  Request MakeRequest(const Invocation& invocation);
  Json Identified(Json body);

  RaftClientOptions options_;
  HttpClient http_;
  int64_t sequence_ = 0;
};

/// Transactions that look at the store before they know what to write: a bank's and g2's.
class RaftTransactionClient : public Client, private ConditionalStore {
 public:
  explicit RaftTransactionClient(const RaftClientOptions& options)
      : interface_(options.interface), client_(options) {}
  asio::awaitable<Completion> Invoke(const Invocation& invocation) override;

 private:
  asio::awaitable<std::vector<Version>> ReadAll(const std::vector<std::string>& keys) override;
  asio::awaitable<std::optional<std::vector<Version>>> Swap(
      const std::vector<std::string>& keys, const std::vector<Version>& before,
      const std::vector<Json>& after) override;
  /// One request as a part of the operation; what neither happened nor was a mismatch is thrown.
  asio::awaitable<Completion> Ask(const char* f, Json value);

  std::string interface_;
  RaftClient client_;
  std::chrono::steady_clock::time_point deadline_;
};

}  // namespace cleave
