// See isolation_history.h.
#include "checkers/transactions/isolation_history.h"

#include <algorithm>
#include <optional>

#include "checkers/no_index.h"

namespace cleave {
namespace {

/// Puts the transactions that happened behind the initial one, and their writes.
class IsolationBuilder {
 public:
  IsolationBuilder(const TransactionColumns& columns, size_t keys) : columns_(columns) {
    out.transactions.emplace_back();
    out.keys = keys;
    out.real_time = columns.history.real_time();
    out.known_order.resize(keys);
    number_.resize(columns.transactions.size(), kNone);
  }

  /// Numbers those that `happened`, of all transactions in call order.
  template <class Happened>
  void Number(const Happened& happened) {
    for (uint32_t t = 0; t < columns_.transactions.size(); ++t) {
      const Operation& op = columns_.OperationOf(t);
      if (happened(t)) {
        const auto [session, fresh] =
            session_of_.try_emplace(op.process, static_cast<uint32_t>(out.sessions));
        out.sessions += fresh;
        number_[t] = static_cast<uint32_t>(out.transactions.size());
        out.transactions.push_back({t, session->second, op.call, op.ret, 0, 0, 0, 0});
      }
      if (op.outcome == Outcome::kInfo) session_of_.erase(op.process);
    }
  }

  /// `writer_of` gives the writer of what an external read returned, as a number of
  /// TransactionColumns; kNone: the first version; or nothing, where nothing can be said of the
  /// key.
  template <class WriterOf>
  void Fill(const WriterOf& writer_of) {
    std::vector<uint32_t> writer(out.keys, 0);  // by key: the latest transaction that wrote it
    for (uint32_t n = 1; n < out.transactions.size(); ++n) {
      IsolationTransaction& txn = out.transactions[n];
      txn.reads_begin = static_cast<uint32_t>(out.reads.size());
      txn.writes_begin = static_cast<uint32_t>(out.writes.size());
      for (const MicroOp& m : columns_.MopsOf(txn.transaction)) {
        const bool written = writer[m.key] == n;
        if (m.write && !written) out.writes.push_back(m.key);
        if (m.write) writer[m.key] = n;
        if (m.write || written) continue;
        const std::optional<uint32_t> writer = writer_of(m);
        if (writer) out.reads.push_back({m.key, *writer == kNone ? 0 : number_[*writer]});
      }
      std::sort(out.writes.begin() + txn.writes_begin, out.writes.end());
      txn.reads_end = static_cast<uint32_t>(out.reads.size());
      txn.writes_end = static_cast<uint32_t>(out.writes.size());
    }
  }

  uint32_t number(uint32_t t) const { return number_[t]; }
  IsolationHistory out;

 private:
  const TransactionColumns& columns_;
  std::vector<uint32_t> number_;  // by transaction of the columns; kNone: it did not happen
  boost::unordered_flat_map<int32_t, uint32_t> session_of_;
};

}  // namespace

IsolationHistory MakeIsolationHistory(const RegisterHistory& registers) {
  IsolationBuilder builder(registers, registers.names.size());
  builder.Number([&](uint32_t t) { return registers.Happened(t); });
  builder.Fill([&](const MicroOp& m) -> std::optional<uint32_t> {
    if (registers.ambiguous()[m.key]) return std::nullopt;
    return m.value == kNull ? kNone : registers.Find(m.key, m.value)->transaction;
  });
  return std::move(builder.out);
}

IsolationHistory MakeIsolationHistory(const AppendHistory& appends) {
  IsolationBuilder builder(appends, appends.names.size());
  builder.Number([&](uint32_t t) { return appends.Happened(t); });
  builder.Fill([&](const MicroOp& m) -> std::optional<uint32_t> {
    if (appends.keys[m.key].ambiguous) return std::nullopt;
    const auto seen = appends.Elements(m.value);
    return seen.empty() ? kNone : appends.Find(m.key, seen.back())->transaction;
  });
  for (uint32_t k = 0; k < appends.keys.size(); ++k) {
    if (appends.keys[k].ambiguous) continue;
    std::vector<uint32_t>& order = builder.out.known_order[k];
    for (const ValueId element : appends.Elements(appends.keys[k].longest)) {
      const uint32_t writer = builder.number(appends.Find(k, element)->transaction);
      if (order.empty() || order.back() != writer) order.push_back(writer);
    }
  }
  return std::move(builder.out);
}

}  // namespace cleave
