// Operations of the workloads as requests to cleave-raft (its interface: targets/raft/README.md).
//
// A request whose outcome is unknown is sent again with the same client and sequence number until
// the deadline: the store applies it once. What was never proposed is kFail; what stays unknown is
// kInfo.
#pragma once

#include <string>

#include "harness/run/client.h"
#include "targets/http_client.h"

namespace cleave {

struct RaftClientOptions {
  std::string address;
  uint16_t port = 8080;
  std::string id;     // names this client in the store, as no other client of the run
  bool retry = true;  // false: an unknown outcome is reported at once
};

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

}  // namespace cleave
