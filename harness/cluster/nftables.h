// libnftables in this process: no nft program is needed, and a cut costs microseconds.
#pragma once

#include <memory>
#include <string>

#include "harness/history/json.h"

struct nft_ctx;

namespace cleave {

/// Talks to the net namespace that the calling thread is in when it is made. Not thread-safe.
class Nftables {
 public:
  Nftables();
  ~Nftables();
  Nftables(const Nftables&) = delete;
  Nftables& operator=(const Nftables&) = delete;
  /// Runs commands as one transaction: all or nothing. Throws std::runtime_error with nft's own
  /// words.
  void Run(const std::string& commands);
  /// Runs a `list` command and returns its objects: the array under "nftables".
  Json List(const std::string& command);

 private:
  nft_ctx* context_;
};

}  // namespace cleave
