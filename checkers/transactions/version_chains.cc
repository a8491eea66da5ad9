// See version_chains.h. Versions are numbered as IsolationHistory::writes, behind the initial ones.
#include "checkers/transactions/version_chains.h"

#include <algorithm>
#include <numeric>

#include "checkers/no_index.h"

namespace cleave {

VersionChains::VersionChains(const IsolationHistory& history, bool replacing) : history_(history) {
  const auto keys = static_cast<uint32_t>(history.keys);
  owner_.resize(keys + history.writes.size(), IsolationHistory::kInitial);
  key_.resize(owner_.size());
  std::iota(key_.begin(), key_.begin() + keys, 0);
  for (uint32_t t = 0; t < history.transactions.size(); ++t) {
    const IsolationTransaction& txn = history.transactions[t];
    for (uint32_t w = txn.writes_begin; w < txn.writes_end; ++w) {
      owner_[keys + w] = t;
      key_[keys + w] = history.writes[w];
    }
  }
  next_.resize(owner_.size(), kNone);
  has_predecessor_.resize(owner_.size());
  FindReaders();
  FollowKnownOrders();
  if (replacing) FollowReplacements();
  CollectChains();
}

/// A transaction writes a handful of keys: they are looked through.
uint32_t VersionChains::VersionOf(uint32_t transaction, uint32_t key) const {
  if (transaction == IsolationHistory::kInitial) return key;
  const auto writes = history_.WritesOf(transaction);
  const auto place = std::find(writes.begin(), writes.end(), key);
  if (place == writes.end()) return kNone;
  return static_cast<uint32_t>(history_.keys) + history_.transactions[transaction].writes_begin +
         static_cast<uint32_t>(place - writes.begin());
}

std::optional<std::pair<uint32_t, uint32_t>> VersionChains::Between(
    const AssumedOrder& assumed) const {
  const uint32_t before = chain_of_[VersionOf(assumed.before, assumed.key)];
  const uint32_t after = chain_of_[VersionOf(assumed.after, assumed.key)];
  if (before == after || before == kNone || after == kNone) return std::nullopt;
  if (before == assumed.key || after == assumed.key) return std::nullopt;
  return std::pair{chains_[before].last, chains_[after].first};
}

void VersionChains::FindReaders() {
  readers_begin_.assign(owner_.size() + 1, 0);
  std::vector<uint32_t> version_read(history_.reads.size());
  for (size_t r = 0; r < history_.reads.size(); ++r) {
    version_read[r] = VersionOf(history_.reads[r].writer, history_.reads[r].key);
    ++readers_begin_[version_read[r] + 1];
  }
  std::partial_sum(readers_begin_.begin(), readers_begin_.end(), readers_begin_.begin());
  readers_.resize(history_.reads.size());
  std::vector<uint32_t> next(readers_begin_.begin(), readers_begin_.end() - 1);
  for (uint32_t t = 0; t < history_.transactions.size(); ++t) {
    const IsolationTransaction& txn = history_.transactions[t];
    for (uint32_t r = txn.reads_begin; r < txn.reads_end; ++r)
      readers_[next[version_read[r]]++] = t;
  }
}

void VersionChains::FollowKnownOrders() {
  for (uint32_t k = 0; k < history_.keys; ++k) {
    uint32_t last = k;
    for (const uint32_t writer : history_.known_order[k]) {
      const uint32_t version = VersionOf(writer, k);
      // A writer that stands there twice contradicts itself: whoever draws edges sees to that.
      if (version == kNone || version == last || has_predecessor_[version]) continue;
      next_[last] = version;
      has_predecessor_[version] = true;
      last = version;
    }
  }
}

void VersionChains::FollowReplacements() {
  for (uint32_t v = 0; v < owner_.size(); ++v) {
    for (const uint32_t reader : Readers(v)) {
      if (next_[v] != kNone) break;
      const uint32_t own = VersionOf(reader, key_[v]);
      if (own == kNone || own == v || has_predecessor_[own]) continue;
      next_[v] = own;
      has_predecessor_[own] = true;
    }
  }
}

/// Versions that replace each other in a circle are in no chain: who read them contradicts himself
/// without any order of versions.
void VersionChains::CollectChains() {
  key_begin_.assign(history_.keys + 1, 0);
  chain_of_.assign(owner_.size(), kNone);
  const auto walk = [&](uint32_t first) {
    const auto chain = static_cast<uint32_t>(chains_.size());
    uint32_t last = first;
    chain_of_[first] = chain;
    while (next_[last] != kNone) chain_of_[last = next_[last]] = chain;
    chains_.push_back({first, last, key_[first]});
  };
  for (uint32_t k = 0; k < history_.keys; ++k) walk(k);
  for (auto v = static_cast<uint32_t>(history_.keys); v < owner_.size(); ++v) {
    if (has_predecessor_[v]) continue;
    walk(v);
    ++key_begin_[key_[v] + 1];
  }
  std::partial_sum(key_begin_.begin(), key_begin_.end(), key_begin_.begin());
  by_key_.resize(chains_.size() - history_.keys);
  std::vector<uint32_t> next(key_begin_.begin(), key_begin_.end() - 1);
  for (auto c = static_cast<uint32_t>(history_.keys); c < chains_.size(); ++c) {
    by_key_[next[chains_[c].key]++] = c;
  }
}

}  // namespace cleave
