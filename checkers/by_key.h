// The operations of a history grouped by independent key, in call order inside each.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/history/history.h"

namespace cleave {

/// A counting sort by key: Count everything, Close, then Place everything again in the same order.
/// What has no key comes last.
class KeyBins {
 public:
  explicit KeyBins(const History& history) : next_(history.keys().size() + 1, 0) {}

  void Count(KeyId key) { ++next_[Bin(key)]; }
  /// Appends the keys that there are and where each begins, with the end of the last.
  void Close(std::vector<KeyId>* keys, std::vector<uint32_t>* begin) {
    uint32_t at = 0;
    for (size_t i = 0; i < next_.size(); ++i) {
      const uint32_t count = next_[i];
      next_[i] = at;
      if (count == 0) continue;
      keys->push_back(i + 1 == next_.size() ? kNoKey : static_cast<KeyId>(i));
      begin->push_back(at);
      at += count;
    }
    begin->push_back(at);
  }
  uint32_t Place(KeyId key) { return next_[Bin(key)]++; }

 private:
  size_t Bin(KeyId key) const { return key == kNoKey ? next_.size() - 1 : key; }

  std::vector<uint32_t> next_;
};

/// Operations without a key are a key of their own, the last one. O(operations) to build.
class ByKey {
 public:
  /// Of no history: no keys.
  ByKey() = default;
  explicit ByKey(const History& history) {
    const auto ops = history.operations();
    KeyBins bins(history);
    for (const Operation& op : ops) bins.Count(op.key);
    bins.Close(&keys_, &begin_);
    order_.resize(ops.size());
    for (uint32_t i = 0; i < ops.size(); ++i) order_[bins.Place(ops[i].key)] = i;
  }

  size_t size() const { return keys_.size(); }
  KeyId key(size_t i) const { return keys_[i]; }
  std::span<const uint32_t> Operations(size_t i) const {
    return std::span(order_).subspan(begin_[i], begin_[i + 1] - begin_[i]);
  }

 private:
  std::vector<KeyId> keys_;      // those that have operations
  std::vector<uint32_t> begin_;  // where key number i starts in order_
  std::vector<uint32_t> order_;
};

/// " of key \"k4\"", or nothing for kNoKey.
inline std::string OfKey(const History& history, KeyId key) {
  return key == kNoKey ? "" : " of key " + history.values().ToShortText(history.keys()[key]);
}

/// What a checker throws at a function that it does not know: the function, its event, and what it
/// does know. RunChecker makes kUnknown of it.
[[noreturn]] void UnknownFunction(const History& history, uint32_t operation,
                                  const std::string& known);

}  // namespace cleave
