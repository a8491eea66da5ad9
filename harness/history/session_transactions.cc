// See session_transactions.h.
#include "harness/history/session_transactions.h"

#include <algorithm>
#include <numeric>
#include <unordered_set>

namespace cleave {

uint32_t SessionTransactions::Begin(uint32_t session, size_t line) {
  transactions_.push_back({session, true, line});
  return static_cast<uint32_t>(transactions_.size() - 1);
}

void SessionTransactions::ZeroIsInitial() {
  const ValueId zero = collector_->values().Int(0);
  std::unordered_set<ValueId> written;  // keys
  for (const Access& a : accesses_) {
    if (a.write && a.value == zero) written.insert(a.key);
  }
  for (Access& a : accesses_) {
    if (!a.write && a.value == zero && !written.contains(a.key)) a.value = kNull;
  }
}

/// The first transaction of each session, then the second of each, …
std::vector<uint32_t> SessionTransactions::TurnByTurn() const {
  std::vector<uint32_t> length(sessions_, 0), begin(1, 0), turn(transactions_.size());
  for (uint32_t t = 0; t < turn.size(); ++t) {
    turn[t] = length[transactions_[t].session]++;
    if (turn[t] + 1 == begin.size()) begin.push_back(0);
    ++begin[turn[t] + 1];
  }
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<uint32_t> order(turn.size());
  for (uint32_t t = 0; t < turn.size(); ++t) order[begin[turn[t]]++] = t;
  return order;
}

void SessionTransactions::Finish() {
  ValueTable& values = collector_->values();
  std::vector<uint32_t> begin(transactions_.size() + 1, 0);
  for (const Access& a : accesses_) ++begin[a.transaction + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<uint32_t> grouped(accesses_.size()), next(begin.begin(), begin.end() - 1);
  for (uint32_t i = 0; i < accesses_.size(); ++i) grouped[next[accesses_[i].transaction]++] = i;
  const ValueId read = values.String("r"), write = values.String("w");
  collector_->builder().Reserve(2 * transactions_.size());
  collector_->builder().SetNoRealTime();
  std::vector<ValueId> mops;
  for (const uint32_t t : TurnByTurn()) {
    mops.clear();
    for (uint32_t i = begin[t]; i < begin[t + 1]; ++i) {
      const Access& a = accesses_[grouped[i]];
      const ValueId mop[] = {a.write ? write : read, a.key, a.value};
      mops.push_back(values.List(mop));
    }
    RawEvent event;
    event.process = static_cast<int32_t>(transactions_[t].session);
    event.function = kTxn;
    event.value = values.List(mops);
    collector_->Add(event, transactions_[t].line);
    event.type = transactions_[t].committed ? EventType::kOk : EventType::kFail;
    collector_->Add(event, transactions_[t].line);
  }
}

}  // namespace cleave
