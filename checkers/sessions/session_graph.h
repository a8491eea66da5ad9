// What must come before what, for sessions of reads and writes: session order, reads from, and what
// follows from both. Vector clocks say what precedes an operation: of each session a beginning.
#pragma once

#include <cstdint>
#include <vector>

#include "checkers/deadline.h"
#include "checkers/sessions/session_history.h"

namespace cleave {

/// Why `from` comes before `to`.
struct SessionEdge {
  enum class Kind : uint8_t {
    kSession,   // one session did them in this order
    kReadFrom,  // `to` read what `from` wrote
    kReplaced,  // `from` precedes a read (by) that saw the value of `to`
    kMissed,    // `from` read a value of (by; kInitialWrite) that `to` replaced
  };
  uint32_t from, to;
  Kind kind;
  uint32_t by;
};

class SessionGraph {
 public:
  /// Which operations take part, and whose reads count: those of one session, or of all (kNone).
  SessionGraph(const SessionHistory& sessions, uint32_t view);

  /// Orders everything; false where there is a cycle, which Cycle tells. O(operations · sessions).
  bool Order(Deadline* deadline);
  const std::vector<SessionEdge>& Cycle() const { return cycle_; }

  /// Adds what follows from what is ordered now: a write that precedes a read on its key, and is
  /// not the one read from, precedes that one; with `missed`, a read precedes the writes that its
  /// own write precedes. True where something was added. Where a read saw the initial value after a
  /// write, that is in Cycle.
  bool Infer(bool missed, Deadline* deadline);

  /// Operations in an order that respects all edges, after Order.
  const std::vector<uint32_t>& order() const { return order_; }
  bool Takes(uint32_t op) const { return taken_[op]; }
  bool Counts(uint32_t op) const { return counts_[op]; }
  const std::vector<SessionEdge>& edges() const { return extra_; }

 private:
  uint32_t* Clock(uint32_t op) { return clocks_.data() + size_t{op} * sessions_.sessions.size(); }
  bool Before(uint32_t a, uint32_t b) {
    return Clock(b)[sessions_.ops[a].session] > sessions_.ops[a].index && a != b;
  }
  template <class Visit>
  void ForEachEdgeFrom(uint32_t op, Visit visit) const;
  const std::vector<uint32_t>& WritesOf(uint32_t session, uint32_t key) const;
  void InferFromRead(uint32_t read, bool missed);
  void FindCycle(const std::vector<uint32_t>& missing);
  void Add(SessionEdge edge);

  const SessionHistory& sessions_;
  std::vector<bool> taken_, counts_;
  std::vector<uint32_t> next_in_session_;
  std::vector<std::vector<uint32_t>> readers_;     // by operation, those that count
  std::vector<std::vector<uint32_t>> extra_from_;  // by operation: indices into extra_
  std::vector<SessionEdge> extra_;
  std::vector<std::vector<uint32_t>> writes_;  // by session · keys + key, in order
  std::vector<uint32_t> clocks_, order_;
  std::vector<SessionEdge> cycle_;
};

}  // namespace cleave
