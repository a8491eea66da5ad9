// See append_replay.h.
#include "checkers/transactions/append_replay.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <queue>

#include "checkers/no_index.h"

namespace cleave {
namespace {

class AppendReplay {
 public:
  explicit AppendReplay(const AppendHistory& appends)
      : a_(appends), left_(appends.writer.size(), 0), next_(appends.transactions.size(), kNone) {
    for (const VersionUse use : a_.uses) {
      if (use.version == kNoVersion) continue;
      left_[use.version] += use.write ? kUnmade : 1;
    }
  }

  bool Run() {
    for (uint32_t t = 0; t < a_.transactions.size(); ++t) {
      const Position call = a_.OperationOf(t).call;
      for (; !returns_.empty() && returns_.top().first < call; returns_.pop()) {
        if (Waits(returns_.top().second)) return false;
      }
      a_.Step(1, t);
      ready_.push_back(t);
      while (!ready_.empty()) {
        const uint32_t next = ready_.back();
        ready_.pop_back();
        if (!Try(next)) return false;
      }
      if (Waits(t)) returns_.push({a_.OperationOf(t).ret, t});
    }
    return waiting_.empty();
  }

 private:
  bool Waits(uint32_t t) const { return next_[t] != kNone; }

  /// Does a transaction, or lets it wait. False where that was tried too often.
  bool Try(uint32_t t) {
    const Transaction& txn = a_.transactions[t];
    if (tries_left_ < txn.end - txn.begin) return false;
    tries_left_ -= txn.end - txn.begin;
    uint32_t met = 0;
    for (uint32_t i = txn.begin; i < txn.end; ++i) {
      const VersionUse use = a_.uses[i];
      if (use.version == kNoVersion) {
        const uint32_t last = use.write ? LastSeen(t, i) : kNone;
        if (last == kNone || (left_[last] & ~kWatched) == 0) continue;
        Undo(txn.begin, i);
        Wait(t, last);
        return true;
      }
      const uint32_t needed = use.version - use.write;
      if ((left_[needed] & (use.write ? ~kWatched : kUnmade)) != 0) {
        Undo(txn.begin, i);
        Wait(t, needed);
        return true;
      }
      left_[use.version] -= use.write ? kUnmade : 1;
      met |= left_[use.version];
    }
    if ((met & kWatched) != 0) Wake(txn);
    return true;
  }

  /// What an append that nobody saw comes behind; kNone where that is not known.
  uint32_t LastSeen(uint32_t t, uint32_t mop) const {
    const AppendKey& key = a_.keys[a_.mops[mop].key];
    return key.ambiguous || !a_.Happened(t) ? kNone : key.first_version + key.versions;
  }

  void Undo(uint32_t begin, uint32_t end) {
    for (uint32_t i = begin; i < end; ++i) {
      const VersionUse use = a_.uses[i];
      if (use.version != kNoVersion) left_[use.version] += use.write ? kUnmade : 1;
    }
  }

  void Wait(uint32_t t, uint32_t version) {
    left_[version] |= kWatched;
    const auto [it, fresh] = waiting_.try_emplace(version, t);
    next_[t] = std::exchange(it->second, t);
  }

  /// Those that may go on after this one.
  void Wake(const Transaction& txn) {
    for (uint32_t i = txn.begin; i < txn.end; ++i) {
      const VersionUse use = a_.uses[i];
      if (use.version == kNoVersion) continue;
      uint32_t& left = left_[use.version];
      if ((left & kWatched) == 0 || (!use.write && left != kWatched)) continue;
      left &= ~kWatched;
      const auto it = waiting_.find(use.version);
      for (uint32_t t = it->second, last = kNone; t != last;) {
        ready_.push_back(t);
        last = t;
        t = std::exchange(next_[t], kNone);
      }
      waiting_.erase(it);
    }
  }

  /// A version that is not made yet, or that somebody waits for, besides how many are to read it.
  static constexpr uint32_t kUnmade = 1U << 31, kWatched = 1U << 30;

  const AppendHistory& a_;
  BigVector<uint32_t> left_;  // by version: what has not happened to it
  /// By transaction that waits: the next one that waits for the same version, itself for the last.
  BigVector<uint32_t> next_;
  boost::unordered_flat_map<uint32_t, uint32_t> waiting_;  // version → the first that waits for it
  using Return = std::pair<Position, uint32_t>;            // and its transaction
  std::priority_queue<Return, std::vector<Return>, std::greater<>> returns_;  // of who had to wait
  std::vector<uint32_t> ready_;
  /// Long transactions that wait often are done from the start each time.
  uint64_t tries_left_ = 16 * a_.uses.size();
};

}  // namespace

bool CanReplay(const AppendHistory& appends) {
  if (appends.uses.size() >= 1U << 30) return false;  // more than can be counted here
  return AppendReplay(appends).Run();
}

}  // namespace cleave
