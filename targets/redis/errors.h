// What Redis's error replies say of an operation: whether it certainly did not happen.
#pragma once

#include <stdexcept>
#include <string>

namespace cleave {

/// An operation that did not succeed. `definite`: it certainly had no effect and never will.
class RedisError : public std::runtime_error {
 public:
  RedisError(const std::string& symbol, const std::string& text, bool definite)
      : std::runtime_error(text), symbol(symbol), definite(definite) {}
  std::string symbol;
  bool definite;
};

/// What an error reply means ("READONLY You can't write against a read only replica."), by the
/// sources of Redis 7.0 (processCommand and scriptCall): what is not known there is not definite.
RedisError RedisErrorOf(const std::string& reply);

}  // namespace cleave
