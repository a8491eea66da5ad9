// The order of versions of each key as far as it is certain: chains of versions that follow each
// other with nothing between.
//
// A transaction that reads a version and writes the key replaces that very version, under
// serializability and under (parallel) snapshot isolation: with another one between, it would have
// to come before and after that one's writer. (Not so under prefix consistency.) Lists show their
// order besides. What is left open is in which order a key's chains come.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "checkers/transactions/assumed_orders.h"
#include "checkers/transactions/isolation_history.h"

namespace cleave {

class VersionChains {
 public:
  /// `replacing`: who reads a version and writes the key replaces that very version. Without, only
  /// known orders make chains. O(reads + writes).
  VersionChains(const IsolationHistory& history, bool replacing);

  struct Chain {
    uint32_t first, last;  // versions
    uint32_t key;
  };
  /// Chains that begin with a key's initial version come first: chain k is key k's.
  std::span<const Chain> chains() const { return chains_; }
  /// The other chains of a key.
  std::span<const uint32_t> ChainsOf(uint32_t key) const {
    return std::span(by_key_).subspan(key_begin_[key], key_begin_[key + 1] - key_begin_[key]);
  }

  /// The version of a key that a transaction wrote; UINT32_MAX where it did not.
  uint32_t VersionOf(uint32_t transaction, uint32_t key) const;
  /// The transaction that wrote a version.
  uint32_t owner(uint32_t version) const { return owner_[version]; }
  uint32_t key(uint32_t version) const { return key_[version]; }
  /// The version that replaced it; UINT32_MAX at a chain's end.
  uint32_t next(uint32_t version) const { return next_[version]; }
  /// The chain that a version is in; UINT32_MAX for those that replace each other in a circle.
  uint32_t ChainOf(uint32_t version) const { return chain_of_[version]; }
  /// An assumed order of two versions puts the whole chain of the one before that of the other: the
  /// last version of that, and the first of this. Nothing where both are in one chain, one is in
  /// none, or one is in the chain that precedes all others anyway: those orders hold or do not.
  std::optional<std::pair<uint32_t, uint32_t>> Between(const AssumedOrder& assumed) const;

  /// Transactions that read a version and did not write it.
  std::span<const uint32_t> Readers(uint32_t version) const {
    return std::span(readers_).subspan(readers_begin_[version],
                                       readers_begin_[version + 1] - readers_begin_[version]);
  }

 private:
  void FindReaders();
  void FollowKnownOrders();
  void FollowReplacements();
  void CollectChains();

  const IsolationHistory& history_;
  std::vector<uint32_t> owner_, key_, next_, readers_, readers_begin_, by_key_, key_begin_;
  std::vector<uint32_t> chain_of_;
  std::vector<bool> has_predecessor_;
  std::vector<Chain> chains_;
};

}  // namespace cleave
