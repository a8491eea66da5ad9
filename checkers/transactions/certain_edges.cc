// See certain_edges.h.
#include "checkers/transactions/certain_edges.h"

#include <algorithm>

namespace cleave {

CertainEdges::CertainEdges(const IsolationHistory& history, const VersionChains& chains,
                           const IsolationLevel& level)
    : h_(history), chains_(chains), level_(level) {
  using Kind = IsolationLevel::Kind;
  transactions_ = static_cast<uint32_t>(h_.transactions.size());
  width_ = level.kind == Kind::kSnapshot || level.kind == Kind::kPrefix ? 2 : 1;
  helpers_ = transactions_ * width_;
}

std::vector<OrderEdge> CertainEdges::Build() {
  for (uint32_t t = 1; t < transactions_; ++t) {
    if (width_ == 2) Add(Begin(t), Commit(t));
  }
  if (level_.sessions) Sessions();
  if (level_.real_time) RealTime();
  Assume();
  for (uint32_t t = 1; t < transactions_; ++t) {
    for (const ExternalRead& r : h_.ReadsOf(t)) Follows(r.writer, t);
  }
  for (const VersionChains::Chain& chain : chains_.chains()) {
    for (uint32_t v = chain.first; chains_.next(v) != kNone; v = chains_.next(v)) {
      Replaces(v, chains_.owner(chains_.next(v)), 0);
    }
  }
  first_end_ = helpers_;
  for (uint32_t k = 0; k < h_.keys; ++k) {
    FirstChain(k);
    keys_of_ends_.resize(helpers_ - first_end_, k);
  }
  return std::move(edges_);
}

void CertainEdges::Replaces(uint32_t v, uint32_t writer, int32_t choice) {
  const uint32_t owner = chains_.owner(v);
  if (owner != IsolationHistory::kInitial) Add(Commit(owner), ReplacedAt(writer), choice);
  for (const uint32_t reader : chains_.Readers(v)) {
    if (reader != writer) AddRw(reader, Commit(writer), choice);
  }
}

void CertainEdges::Sessions() {
  std::vector<uint32_t> last(h_.sessions, IsolationHistory::kInitial);
  for (uint32_t t = 1; t < transactions_; ++t) {
    uint32_t& before = last[h_.transactions[t].session];
    Follows(before, t);
    if (h_.transactions[t].ret != kNever) before = t;
  }
}

/// Only the other way round would a chain that is to come before another close a cycle with these
/// edges: so they are all that the assumptions say.
void CertainEdges::Assume() {
  assumed_ = AssumedOrders(h_);
  for (uint32_t i = 0; i < assumed_.size(); ++i) {
    const AssumedOrder& a = assumed_[i];
    if (a.after == IsolationHistory::kInitial) {
      impossible_ = i;
      continue;
    }
    const size_t first = edges_.size(), first_rw = rw_.size();
    const auto between = chains_.Between(a);
    if (between)
      Replaces(between->first, chains_.owner(between->second), 0);
    else
      Add(Commit(a.before), ReplacedAt(a.after));
    const auto rests_on_it = [&](const OrderEdge& e) {
      assumed_of_.try_emplace(uint64_t{e.from} << 32 | e.to, i);
    };
    std::for_each(edges_.begin() + static_cast<ptrdiff_t>(first), edges_.end(), rests_on_it);
    std::for_each(rw_.begin() + static_cast<ptrdiff_t>(first_rw), rw_.end(), rests_on_it);
  }
}

/// A moment for each call, in a row: whoever returned before it precedes it, and it the called
/// one and all later moments.
void CertainEdges::RealTime() {
  const uint32_t first = helpers_;
  helpers_ += transactions_;
  for (uint32_t t = 1; t < transactions_; ++t) {
    Add(first + t, Begin(t));
    if (t > 1) Add(first + t - 1, first + t);
    if (h_.transactions[t].ret == kNever) continue;
    const auto later = std::upper_bound(
        h_.transactions.begin() + 1, h_.transactions.end(), h_.transactions[t].ret,
        [](Position ret, const IsolationTransaction& txn) { return ret < txn.call; });
    const auto next = static_cast<uint32_t>(later - h_.transactions.begin());
    if (next < transactions_) Add(Commit(t), first + next);
  }
}

/// What is certain of a key's first chain against all others: its end is replaced by them.
void CertainEdges::FirstChain(uint32_t k) {
  const auto others = chains_.ChainsOf(k);
  if (others.empty()) return;
  const uint32_t last = chains_.chains()[k].last;
  std::vector<uint32_t> writers;
  for (const uint32_t c : others) writers.push_back(chains_.owner(chains_.chains()[c].first));
  std::sort(writers.begin(), writers.end());
  const auto writes = [&](uint32_t t) {
    return std::binary_search(writers.begin(), writers.end(), t);
  };
  // Readers that are among the writers are joined one by one: nobody precedes himself.
  const uint32_t end = helpers_++;
  if (chains_.owner(last) != IsolationHistory::kInitial) {
    const uint32_t commit = helpers_++;
    Add(Commit(chains_.owner(last)), commit);
    for (const uint32_t w : writers) Add(commit, ReplacedAt(w));
  }
  for (const uint32_t w : writers) Add(end, Commit(w));
  for (const uint32_t reader : chains_.Readers(last)) {
    if (!writes(reader)) {
      AddRw(reader, end);
      continue;
    }
    for (const uint32_t w : writers) {
      if (w != reader) AddRw(reader, Commit(w));
    }
  }
}

}  // namespace cleave
