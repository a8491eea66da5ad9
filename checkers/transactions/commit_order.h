// The order in which transactions commit, as far as it is forced: by sessions, by who read from
// whom, and by what an isolation level demands. Biswas & Enea, "On the complexity of checking
// transactional consistency", OOPSLA 2019.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checkers/deadline.h"
#include "checkers/no_index.h"
#include "checkers/transactions/isolation_history.h"

namespace cleave {

enum class CommitReason : uint8_t {
  kInitial,   // `from` is IsolationHistory::kInitial
  kSession,   // both are of one session
  kRead,      // `to` read `key` from `from`
  kVersions,  // the known or assumed order of the versions of `key`
  kForced,    // `reader` read `key` from `to`, and saw `from`, which wrote it as well
};

/// `from` precedes `to` in every commit order. Transactions are numbers of the IsolationHistory.
struct CommitEdge {
  uint32_t from, to;
  CommitReason reason;
  uint32_t key = kNone;     // kRead, kVersions, kForced
  uint32_t reader = kNone;  // kForced
};

/// An order of the transactions that is repaired where new edges contradict it. It begins as the
/// order of the calls, to which real histories come close: repairs are then small.
class CommitOrder {
 public:
  /// How many transactions an edge leads ahead that ArrangeWith leaves out at first.
  static constexpr uint32_t kFarAhead = 1024;

  /// History and deadline outlive the order. Holds the edges of reads, of known or assumed orders
  /// of versions, and of sessions where they are asked for. O(size).
  CommitOrder(const IsolationHistory& history, bool sessions, Deadline* deadline,
              uint32_t far_ahead = kFarAhead);

  /// `from` commits before `to`, for both wrote `key`, and `reader` saw `from` and read from `to`.
  void Force(uint32_t from, uint32_t to, uint32_t key, uint32_t reader) {
    if (to == IsolationHistory::kInitial && before_initial_ == kNone) {
      before_initial_ = static_cast<uint32_t>(forced_.size());
    }
    if (to > from && to - from > far_)
      left_out_ = true;
    else
      forced_.push_back({from, to, key, reader});
  }

  /// Finds an order that all edges respect; false where there is none. Throws OutOfTime.
  /// O(transactions + edges), sequential except where the order must be repaired.
  bool Arrange();

  /// The same with the edges that force() calls Force for, once an order without them was found.
  /// Those that lead far ahead are left out at first: no small repair can meet them. Where a large
  /// one is needed, force() is called again.
  template <class ForceAll>
  bool ArrangeWith(ForceAll force) {
    far_ = FarAhead();
    const size_t before = forced_.size();
    force();
    if (!FindRepairs()) return false;
    if (left_out_ && longest_ > far_ahead_) {
      forced_.resize(before);
      far_ = kNone;
      force();
      if (!FindRepairs()) return false;
    }
    return longest_ == 0 || Repair();
  }

  /// Transactions in the order of the last Arrange that returned true.
  std::span<const uint32_t> order() const { return order_; }
  /// The one before it in session order; kInitial where there is none, or nobody asked for
  /// sessions.
  uint32_t SessionPredecessor(uint32_t t) const { return before_in_session_[t]; }

  /// After Arrange returned false: the shortest cycle that a bounded search finds. Steps of one
  /// session in a row are one.
  std::vector<CommitEdge> ShortestCycle() const;

  /// The shortest path of kSession and kRead edges; empty where there is none.
  std::vector<CommitEdge> HappensBefore(uint32_t from, uint32_t to) const;

 private:
  struct Forced {
    uint32_t from, to, key, reader;  // reader kNone: the order of versions
  };
  static CommitReason ReasonOf(const Forced& e) {
    return e.reader == kNone ? CommitReason::kVersions : CommitReason::kForced;
  }
  struct Link {
    uint32_t from, to;  // positions inside the windows
  };
  void ForceKnownOrders();
  uint32_t FarAhead() const;
  bool FindRepairs();
  void FindWindows();
  template <class Visit>
  void InsideWindows(Visit visit) const;
  bool Repair();

  const IsolationHistory& history_;
  Deadline* deadline_;
  const uint32_t far_ahead_;
  std::vector<uint32_t> before_in_session_;
  std::vector<Forced> forced_;
  std::vector<uint32_t> order_, position_;  // inverse to each other
  std::vector<uint32_t> window_;            // by position: where its window ends; kNone: in none
  std::vector<uint32_t> stuck_;             // transactions on or between cycles
  uint32_t longest_ = 0;                    // window; 0: there is none
  uint32_t far_ = kNone;                    // edges that lead further ahead are left out
  bool left_out_ = false;
  uint32_t before_initial_ = kNone;  // a forced edge into the initial transaction
};

}  // namespace cleave
