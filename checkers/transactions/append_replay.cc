// See append_replay.h.
#include "checkers/transactions/append_replay.h"

#include <algorithm>
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

  std::vector<bool> Run() {
    std::vector<bool> done(a_.transactions.size(), false);
    for (uint32_t t = 0; t < a_.transactions.size() && !Overdue(a_.OperationOf(t).call); ++t) {
      a_.Step(1, t);
      ready_.push_back(t);
      while (!ready_.empty()) {
        const uint32_t next = ready_.back();
        ready_.pop_back();
        if (!Affordable(next)) return done;
        done[next] = Try(next);
      }
      if (Waits(t)) returns_.push({a_.OperationOf(t).ret, t});
    }
    return done;
  }

 private:
  /// Whether a transaction that returned before the event must still wait.
  bool Overdue(Position call) {
    for (; !returns_.empty() && returns_.top().first < call; returns_.pop()) {
      if (Waits(returns_.top().second)) return true;
    }
    return false;
  }

  bool Affordable(uint32_t t) {
    const uint32_t tries = a_.transactions[t].end - a_.transactions[t].begin;
    if (tries_left_ < tries) return false;
    tries_left_ -= tries;
    return true;
  }

  bool Waits(uint32_t t) const { return next_[t] != kNone; }

  /// Does a transaction, or lets it wait.
  bool Try(uint32_t t) {
    const Transaction& txn = a_.transactions[t];
    uint32_t met = 0;
    for (uint32_t i = txn.begin; i < txn.end; ++i) {
      const VersionUse use = a_.uses[i];
      if (use.version == kNoVersion) {
        const uint32_t last = use.write ? LastSeen(t, i) : kNone;
        if (last == kNone || (left_[last] & ~kWatched) == 0) continue;
        Wait(t, last, Undo(txn.begin, i, last));
        return false;
      }
      const uint32_t needed = use.version - use.write;
      if ((left_[needed] & (use.write ? ~kWatched : kUnmade)) != 0) {
        Wait(t, needed, Undo(txn.begin, i, needed));
        return false;
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

  /// Returns how many of the micro-operations are reads of the version.
  uint32_t Undo(uint32_t begin, uint32_t end, uint32_t version) {
    uint32_t reads = 0;
    for (uint32_t i = begin; i < end; ++i) {
      const VersionUse use = a_.uses[i];
      if (use.version == kNoVersion) continue;
      left_[use.version] += use.write ? kUnmade : 1;
      reads += !use.write && use.version == version;
    }
    return reads;
  }

  /// `own`: how many reads of the version are the transaction's own.
  void Wait(uint32_t t, uint32_t version, uint32_t own) {
    left_[version] |= kWatched;
    Waiting& waiting = waiting_.try_emplace(version, Waiting{t, 0}).first->second;
    next_[t] = std::exchange(waiting.first, t);
    waiting.own = std::max(waiting.own, own);
  }

  /// Those that may go on after this one.
  void Wake(const Transaction& txn) {
    for (uint32_t i = txn.begin; i < txn.end; ++i) {
      const VersionUse use = a_.uses[i];
      if (use.version == kNoVersion) continue;
      uint32_t& left = left_[use.version];
      if ((left & kWatched) == 0) continue;
      const auto it = waiting_.find(use.version);
      if (!use.write && (left & ~kWatched) > it->second.own) continue;
      left &= ~kWatched;
      for (uint32_t t = it->second.first, last = kNone; t != last;) {
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
  struct Waiting {
    uint32_t first;  // a transaction
    uint32_t own;    // the most reads of the version that one of them makes itself
  };
  boost::unordered_flat_map<uint32_t, Waiting> waiting_;                      // by version
  using Return = std::pair<Position, uint32_t>;                               // and its transaction
  std::priority_queue<Return, std::vector<Return>, std::greater<>> returns_;  // of who had to wait
  std::vector<uint32_t> ready_;
  /// Long transactions that wait often are done from the start each time.
  uint64_t tries_left_ = 16 * a_.uses.size();
};

}  // namespace

std::vector<bool> Replay(const AppendHistory& appends) {
  if (appends.uses.size() < 1U << 30) return AppendReplay(appends).Run();
  return std::vector<bool>(appends.transactions.size(), false);  // more than can be counted here
}

}  // namespace cleave
