// See bank.h. Equal reads are one value, so each distinct one is summed once.
#include "checkers/streaming/bank.h"

#include <algorithm>
#include <utility>

#include "checkers/by_key.h"
#include "checkers/streaming/findings.h"

namespace cleave {
namespace {

struct BankFigures {
  uint64_t reads = 0, partial = 0, transfers = 0, distinct = 0;
  int64_t total = 0;
};

/// What a balance sheet says by itself.
struct Sheet {
  int64_t total = 0;
  ValueId nil = kNoValue;       // an account without a balance
  ValueId negative = kNoValue;  // an account below zero
  int64_t debt = 0;             // its balance
  ValueId foreign = kNoValue;   // an account that nobody knows
};

class BankOfKey {
 public:
  BankOfKey(Findings* findings, KeyId key, SameNumbers* same, std::vector<uint32_t>* judged,
            std::vector<uint32_t>* known, uint32_t stamp, BankFigures* figures)
      : findings_(*findings),
        key_(key),
        same_(*same),
        judged_(*judged),
        known_(*known),
        stamp_(stamp),
        figures_(*figures) {}

  void Run(std::span<const uint32_t> operations) {
    for (const uint32_t i : operations) Look(i);
    for (const uint32_t i : operations) {
      if (complete_ == kNone && IsRead(i)) Choose(i);
    }
    if (complete_ != kNone) {
      expected_ = Add(complete_, findings_.op(complete_).output).total;
      if (findings_.options().bank_total) expected_ = *findings_.options().bank_total;
      figures_.total = expected_;
    }
    for (const uint32_t i : operations) {
      if (IsRead(i)) Judge(i);
    }
  }

 private:
  const ValueTable& values() const { return findings_.values(); }
  [[noreturn]] void Bad(uint32_t i, const std::string& what) const {
    throw std::invalid_argument(
        "a bank's read is {account: balance}, its transfer {from, to, "
        "amount}, a transaction [[\"r\", account, balance]…]; " +
        findings_.Name(i) + " has " + what);
  }

  /// Whether micro-operations are all reads.
  bool OnlyReads(ValueId txn) const {
    if (!values().IsList(txn) || values().Elements(txn).empty()) return false;
    for (const ValueId mop : values().Elements(txn)) {
      if (!values().IsList(mop) || values().Elements(mop).size() != 3) return false;
      const ValueId f = values().Elements(mop)[0];
      if (values().kind(f) != ValueKind::kString || values().AsText(f) != "r") return false;
    }
    return true;
  }

  bool IsRead(uint32_t i) const {
    const Operation& op = findings_.op(i);
    if (op.outcome != Outcome::kOk || op.output == kNoValue || op.output == kNull) return false;
    return op.function == kRead || (op.function == kTxn && OnlyReads(op.output));
  }

  /// Calls `take(account, balance)` for each pair of a read.
  template <class Take>
  void Pairs(uint32_t i, ValueId sheet, Take take) const {
    if (values().kind(sheet) == ValueKind::kMap) {
      const auto pairs = values().Elements(sheet);
      for (size_t at = 0; at + 1 < pairs.size(); at += 2) take(pairs[at], pairs[at + 1]);
    } else if (OnlyReads(sheet)) {
      for (const ValueId mop : values().Elements(sheet)) {
        take(values().Elements(mop)[1], values().Elements(mop)[2]);
      }
    } else {
      Bad(i, findings_.Text(sheet));
    }
  }
  size_t Size(ValueId sheet) const {
    if (values().kind(sheet) == ValueKind::kMap) return values().Elements(sheet).size() / 2;
    return values().IsList(sheet) ? values().Elements(sheet).size() : 0;
  }

  /// Whether a read has all accounts: a map says so, a transaction where it names all there are.
  bool Complete(ValueId sheet) const {
    if (!values().IsList(sheet)) return true;
    if (Size(sheet) < accounts_) return false;
    std::vector<ValueId> named;
    for (const ValueId mop : values().Elements(sheet)) {
      named.push_back(same_(values().Elements(mop)[1]));
    }
    std::sort(named.begin(), named.end());
    named.erase(std::unique(named.begin(), named.end()), named.end());
    return named.size() >= accounts_;
  }

  /// Learns which accounts there are: those of the first map without a gap, and all that transfers
  /// and transactions name. What is said again says nothing new.
  void Look(uint32_t i) {
    const Operation& op = findings_.op(i);
    findings_.Step(1, i);
    if (op.function == kTransfer) {
      ++figures_.transfers;
      if (values().kind(op.input) != ValueKind::kMap) Bad(i, findings_.Text(op.input));
      if (std::exchange(judged_[op.input], 2 * stamp_) == 2 * stamp_) return;
      const auto parts = values().Elements(op.input);
      for (size_t at = 0; at + 1 < parts.size(); at += 2) {
        if (IsAccount(parts[at])) Know(parts[at + 1]);
      }
      return;
    }
    if (op.function != kRead && op.function != kTxn) {
      UnknownFunction(findings_.history(), i, "read, transfer, txn");
    }
    Named(op.input);
    const bool read = IsRead(i);
    figures_.reads += read;
    figures_.transfers += op.function == kTxn && !read;
    if (!read || std::exchange(judged_[op.output], 2 * stamp_) == 2 * stamp_) return;
    Named(op.output);
    if (complete_ == kNone && values().kind(op.output) == ValueKind::kMap) Choose(i);
  }
  void Named(ValueId txn) {
    if (!values().IsList(txn)) return;
    for (const ValueId mop : values().Elements(txn)) {
      if (!values().IsList(mop) || values().Elements(mop).size() < 2) continue;
      Know(values().Elements(mop)[1]);
    }
  }
  void Know(ValueId account) {
    uint32_t& known = known_[same_(account)];
    accounts_ += known != stamp_;
    known = known_[account] = stamp_;
  }
  void Choose(uint32_t i) {
    const ValueId sheet = findings_.op(i).output;
    if (Add(i, sheet).nil != kNoValue || !Complete(sheet)) return;
    complete_ = i;
    Pairs(i, sheet, [&](ValueId account, ValueId) { Know(account); });
  }
  bool IsAccount(ValueId field) const {
    if (values().kind(field) != ValueKind::kString) return false;
    return values().AsText(field) == "from" || values().AsText(field) == "to";
  }

  Sheet Add(uint32_t i, ValueId value) {
    Sheet sheet;
    findings_.Step(Size(value), i);
    Pairs(i, value, [&](ValueId account, ValueId balance) {
      if (known_[account] != stamp_ && known_[same_(account)] != stamp_) sheet.foreign = account;
      if (balance == kNull) {
        sheet.nil = account;
        return;
      }
      if (!values().IsInt(balance)) Bad(i, findings_.Text(value));
      const int64_t amount = values().AsInt(balance);
      sheet.total = Sum(sheet.total, amount);
      if (amount >= sheet.debt) return;
      sheet.negative = account;
      sheet.debt = amount;
    });
    return sheet;
  }

  void Judge(uint32_t i) {
    const ValueId value = findings_.op(i).output;
    uint32_t& judged = judged_[value];
    if (judged == 2 * stamp_ + 1) return;
    judged = 2 * stamp_ + 1;
    ++figures_.distinct;
    const Sheet sheet = Add(i, value);
    const bool partial = !Complete(value);
    figures_.partial += partial;
    if (sheet.foreign != kNoValue && complete_ != kNone) Foreign(i, sheet.foreign);
    if (sheet.nil != kNoValue) {
      Nil(i, sheet.nil);
    } else if (!partial && complete_ != kNone && sheet.total != expected_) {
      Total(i, sheet.total);
    }
    if (sheet.negative != kNoValue && !findings_.options().negative_balances) Negative(i, sheet);
  }

  std::string Saw(uint32_t i) const {
    return findings_.Name(i) + " of the bank" + findings_.Of(key_) + " returned " +
           findings_.Text(findings_.op(i).output);
  }

  void Foreign(uint32_t i, ValueId account) {
    findings_.Report("unexpected-key", key_, {i, complete_}, [&] {
      return Explained{Saw(i) + ": there is no account " + findings_.Text(account) + ". Neither " +
                           findings_.Name(complete_) + " nor any transfer names it.",
                       {{"account", values().ToShortJson(account)}}};
    });
  }
  void Nil(uint32_t i, ValueId account) {
    findings_.Report("nil-balance", key_, {i}, [&] {
      return Explained{Saw(i) + ": account " + findings_.Text(account) + " has no balance.",
                       {{"account", values().ToShortJson(account)}}};
    });
  }
  void Total(uint32_t i, int64_t total) {
    const bool given = findings_.options().bank_total.has_value();
    findings_.Report("wrong-total", key_, {i, given ? kNone : complete_}, [&] {
      return Explained{Saw(i) + ", which comes to " + std::to_string(total) + ", but " +
                           (given ? "the bank holds " : findings_.Name(complete_) + " came to ") +
                           std::to_string(expected_) + ", and transfers change no sum.",
                       {{"total", total}, {"expected", expected_}}};
    });
  }
  void Negative(uint32_t i, const Sheet& sheet) {
    findings_.Report("negative-value", key_, {i}, [&] {
      return Explained{
          Saw(i) + ": account " + findings_.Text(sheet.negative) + " has " +
              std::to_string(sheet.debt) + ", and none may be below zero.",
          {{"account", values().ToShortJson(sheet.negative)}, {"balance", sheet.debt}}};
    });
  }

  Findings& findings_;
  const KeyId key_;
  SameNumbers& same_;
  std::vector<uint32_t>& judged_;  // by value: 2 stamp_ looked at, 2 stamp_ + 1 judged
  std::vector<uint32_t>& known_;   // by account: stamp_ where this key has it
  const uint32_t stamp_;
  BankFigures& figures_;
  uint32_t complete_ = kNone;  // the read that says which accounts there are, and their sum
  int64_t expected_ = 0;
  size_t accounts_ = 0;  // how many are known
};

}  // namespace

CheckResult CheckBank(const History& history, const CheckOptions& options) {
  return Judged("bank", history, options, [&](Findings* findings) {
    findings->Hold(history.values().size() * (2 * sizeof(uint32_t) + sizeof(ValueId)),
                   "the balances");
    std::vector<uint32_t> judged(history.values().size()), known(history.values().size());
    SameNumbers same(history.values());
    BankFigures f;
    const ByKey keys(history);
    for (uint32_t i = 0; i < keys.size(); ++i) {
      BankOfKey(findings, keys.key(i), &same, &judged, &known, i + 1, &f).Run(keys.Operations(i));
    }
    Shown shown;
    shown.data = {{"reads", f.reads},
                  {"distinct-reads", f.distinct},
                  {"partial-reads", f.partial},
                  {"transfers", f.transfers},
                  {"total", f.total}};
    if (f.reads == 0) {
      shown.unknown = "no read of the balances completed";
    } else if (f.partial == f.distinct) {
      shown.unknown = "no read has the balances of all accounts that are named";
    }
    shown.valid = "all " + std::to_string(f.reads) + " reads of the balances come to " +
                  (keys.size() > 1 ? "the sum of their key" : std::to_string(f.total));
    return shown;
  });
}

}  // namespace cleave
