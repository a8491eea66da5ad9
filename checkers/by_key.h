// The operations of a history grouped by independent key, in call order inside each.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/history/history.h"

namespace cleave {

/// Operations without a key are a key of their own, the last one. O(operations) to build.
class ByKey {
 public:
  explicit ByKey(const History& history) {
    const auto ops = history.operations();
    const size_t no_key = history.keys().size();
    std::vector<uint32_t> next(no_key + 1, 0);
    for (const Operation& op : ops) ++next[op.key == kNoKey ? no_key : op.key];
    uint32_t at = 0;
    for (size_t i = 0; i <= no_key; ++i) {
      const uint32_t count = next[i];
      next[i] = at;
      if (count == 0) continue;
      keys_.push_back(i == no_key ? kNoKey : static_cast<KeyId>(i));
      begin_.push_back(at);
      at += count;
    }
    begin_.push_back(at);
    order_.resize(ops.size());
    for (uint32_t i = 0; i < ops.size(); ++i) {
      order_[next[ops[i].key == kNoKey ? no_key : ops[i].key]++] = i;
    }
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
