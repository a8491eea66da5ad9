// See causal_edges.h. What happens before a transaction is a vector clock (Fidge 1988, Mattern
// 1989) over chains: a session, or a transaction of unknown outcome that its session does not wait
// for; without sessions, writers each of whom read from the one before. Numbers inside a chain
// begin at 1, so that 0 is "nothing of it".
#include "checkers/transactions/causal_edges.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "checkers/out_of_memory.h"

namespace cleave {
namespace {

/// Clocks of the transactions that others are still to look at, in rows that are used again.
class ClockPool {
 public:
  ClockPool(size_t chains, uint64_t memory) : chains_(chains), memory_(memory) {}

  uint32_t Take() {
    if (free_.empty()) {
      // A vector that grows is there twice.
      if (2 * (clocks_.size() + chains_) * sizeof(uint32_t) > memory_) {
        throw OutOfMemory("out of memory while causes are traced along " + std::to_string(chains_) +
                          " chains of transactions");
      }
      free_.push_back(static_cast<uint32_t>(clocks_.size() / chains_));
      clocks_.resize(clocks_.size() + chains_);
    }
    const uint32_t row = free_.back();
    free_.pop_back();
    return row;
  }
  void Give(uint32_t row) { free_.push_back(row); }
  /// Valid until Take.
  uint32_t* Row(uint32_t row) { return clocks_.data() + size_t{row} * chains_; }

 private:
  const size_t chains_;
  const uint64_t memory_;
  std::vector<uint32_t> clocks_, free_;
};

/// The writes of one key by one chain are a slot; the slots of a key follow each other.
struct WriterSlot {
  uint32_t chain;
  uint32_t begin;       // into the writes by slot
  uint32_t passed = 0;  // how many of them the sweep has passed
  uint32_t newest = 0;  // the number of the last of these in its chain
};

class CausalEdges {
 public:
  CausalEdges(const IsolationHistory& history, bool sessions, CommitOrder* order)
      : h_(history), order_(order), n_(static_cast<uint32_t>(history.transactions.size())) {
    chain_.resize(n_, 0);
    number_.resize(n_, 0);
    if (sessions)
      ChainSessions();
    else
      ChainReads();
    MakeSlots();
    CountUses();
  }

  void Find(Deadline* deadline, uint64_t memory) {
    ClockPool pool(chains_, memory);
    std::vector<uint32_t> row(n_, kNone);
    const std::vector<uint32_t> nothing(chains_, 0);
    const auto done_with = [&](uint32_t t) {
      if (t != 0 && --uses_[t] == 0) pool.Give(row[t]);
    };
    for (const uint32_t t : order_->order()) {
      if (t == IsolationHistory::kInitial) continue;
      deadline->Step(chains_ * (1 + h_.ReadsOf(t).size()) / 8,
                     [] { return std::string("while causes are traced"); });
      row[t] = pool.Take();
      uint32_t* const clock = pool.Row(row[t]);
      const uint32_t before = order_->SessionPredecessor(t);
      const uint32_t* const start = before == 0 ? nothing.data() : pool.Row(row[before]);
      std::copy(start, start + chains_, clock);
      for (const ExternalRead& read : h_.ReadsOf(t)) {
        if (read.writer != 0) Join(pool.Row(row[read.writer]), clock);
      }
      clock[chain_[t]] = std::max(clock[chain_[t]], number_[t]);
      for (const ExternalRead& read : h_.ReadsOf(t)) {
        const uint32_t* const floor =
            read.writer == 0 ? nothing.data() : pool.Row(row[read.writer]);
        Read(t, read, floor, clock);
      }
      for (const ExternalRead& read : h_.ReadsOf(t)) done_with(read.writer);
      done_with(before);
      Pass(t);
      if (uses_[t] == 0) pool.Give(row[t]);
    }
  }

 private:
  void ChainSessions() {
    std::vector<uint32_t> length(h_.sessions, 0), last(h_.sessions, 0);
    for (uint32_t t = 1; t < n_; ++t) last[h_.transactions[t].session] = t;
    for (uint32_t t = 1; t < n_; ++t) {
      const IsolationTransaction& txn = h_.transactions[t];
      chain_[t] = txn.session;
      if (txn.ret == kNever && last[txn.session] != t) {
        chain_[t] = static_cast<uint32_t>(length.size());
        length.push_back(0);
      }
      number_[t] = ++length[chain_[t]];
    }
    chains_ = std::max<size_t>(1, length.size());
  }

  /// Nobody looks for transactions that wrote nothing: they have number 0, of any chain.
  void ChainReads() {
    std::vector<uint32_t> last;  // by chain
    for (const uint32_t t : order_->order()) {
      if (h_.WritesOf(t).empty()) continue;
      uint32_t chain = kNone;
      for (const ExternalRead& read : h_.ReadsOf(t)) {
        if (read.writer != 0 && last[chain_[read.writer]] == read.writer) {
          chain = chain_[read.writer];
        }
      }
      if (chain == kNone) {
        chain = static_cast<uint32_t>(last.size());
        last.push_back(0);
      }
      chain_[t] = chain;
      number_[t] = number_[last[chain]] + 1;
      last[chain] = t;
    }
    chains_ = std::max<size_t>(1, last.size());
  }

  /// Groups the writes by key, then by chain.
  void MakeSlots() {
    std::vector<uint32_t> begin(h_.keys + 1, 0), by_key(h_.writes.size()), writer(by_key.size());
    for (const uint32_t key : h_.writes) ++begin[key + 1];
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    for (const uint32_t t : order_->order()) {
      const IsolationTransaction& txn = h_.transactions[t];
      for (uint32_t i = txn.writes_begin; i < txn.writes_end; ++i) {
        writer[i] = t;
        by_key[begin[h_.writes[i]]++] = i;
      }
    }
    slot_of_.resize(by_key.size());
    written_by_.resize(by_key.size());
    key_begin_.assign(h_.keys + 1, 0);
    std::vector<uint32_t> slot(chains_, kNone);  // by chain: the last one made for it
    uint32_t done = 0;
    for (uint32_t key = 0; key < h_.keys; ++key) {  // begin[key] is by now where the key ends
      const auto first = static_cast<uint32_t>(slots_.size());
      key_begin_[key] = first;
      for (uint32_t i = done; i < begin[key]; ++i) {
        uint32_t& s = slot[chain_[writer[by_key[i]]]];
        if (s == kNone || s < first) {
          s = static_cast<uint32_t>(slots_.size());
          slots_.push_back({chain_[writer[by_key[i]]], 0});
        }
        slot_of_[by_key[i]] = s;
        ++slots_[s].begin;  // for now: how many
      }
      for (uint32_t s = first, at = done; s < slots_.size(); ++s) {
        at += std::exchange(slots_[s].begin, at);
      }
      for (uint32_t i = done; i < begin[key]; ++i) {
        WriterSlot& s = slots_[slot_of_[by_key[i]]];
        written_by_[s.begin + s.passed++] = writer[by_key[i]];
      }
      for (uint32_t s = first; s < slots_.size(); ++s) slots_[s].passed = 0;
      done = begin[key];
    }
    key_begin_[h_.keys] = static_cast<uint32_t>(slots_.size());
  }

  void CountUses() {
    uses_.resize(n_, 0);
    for (uint32_t t = 1; t < n_; ++t) ++uses_[order_->SessionPredecessor(t)];
    for (const ExternalRead& read : h_.reads) ++uses_[read.writer];
  }

  void Join(const uint32_t* from, uint32_t* into) const {
    for (size_t c = 0; c < chains_; ++c) into[c] = std::max(into[c], from[c]);
  }

  /// What happens before t1 is up to `floor`, what happens before t, up to `clock`.
  void Read(uint32_t t, const ExternalRead& read, const uint32_t* floor, const uint32_t* clock) {
    for (uint32_t s = key_begin_[read.key]; s < key_begin_[read.key + 1]; ++s) {
      const WriterSlot& slot = slots_[s];
      const uint32_t known = floor[slot.chain], seen = clock[slot.chain];
      if (slot.newest <= known || seen <= known) continue;
      const uint32_t* const begin = written_by_.data() + slot.begin;
      const uint32_t* end = begin + slot.passed;
      if (slot.newest > seen) {
        end = std::upper_bound(begin, end, seen, [&](uint32_t number, uint32_t writer) {
          return number < number_[writer];
        });
      }
      if (end != begin && number_[end[-1]] > known) {
        order_->Force(end[-1], read.writer, read.key, t);
      }
    }
  }

  void Pass(uint32_t t) {
    const IsolationTransaction& txn = h_.transactions[t];
    for (uint32_t i = txn.writes_begin; i < txn.writes_end; ++i) {
      WriterSlot& slot = slots_[slot_of_[i]];
      ++slot.passed;
      slot.newest = number_[t];
    }
  }

  const IsolationHistory& h_;
  CommitOrder* order_;
  const uint32_t n_;
  size_t chains_ = 0;
  std::vector<uint32_t> chain_, number_;  // by transaction
  std::vector<uint32_t> uses_;            // by transaction: how many still need its clock
  std::vector<WriterSlot> slots_;
  std::vector<uint32_t> key_begin_;   // by key: its first slot
  std::vector<uint32_t> slot_of_;     // by write
  std::vector<uint32_t> written_by_;  // by slot: the writers, in the order of the chain
};

}  // namespace

void ForceCausalEdges(const IsolationHistory& history, bool sessions, Deadline* deadline,
                      uint64_t memory, CommitOrder* order) {
  CausalEdges(history, sessions, order).Find(deadline, memory);
}

}  // namespace cleave
