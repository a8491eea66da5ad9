// See outcome_lint.h.
#include "checkers/transactions/outcome_lint.h"

#include <algorithm>
#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cctype>
#include <map>

#include "checkers/no_index.h"

namespace cleave {
namespace {

constexpr size_t kCited = 4;

/// Words of errors after which nobody knows what happened.
constexpr std::array kIndefiniteErrors = {"timeout",    "timed out", "time out",  "deadline",
                                          "connection", "closed",    "reset",     "broken pipe",
                                          "eof",        "unknown",   "indefinite"};

bool SoundsIndefinite(std::string error) {
  std::transform(error.begin(), error.end(), error.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::any_of(kIndefiniteErrors.begin(), kIndefiniteErrors.end(),
                     [&](const char* word) { return error.find(word) != std::string::npos; });
}

std::string Count(size_t n, const char* one, const char* many) {
  return std::to_string(n) + " " + (n == 1 ? one : many);
}

class OutcomeLint {
 public:
  OutcomeLint(const TransactionColumns& columns, CheckResult* result)
      : c_(columns), lists_(columns.lists()), result_(*result) {}

  void Run() {
    if (NothingToFind()) return;
    Writes();
    Reads();
    Repeated();
    if (lists_) Doubled();
    DefiniteErrors();
    if (!found_.empty()) result_.data["lint"] = std::move(found_);
  }

 private:
  struct Written {
    uint32_t transaction;
    bool failed;
    bool seen = false;        // by anybody
    bool seen_after = false;  // by a transaction that was called when the writer had returned
    bool twice = false;       // written twice, by those that did not fail
    bool doubled = false;     // in one list twice
  };
  struct Repetition {
    uint32_t first, second;  // transactions
    uint32_t mop;            // of the second
  };

  void Writes() {
    for (uint32_t t = 0; t < c_.transactions.size(); ++t) {
      const bool failed = c_.transactions[t].outcome == Outcome::kFail;
      c_.Step(c_.transactions[t].end - c_.transactions[t].begin, t);
      for (uint32_t i = c_.transactions[t].begin; i < c_.transactions[t].end; ++i) {
        const MicroOp& m = c_.mops[i];
        if (!m.write) continue;
        const uint64_t what = PackKeyValue(m.key, m.value);
        if (failed) failed_.insert(what);
        const auto [it, fresh] = written_.try_emplace(what, Written{t, failed});
        if (fresh || failed) continue;
        Written& before = it->second;
        if (before.failed) {
          before = {t, false};
          continue;
        }
        before.twice = true;
        repetitions_.push_back({before.transaction, t, i});
      }
    }
  }

  /// Whether an element may be in a list twice: a list that was found so, or not looked at.
  bool MayBeDoubled() const {
    const auto found = [&](const char* figure) {
      return result_.data.contains(figure) && result_.data[figure].contains("duplicate-elements");
    };
    return result_.data["ambiguous-keys"] != 0 || found("anomalies") || found("allowed-anomalies");
  }
  /// By what the checker found already.
  bool NothingToFind() const {
    return !MayBeDoubled() &&
           std::none_of(c_.transactions.begin(), c_.transactions.end(),
                        [](const Transaction& t) { return t.outcome == Outcome::kFail; });
  }

  void Reads() {
    const bool all = !lists_ || MayBeDoubled();  // otherwise only what failed is of interest
    last_read_.assign(c_.names.size(), 0);
    boost::unordered_flat_map<uint64_t, Position> known;  // (key, what was read): the latest call
    for (uint32_t t = 0; t < c_.transactions.size(); ++t) {
      const Position call = c_.OperationOf(t).call;
      for (const MicroOp& m : c_.MopsOf(t)) {
        if (m.write) continue;
        last_read_[m.key] = std::max(last_read_[m.key], call);
        if (m.value == kNull || (!all && failed_.empty())) continue;
        Position& latest = known[PackKeyValue(m.key, m.value)];
        latest = std::max(latest, call + 1);
      }
    }
    for (const auto& [what, call] : known) {
      const auto key = static_cast<uint32_t>(what >> 32);
      const auto value = static_cast<ValueId>(what);
      if (!lists_) {
        See(key, value, call);
        continue;
      }
      const auto elements = c_.history.values().Elements(value);
      c_.Step(elements.size(), 0);
      if (!all) {
        for (const ValueId element : elements) {
          if (failed_.contains(PackKeyValue(key, element))) See(key, element, call);
        }
        continue;
      }
      std::vector<ValueId> sorted(elements.begin(), elements.end());
      std::sort(sorted.begin(), sorted.end());
      for (size_t i = 0; i < sorted.size(); ++i) {
        Written* const written = See(key, sorted[i], call);
        if (written != nullptr && i > 0 && sorted[i] == sorted[i - 1]) written->doubled = true;
      }
    }
  }

  /// `call`: the latest of those who read it, and one more.
  Written* See(uint32_t key, ValueId value, Position call) {
    const auto it = written_.find(PackKeyValue(key, value));
    if (it == written_.end()) return nullptr;
    Written& written = it->second;
    written.seen = true;
    const Position ret = c_.OperationOf(written.transaction).ret;
    if (ret != kNever && ret < call - 1) written.seen_after = true;
    return &written;
  }

  void Note(const char* name, const std::string& text, std::vector<uint32_t> transactions) {
    std::sort(transactions.begin(), transactions.end());
    transactions.erase(std::unique(transactions.begin(), transactions.end()), transactions.end());
    Json operations = Json::array();
    for (const uint32_t t : transactions) {
      if (operations.size() < kCited) operations.push_back(c_.OperationOf(t).call);
    }
    found_.push_back({{"name", name}, {"text", text}, {"operations", std::move(operations)}});
  }

  const char* Did() const { return lists_ ? "appended" : "wrote"; }

  /// Whether both write the same, in the same order.
  bool SameWrites(uint32_t a, uint32_t b) const {
    const auto writes = [&](uint32_t t) {
      std::vector<std::pair<uint32_t, ValueId>> all;
      for (const MicroOp& m : c_.MopsOf(t)) {
        if (m.write) all.emplace_back(m.key, m.value);
      }
      return all;
    };
    return writes(a) == writes(b);
  }

  void Repeated() {
    std::vector<Repetition> inside, retried, others;
    for (const Repetition& r : repetitions_) {
      const bool unknown = c_.transactions[r.first].outcome == Outcome::kInfo;
      if (r.first == r.second)
        inside.push_back(r);
      else if (unknown && SameWrites(r.first, r.second))
        retried.push_back(r);
      else
        others.push_back(r);
    }
    const auto what = [&](const Repetition& r) {
      return c_.history.values().ToShortText(c_.mops[r.mop].value) + " to " +
             c_.KeyText(c_.mops[r.mop].key);
    };
    if (!inside.empty()) {
      const Repetition& r = inside[0];
      Note("repeated-write",
           c_.NameOf(r.first) + " " + Did() + " " + what(r) + " twice in one operation" +
               Others(inside.size()) +
               ": a client that sent it again by itself, or a workload that asks for it.",
           TransactionsOf(inside));
    }
    if (!retried.empty()) {
      const Repetition& r = retried[0];
      Note("retry",
           c_.NameOf(r.first) + ErrorOf(r.first) + " was sent again as " + c_.NameOf(r.second) +
               Others(retried.size()) +
               ": a retry. Which of the two was read cannot be told; values must be new, or the "
               "operation one.",
           TransactionsOf(retried));
    }
    if (!others.empty()) {
      const Repetition& r = others[0];
      Note("repeated-value",
           c_.NameOf(r.first) + " and " + c_.NameOf(r.second) + " both " + Did() + " " + what(r) +
               Others(others.size()) +
               ": whose version was read cannot be told, and the order of the key's versions not "
               "recovered. The workload must write each value once a key.",
           TransactionsOf(others));
    }
  }
  static std::vector<uint32_t> TransactionsOf(const std::vector<Repetition>& all) {
    std::vector<uint32_t> transactions;
    for (size_t i = 0; i < std::min(all.size(), kCited / 2); ++i) {
      transactions.insert(transactions.end(), {all[i].first, all[i].second});
    }
    return transactions;
  }
  static std::string Others(size_t all) {
    return all == 1 ? "" : " (and " + Count(all - 1, "such write", "such writes") + " more)";
  }
  ValueId Error(uint32_t t) const { return c_.history.errors()[c_.transactions[t].operation]; }
  std::string ErrorOf(uint32_t t) const {
    if (Error(t) == kNoValue) return "";
    return ", which ended with " + c_.history.values().ToShortText(Error(t)) + ",";
  }

  /// A retry doubles all that a transaction appended; a store may double some of it.
  void Doubled() {
    struct Share {
      size_t seen = 0, doubled = 0;
    };
    std::map<uint32_t, Share> shares;
    size_t elements = 0;
    for (const auto& [what, written] : written_) {
      if (!written.seen || written.twice) continue;
      Share& share = shares[written.transaction];
      ++share.seen;
      share.doubled += written.doubled;
      elements += written.doubled;
    }
    if (elements == 0) return;
    size_t whole = 0, partial = 0;
    std::vector<uint32_t> transactions;
    for (const auto& [t, share] : shares) {
      if (share.doubled == 0) continue;
      transactions.push_back(t);
      partial += share.doubled < share.seen;
      whole += share.doubled == share.seen && share.seen > 1;
    }
    std::string text = Count(elements, "element is", "elements are") +
                       " in a list twice, though appended once: applied twice by the store, or "
                       "sent twice by a client or driver that retries by itself. ";
    if (partial > 0) {
      text += "The store is likelier: " + Count(partial, "transaction has", "transactions have") +
              " other appends that are there once, and a retry would have doubled all.";
    } else if (whole > 0) {
      text += "A retry is likelier: " +
              Count(whole, "transaction has several appends, and each",
                    "transactions have several "
                    "appends, and each") +
              " of those that were seen is doubled, as if the whole had run twice. Turn automatic "
              "retries off, and judge again.";
    } else {
      text +=
          "Which cannot be told from transactions of one append: turn automatic retries off, "
          "and judge again.";
    }
    Note("doubled", text, transactions);
  }

  struct Failures {
    size_t readable = 0;  // that wrote what somebody read later
    size_t seen = 0, seen_after = 0;
    std::vector<uint32_t> transactions;  // that were seen
  };

  void DefiniteErrors() {
    std::map<ValueId, Failures> by_error;
    for (uint32_t t = 0; t < c_.transactions.size(); ++t) {
      if (c_.transactions[t].outcome != Outcome::kFail) continue;
      bool readable = false, seen = false, seen_after = false;
      for (const MicroOp& m : c_.MopsOf(t)) {
        if (!m.write) continue;
        const Written& written = written_.at(PackKeyValue(m.key, m.value));
        if (written.transaction != t) continue;  // somebody wrote the same
        readable |= last_read_[m.key] > c_.OperationOf(t).ret;
        seen |= written.seen;
        seen_after |= written.seen_after;
      }
      Failures& failures = by_error[Error(t)];
      failures.readable += readable || seen;
      failures.seen += seen;
      failures.seen_after += seen_after;
      if (seen) failures.transactions.push_back(t);
    }
    for (const auto& [error, failures] : by_error) {
      if (failures.seen > 0) DefiniteError(error, failures);
    }
  }

  void DefiniteError(ValueId error, const Failures& f) {
    const std::string name =
        error == kNoValue ? "without an error" : "with " + c_.history.values().ToShortText(error);
    const std::string words = error == kNoValue ? "" : c_.history.values().ToShortText(error);
    std::string text = std::to_string(f.seen) + " of " +
                       Count(f.readable, "transaction", "transactions") + " that failed " + name +
                       (f.seen == 1 ? " was" : " were") +
                       " read all the same, so either the error is wrongly taken for a definite "
                       "one, or the store showed what it had aborted (a dirty read, G1a). ";
    if (SoundsIndefinite(words)) {
      text +=
          "The classification is likelier: such an error does not say that nothing happened; "
          "record it as info.";
    } else if (f.seen == f.readable && f.seen > 1) {
      text +=
          "The classification is likelier: every one with this error that could be seen was; "
          "record it as info.";
    } else if (f.seen_after == 0) {
      text += "A dirty read is likelier: nobody saw it any more once the failure was known.";
    } else if (f.seen < f.readable) {
      text += "A dirty read is likelier: the others with this error left no trace.";
    } else {
      text += "One alone does not tell which; " + c_.NameOf(f.transactions[0]) +
              " was still there when its failure was known.";
    }
    Note("definite-error", text, f.transactions);
  }

  const TransactionColumns& c_;
  const bool lists_;
  CheckResult& result_;
  boost::unordered_flat_map<uint64_t, Written> written_;  // (key, value)
  boost::unordered_flat_set<uint64_t> failed_;            // the same, of what failed
  std::vector<Repetition> repetitions_;
  std::vector<Position> last_read_;  // by key: the latest call of a reader
  Json found_ = Json::array();
};

}  // namespace

void LintOutcomes(const TransactionColumns& columns, CheckResult* result) {
  try {
    OutcomeLint(columns, result).Run();
  } catch (const OutOfTime&) {
    // What was decided stands without it.
  }
}

}  // namespace cleave
