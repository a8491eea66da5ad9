// The command line of cleave-raft.
#pragma once

#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "targets/raft/server/replica.h"

namespace cleave::raft {

struct Endpoint {
  std::string address;  // an IP address
  uint16_t port = 0;
};

struct ServerOptions {
  ReplicaOptions replica;
  std::vector<Endpoint> peers;  // of all nodes, in the order of replica.names
  Endpoint client;              // where clients are served
  std::filesystem::path data;
  bool help = false;
  bool version = false;
};

/// The words for a person who gave a wrong option.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// `arguments` without the program's name. Throws UsageError.
ServerOptions ParseServerOptions(std::span<const std::string> arguments);
std::string ServerUsage();
/// "0.1.0".
std::string ServerVersion();

}  // namespace cleave::raft
