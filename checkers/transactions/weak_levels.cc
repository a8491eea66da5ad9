// See weak_levels.h.
#include "checkers/transactions/weak_levels.h"

#include <algorithm>

#include "checkers/transactions/causal_edges.h"

namespace cleave {
namespace {

/// Whether t2 wrote a key, for each of some keys: by a walk along the shorter list, which makes
/// the whole O(n^1.5).
class KeysWritten {
 public:
  KeysWritten(const IsolationHistory& history, uint32_t t) : keys_(history.WritesOf(t)) {}

  /// Calls visit(key) for the keys that are written and in `wanted`, and for no more than
  /// |wanted| others that are written.
  template <class Visit>
  void ForEach(const std::vector<uint32_t>& wanted, Visit visit) const {
    if (keys_.size() <= wanted.size()) {
      for (const uint32_t key : keys_) visit(key);
      return;
    }
    for (const uint32_t key : wanted) {
      if (std::binary_search(keys_.begin(), keys_.end(), key)) visit(key);
    }
  }

 private:
  std::span<const uint32_t> keys_;
};

std::string WhereInEdges() { return "while commit orders are forced"; }

class ReadCommittedEdges {
 public:
  ReadCommittedEdges(const IsolationHistory& history, CommitOrder* order)
      : h_(history),
        order_(order),
        reader_(history.transactions.size(), kNone),
        next_(history.keys, kNone) {}

  void Find(Deadline* deadline) {
    for (uint32_t t = 1; t < h_.transactions.size(); ++t) {
      const IsolationTransaction& txn = h_.transactions[t];
      if (txn.reads_end - txn.reads_begin < 2) continue;
      deadline->Step(txn.reads_end - txn.reads_begin, WhereInEdges);
      FirstReads(t);
      Backwards(t);
    }
  }

 private:
  /// Where t begins to read from each writer.
  void FirstReads(uint32_t t) {
    firsts_.clear();
    const IsolationTransaction& txn = h_.transactions[t];
    for (uint32_t i = txn.reads_begin; i < txn.reads_end; ++i) {
      if (std::exchange(reader_[h_.reads[i].writer], t) != t) firsts_.push_back(i);
    }
  }

  /// From the last read to the first: next_ is then the next read of each key, and later ones of it
  /// follow through the one before.
  void Backwards(uint32_t t) {
    const IsolationTransaction& txn = h_.transactions[t];
    later_.clear();
    for (uint32_t i = txn.reads_end; i-- > txn.reads_begin;) {
      const ExternalRead read = h_.reads[i];
      const auto force = [&](uint32_t key) {
        const uint32_t next = next_[key];
        if (next <= i || next >= txn.reads_end) return;  // of another transaction
        if (h_.reads[next].writer == read.writer) return;
        order_->Force(read.writer, h_.reads[next].writer, key, t);
      };
      const bool first = !firsts_.empty() && firsts_.back() == i;
      if (first) firsts_.pop_back();
      if (read.writer != IsolationHistory::kInitial) {
        if (first)
          KeysWritten(h_, read.writer).ForEach(later_, force);
        else
          force(read.key);
      }
      const uint32_t next = std::exchange(next_[read.key], i);
      if (next <= i || next >= txn.reads_end) later_.push_back(read.key);
    }
  }

  const IsolationHistory& h_;
  CommitOrder* order_;
  std::vector<uint32_t> reader_;  // by writer: who has read from it
  std::vector<uint32_t> next_;    // by key: a read of it
  std::vector<uint32_t> firsts_, later_;
};

class ReadAtomicEdges {
 public:
  ReadAtomicEdges(const IsolationHistory& history, bool sessions, CommitOrder* order)
      : h_(history),
        order_(order),
        sessions_(sessions),
        reader_(history.transactions.size(), kNone),
        read_(history.keys, kNone) {}

  void Find(Deadline* deadline) {
    const size_t size = h_.transactions.size() + h_.reads.size() + h_.writes.size();
    // The latest writer of each key in each session: a table of them all where that is no larger
    // than the history, otherwise one session after the other.
    wide_ = !sessions_ || h_.sessions * h_.keys <= size;
    if (sessions_)
      written_.resize(wide_ ? h_.sessions * h_.keys : h_.keys, IsolationHistory::kInitial);
    for (const uint32_t t : wide_ ? std::vector<uint32_t>() : BySession()) One(t, deadline);
    for (uint32_t t = 1; wide_ && t < h_.transactions.size(); ++t) One(t, deadline);
  }

 private:
  std::vector<uint32_t> BySession() const {
    std::vector<uint32_t> begin(h_.sessions + 1, 0), by_session(h_.transactions.size() - 1);
    for (uint32_t t = 1; t < h_.transactions.size(); ++t) ++begin[h_.transactions[t].session + 1];
    for (size_t s = 1; s < begin.size(); ++s) begin[s] += begin[s - 1];
    for (uint32_t t = 1; t < h_.transactions.size(); ++t) {
      by_session[begin[h_.transactions[t].session]++] = t;
    }
    return by_session;
  }

  void One(uint32_t t, Deadline* deadline) {
    const IsolationTransaction& txn = h_.transactions[t];
    deadline->Step(1 + txn.reads_end - txn.reads_begin, WhereInEdges);
    const size_t row = wide_ ? txn.session * h_.keys : 0;
    const auto valid = [&](uint32_t read) {
      return read >= txn.reads_begin && read < txn.reads_end;
    };
    wanted_.clear();
    for (uint32_t i = txn.reads_begin; i < txn.reads_end; ++i) {
      const auto [key, writer] = h_.reads[i];
      const uint32_t earlier = read_[key];
      if (valid(earlier) && earlier < i) {
        Fractured(t, key, h_.reads[earlier].writer, writer);
        continue;
      }
      read_[key] = i;
      wanted_.push_back(key);
      const uint32_t own = sessions_ ? written_[row + key] : IsolationHistory::kInitial;
      if (own != IsolationHistory::kInitial && own != writer &&
          (wide_ || h_.transactions[own].session == txn.session)) {
        order_->Force(own, writer, key, t);
      }
    }
    for (uint32_t i = txn.reads_begin; i < txn.reads_end; ++i) {
      const uint32_t writer = h_.reads[i].writer;
      if (writer == IsolationHistory::kInitial || std::exchange(reader_[writer], t) == t) continue;
      KeysWritten(h_, writer).ForEach(wanted_, [&](uint32_t key) {
        if (!valid(read_[key]) || h_.reads[read_[key]].writer == writer) return;
        order_->Force(writer, h_.reads[read_[key]].writer, key, t);
      });
    }
    if (!sessions_ || txn.ret == kNever) return;  // nothing follows it in its session
    for (const uint32_t key : h_.WritesOf(t)) written_[row + key] = t;
  }

  /// Both were seen by who read the other.
  void Fractured(uint32_t t, uint32_t key, uint32_t a, uint32_t b) {
    if (a == b) return;
    if (a != IsolationHistory::kInitial) order_->Force(a, b, key, t);
    if (b != IsolationHistory::kInitial) order_->Force(b, a, key, t);
  }

  const IsolationHistory& h_;
  CommitOrder* order_;
  const bool sessions_;
  bool wide_ = false;
  std::vector<uint32_t> written_;  // by (session and) key: the latest writer
  std::vector<uint32_t> reader_;   // by writer: who has read from it
  std::vector<uint32_t> read_;     // by key: the first read of it
  std::vector<uint32_t> wanted_;
};

/// How the reader of a forced edge saw its source.
std::vector<CommitEdge> HowSeen(const IsolationHistory& h, bool sessions, const CommitOrder& order,
                                const CommitEdge& e) {
  for (const ExternalRead& read : h.ReadsOf(e.reader)) {
    if (read.writer == e.from) return {{e.from, e.reader, CommitReason::kRead, read.key}};
  }
  const IsolationTransaction &from = h.transactions[e.from], &reader = h.transactions[e.reader];
  if (sessions && from.session == reader.session && from.ret != kNever && e.from < e.reader) {
    return {{e.from, e.reader, CommitReason::kSession}};
  }
  return order.HappensBefore(e.from, e.reader);
}

}  // namespace

WeakVerdict CheckWeakLevel(const IsolationHistory& history, WeakLevel level, Deadline* deadline,
                           uint64_t memory, uint32_t far_ahead) {
  using Kind = WeakLevel::Kind;
  CommitOrder order(history, level.sessions, deadline, far_ahead);
  const auto force = [&] {
    switch (level.kind) {
      case Kind::kReadCommitted: ReadCommittedEdges(history, &order).Find(deadline); break;
      case Kind::kReadAtomic:
        ReadAtomicEdges(history, level.sessions, &order).Find(deadline);
        break;
      case Kind::kCausal:
        ForceCausalEdges(history, level.sessions, deadline, memory, &order);
        break;
    }
  };
  if (order.Arrange() && order.ArrangeWith(force)) return {};
  WeakVerdict verdict{false, {}};
  for (const CommitEdge& e : order.ShortestCycle()) {
    verdict.cycle.push_back({e, {}});
    if (e.reason == CommitReason::kForced)
      verdict.cycle.back().seen_by = HowSeen(history, level.sessions, order, e);
  }
  return verdict;
}

}  // namespace cleave
