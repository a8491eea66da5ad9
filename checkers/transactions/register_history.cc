// See register_history.h.
#include "checkers/transactions/register_history.h"

#include <algorithm>

namespace cleave {

RegisterHistory::RegisterHistory(const History& h, Deadline* deadline)
    : TransactionColumns(h, Kind::kRegister, deadline) {
  for (uint32_t i = 0; i < history.operations().size(); ++i) Take(i);
  happened_.resize(transactions.size());
  ambiguous_.resize(names.size());
  for (uint32_t t = 0; t < transactions.size(); ++t) {
    happened_[t] = transactions[t].outcome == Outcome::kOk;
    for (uint32_t i = transactions[t].begin; i < transactions[t].end; ++i) {
      if (mops[i].write) AddWrite(t, i);
    }
  }
  FindHappened();
}

void RegisterHistory::AddWrite(uint32_t transaction, uint32_t mop) {
  const MicroOp& m = mops[mop];
  // Nothing was there at first, so a null that is read may be nobody's.
  if (m.value == kNull) ambiguous_[m.key] = true;
  const auto [it, fresh] =
      writes_.try_emplace(PackKeyValue(m.key, m.value), Write{transaction, mop});
  if (fresh) return;
  const bool before = transactions[it->second.transaction].outcome != Outcome::kFail;
  const bool now = transactions[transaction].outcome != Outcome::kFail;
  if (before && now) ambiguous_[m.key] = true;
  if (!before) it->second = {transaction, mop};
}

/// What was read happened; of transactions of unknown outcome reads are not known, so this needs no
/// second round.
void RegisterHistory::FindHappened() {
  for (uint32_t t = 0; t < transactions.size(); ++t) {
    for (const MicroOp& m : MopsOf(t)) {
      if (m.write || m.value == kNull) continue;
      const Write* write = Find(m.key, m.value);
      if (write == nullptr || ambiguous_[m.key]) continue;
      if (transactions[write->transaction].outcome == Outcome::kInfo) {
        happened_[write->transaction] = true;
      }
    }
  }
}

const RegisterHistory::Write* RegisterHistory::Find(uint32_t key, ValueId value) const {
  const auto it = writes_.find(PackKeyValue(key, value));
  return it == writes_.end() ? nullptr : &it->second;
}

namespace {

class RegisterObservations {
 public:
  RegisterObservations(const RegisterHistory& registers, const CheckOptions& options,
                       CheckResult* result)
      : r_(registers), options_(options), result_(*result), values_(registers.history.values()) {}

  bool Run() {
    next_own_.resize(r_.mops.size(), UINT32_MAX);
    for (uint32_t t = 0; t < r_.transactions.size(); ++t) LaterWrites(t);
    for (uint32_t t = 0; t < r_.transactions.size(); ++t) {
      if (r_.transactions[t].outcome == Outcome::kOk) Reads(t);
    }
    return meaningful_;
  }

 private:
  /// `explain` gives the words: it is not asked for those that are only counted.
  template <class Explain>
  void Report(const char* name, Explain explain, std::vector<uint32_t> transactions, uint32_t key) {
    ++result_.anomaly_count;
    if (result_.anomalies.size() >= options_.max_anomalies) return;
    std::sort(transactions.begin(), transactions.end());
    transactions.erase(std::unique(transactions.begin(), transactions.end()), transactions.end());
    Anomaly anomaly{name,
                    explain(),
                    {},
                    r_.names[key].independent,
                    {{"key", values_.ToShortJson(r_.names[key].name)}}};
    for (const uint32_t t : transactions)
      anomaly.operations.push_back(r_.transactions[t].operation);
    result_.anomalies.push_back(std::move(anomaly));
  }

  /// Which write of the same transaction replaced each.
  void LaterWrites(uint32_t t) {
    last_own_.clear();
    for (uint32_t i = r_.transactions[t].begin; i < r_.transactions[t].end; ++i) {
      if (!r_.mops[i].write) continue;
      const auto [it, fresh] = last_own_.try_emplace(r_.mops[i].key, i);
      if (!fresh) next_own_[std::exchange(it->second, i)] = i;
    }
  }

  void Reads(uint32_t t) {
    last_own_.clear();
    for (uint32_t i = r_.transactions[t].begin; i < r_.transactions[t].end; ++i) {
      const MicroOp& m = r_.mops[i];
      r_.Step(1, t);
      if (m.write) {
        last_own_[m.key] = i;
      } else if (const auto own = last_own_.find(m.key); own != last_own_.end()) {
        if (r_.mops[own->second].value != m.value) Internal(t, i, own->second);
      } else {
        External(t, i);
      }
    }
  }

  std::string Text(ValueId value) const { return values_.ToShortText(value); }
  std::string ReadWords(uint32_t t, const MicroOp& m) const {
    return r_.NameOf(t) + " read " + r_.KeyText(m.key) + " as " + Text(m.value);
  }

  void Internal(uint32_t t, uint32_t read, uint32_t write) {
    meaningful_ = false;
    Report(
        "internal",
        [&] {
          return "Inside " + r_.NameOf(t) + " the read of " + r_.KeyText(r_.mops[read].key) +
                 " returned " + Text(r_.mops[read].value) + ", although it had written " +
                 Text(r_.mops[write].value) + " itself.";
        },
        {t}, r_.mops[read].key);
  }

  void External(uint32_t t, uint32_t read) {
    const MicroOp& m = r_.mops[read];
    if (m.value == kNull || r_.ambiguous()[m.key]) return;
    const RegisterHistory::Write* write = r_.Find(m.key, m.value);
    if (write == nullptr) {
      meaningful_ = false;
      return Report(
          "unwritten",
          [&] { return ReadWords(t, m) + ", but nobody ever wrote " + Text(m.value) + "."; }, {t},
          m.key);
    }
    const uint32_t writer = write->transaction;
    if (writer == t) {
      meaningful_ = false;
      return Report(
          "internal",
          [&] { return ReadWords(t, m) + " before it wrote that itself (a future read)."; }, {t},
          m.key);
    }
    if (r_.transactions[writer].outcome == Outcome::kFail) {
      meaningful_ = false;
      return Report(
          "G1a",
          [&] {
            return ReadWords(t, m) + ", which was written by " + r_.NameOf(writer) +
                   ", which had certainly failed (an aborted read).";
          },
          {t, writer}, m.key);
    }
    if (next_own_[write->mop] != UINT32_MAX) {
      meaningful_ = false;
      Report(
          "G1b",
          [&] {
            return ReadWords(t, m) + ", which " + r_.NameOf(writer) + " replaced by " +
                   Text(r_.mops[next_own_[write->mop]].value) +
                   " before it ended (an intermediate read).";
          },
          {t, writer}, m.key);
    }
  }

  const RegisterHistory& r_;
  const CheckOptions& options_;
  CheckResult& result_;
  const ValueTable& values_;
  std::vector<uint32_t> next_own_;                          // by write: the one that replaced it
  boost::unordered_flat_map<uint32_t, uint32_t> last_own_;  // key → the latest write of its own
  bool meaningful_ = true;
};

}  // namespace

bool CheckObservations(const RegisterHistory& registers, const CheckOptions& options,
                       CheckResult* result) {
  return RegisterObservations(registers, options, result).Run();
}

}  // namespace cleave
