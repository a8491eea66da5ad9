// The anomalies of list-append transactions that are no cycles; see append_history.h. They are
// looked for on the keys that the one pass of append_versions.h found suspect.
#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>

#include "checkers/no_index.h"
#include "checkers/transactions/append_versions.h"

namespace cleave {
namespace {

class Observations {
 public:
  Observations(AppendHistory* appends, ModelVerdict* verdict)
      : a_(*appends), verdict_(*verdict), values_(appends->history.values()) {}

  void Run() {
    for (uint32_t t = 0; t < a_.transactions.size(); ++t) {
      if (a_.transactions[t].outcome == Outcome::kOk) Internal(t);
    }
    Prefixes();
    for (AppendKey& key : a_.keys) key.ambiguous |= key.disordered;
    for (uint32_t k = 0; k < a_.keys.size(); ++k) {
      if (a_.keys[k].suspect) VersionOrder(k);
    }
    Torn();
    Lost();
  }

 private:
  using Evidence = std::vector<uint32_t>;

  std::string Name(uint32_t t) const { return a_.NameOf(t); }
  std::string Text(ValueId v) const { return values_.ToShortText(v); }
  std::string KeyText(uint32_t key) const { return a_.KeyText(key); }
  std::string ListText(ValueId list) const { return list == kNull ? "[]" : Text(list); }

  /// `explain` gives the words: it is not asked for those that are only counted.
  template <class Explain>
  void Report(const char* name, Explain explain, const Evidence& transactions, uint32_t key) {
    if (!verdict_.Count(name)) return;
    Anomaly anomaly{name,
                    explain(),
                    {},
                    a_.names[key].independent,
                    {{"key", values_.ToShortJson(a_.names[key].name)}}};
    for (const uint32_t t : transactions)
      anomaly.operations.push_back(a_.transactions[t].operation);
    auto& ops = anomaly.operations;
    std::sort(ops.begin(), ops.end());
    ops.erase(std::unique(ops.begin(), ops.end()), ops.end());
    verdict_.Explain(std::move(anomaly));
  }

  struct Inside {
    const MicroOp* before = nullptr;  // the last read of the key
    std::vector<ValueId> own;         // appended since then, or since the beginning
  };

  /// What a transaction says of itself: a read shows what it read before, with its own appends
  /// behind.
  void Internal(uint32_t t) {
    const Transaction& txn = a_.transactions[t];
    if (txn.end - txn.begin < 2) return;
    boost::unordered_flat_map<uint32_t, Inside> keys;
    for (uint32_t i = txn.begin; i < txn.end; ++i) {
      const uint32_t key = a_.mops[i].key;
      if (!a_.keys[key].suspect) continue;
      Inside& state = keys[key];
      if (a_.mops[i].write) {
        state.own.push_back(a_.mops[i].value);
        continue;
      }
      const MicroOp* before = state.before;
      const std::vector<ValueId> own = std::exchange(state.own, {});
      state.before = &a_.mops[i];
      const auto seen = a_.Elements(a_.mops[i].value);
      a_.Step(seen.size(), t);
      const auto known =
          before == nullptr ? std::span<const ValueId>() : a_.Elements(before->value);
      const bool size =
          before == nullptr ? seen.size() >= own.size() : seen.size() == known.size() + own.size();
      const bool holds = size && std::equal(known.begin(), known.end(), seen.begin()) &&
                         std::equal(own.rbegin(), own.rend(), seen.rbegin());
      if (holds) continue;
      const auto explain = [&] {
        return "Inside " + Name(t) + " the read of " + KeyText(key) + " returned " +
               ListText(a_.mops[i].value) +
               (before != nullptr ? ", although it had read " + ListText(before->value) : "") +
               (own.empty()
                    ? " before, and appended nothing in between."
                    : (before != nullptr ? " and then appended " : ", although it had appended ") +
                          JoinText(own) + " itself.");
      };
      Report("internal", explain, {t}, key);
    }
  }
  std::string JoinText(const std::vector<ValueId>& elements) const {
    std::string text;
    for (const ValueId e : elements) text += (text.empty() ? "" : ", ") + Text(e);
    return Shortened(text);
  }

  /// Equal lists have one id, so each list is compared once a key.
  void Prefixes() {
    boost::unordered_flat_map<uint64_t, bool> known;
    for (uint32_t t = 0; t < a_.transactions.size(); ++t) {
      for (uint32_t i = a_.transactions[t].begin; i < a_.transactions[t].end; ++i) {
        const MicroOp& m = a_.mops[i];
        if (m.write || m.value == kNull || !a_.keys[m.key].suspect) continue;
        if (!known.try_emplace(PackKeyValue(m.key, m.value), true).second) continue;
        a_.Step(a_.Elements(m.value).size(), t);
        OneList(t, m);
      }
    }
  }

  void OneList(uint32_t t, const MicroOp& m) {
    const auto seen = a_.Elements(m.value);
    std::vector<ValueId> sorted(seen.begin(), seen.end());
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    // On an ambiguous key it may really have been appended twice.
    if (twice != sorted.end() && !a_.keys[m.key].ambiguous) return Twice(t, m, *twice);
    const AppendKey& key = a_.keys[m.key];
    const auto longest = a_.Elements(key.longest);
    const auto [at, other] = std::mismatch(seen.begin(), seen.end(), longest.begin());
    if (at == seen.end()) return;
    a_.keys[m.key].disordered = true;
    const auto explain = [&, at = at, other = other] {
      return Name(t) + " read " + KeyText(m.key) + " as " + ListText(m.value) + ", and " +
             Name(key.longest_reader) + " as " + ListText(key.longest) + ": at place " +
             std::to_string(at - seen.begin() + 1) + " one has " + Text(*at) + " and the other " +
             Text(*other) + ". Lists only grow at their end, so both cannot be.";
    };
    Report("incompatible-order", explain, {t, key.longest_reader}, m.key);
  }

  void Twice(uint32_t t, const MicroOp& m, ValueId element) {
    a_.keys[m.key].disordered = true;
    const Append* append = a_.Find(m.key, element);
    Evidence evidence{t};
    if (append != nullptr) evidence.push_back(append->transaction);
    const auto explain = [&] {
      return Name(t) + " read " + KeyText(m.key) + " as " + ListText(m.value) + ": " +
             Text(element) + " is there twice, but was appended " +
             (append == nullptr ? "never." : "once.");
    };
    Report("duplicate-elements", explain, evidence, m.key);
  }

  void VersionOrder(uint32_t k) {
    const AppendKey& key = a_.keys[k];
    const auto longest = a_.Elements(key.longest);
    uint32_t aborted = kNone;  // the transaction of the last element whose append had failed
    if (!longest.empty()) a_.Step(longest.size(), key.longest_reader);
    const auto read = [&] {
      return Name(key.longest_reader) + " read " + KeyText(k) + " as " + ListText(key.longest);
    };
    for (uint32_t p = 0; p < longest.size(); ++p) {
      Append* append = a_.Find(k, longest[p]);
      if (append == nullptr) {
        const auto explain = [&] {
          return read() + ", but nobody ever appended " + Text(longest[p]) + ".";
        };
        Report("unwritten", explain, {key.longest_reader}, k);
        continue;
      }
      if (key.ambiguous) continue;
      append->position = p;
      const uint32_t writer = append->transaction;
      if (a_.transactions[writer].outcome == Outcome::kFail) {
        const auto explain = [&] {
          return read() + ": " + Text(longest[p]) + " was appended by " + Name(writer) +
                 ", which had certainly failed (an aborted read).";
        };
        Report("G1a", explain, {key.longest_reader, writer}, k);
        aborted = writer;
        continue;
      }
      a_.happened[writer] = true;
      if (aborted != kNone) {
        const auto explain = [&] {
          return Name(writer) + " appended " + Text(longest[p]) + " to " + KeyText(k) +
                 " behind an element of " + Name(aborted) + ", which had certainly failed; " +
                 Name(key.longest_reader) + " read both: " + ListText(key.longest) + ".";
        };
        Report("dirty-update", explain, {writer, aborted, key.longest_reader}, k);
        aborted = kNone;
      }
    }
  }

  /// The appends of one transaction to one key come whole and in order, for everybody else.
  void Torn() {
    struct Last {
      uint32_t mop, transaction;
    };
    boost::unordered_flat_map<uint32_t, Last> last;  // key → the transaction's latest append
    boost::unordered_flat_map<uint32_t, uint32_t> next_own;  // append → the transaction's next one
    for (uint32_t t = 0; t < a_.transactions.size(); ++t) {
      if (!a_.happened[t]) continue;
      for (uint32_t i = a_.transactions[t].begin; i < a_.transactions[t].end; ++i) {
        if (!a_.mops[i].write || !a_.keys[a_.mops[i].key].suspect) continue;
        const auto [it, fresh] = last.try_emplace(a_.mops[i].key, Last{i, t});
        if (!fresh && it->second.transaction == t) {
          next_own[it->second.mop] = i;
          OwnOrder(t, it->second.mop, i);
        }
        it->second = {i, t};
      }
    }
    for (uint32_t t = 0; t < a_.transactions.size(); ++t) {
      for (uint32_t i = a_.transactions[t].begin; i < a_.transactions[t].end; ++i) {
        const MicroOp& m = a_.mops[i];
        if (m.write || !a_.keys[m.key].suspect || a_.keys[m.key].ambiguous) continue;
        const auto seen = a_.Elements(m.value);
        if (seen.empty()) continue;
        const Append* append = a_.Find(m.key, seen.back());
        if (append == nullptr) continue;
        if (append->transaction == t) {
          if (append->mop > i) BeforeItWasMade(t, m);
          continue;
        }
        const auto next = next_own.find(append->mop);
        if (next == next_own.end()) continue;
        const auto explain = [&] {
          return Name(t) + " read " + KeyText(m.key) + " as " + ListText(m.value) +
                 ", which ends in the middle of " + Name(append->transaction) +
                 ": that went on to append " + Text(a_.mops[next->second].value) +
                 " (an intermediate read).";
        };
        Report("G1b", explain, {t, append->transaction}, m.key);
      }
    }
  }

  void BeforeItWasMade(uint32_t t, const MicroOp& m) {
    const auto explain = [&] {
      return "Inside " + Name(t) + " the read of " + KeyText(m.key) + " returned " +
             ListText(m.value) + ": it read its own append of " +
             Text(a_.Elements(m.value).back()) + " before it was made.";
    };
    Report("internal", explain, {t}, m.key);
  }

  void OwnOrder(uint32_t t, uint32_t first, uint32_t second) {
    const uint32_t k = a_.mops[first].key;
    if (a_.keys[k].ambiguous) return;
    const Append* a = a_.Find(k, a_.mops[first].value);
    const Append* b = a_.Find(k, a_.mops[second].value);
    if (b->position == kNone || (a->position != kNone && a->position < b->position)) return;
    const uint32_t reader = a_.keys[k].longest_reader;
    const auto explain = [&] {
      return Name(t) + " appended " + Text(a_.mops[first].value) + " and then " +
             Text(a_.mops[second].value) + " to " + KeyText(k) + ", but " + Name(reader) +
             " read " + ListText(a_.keys[k].longest) + ".";
    };
    Report("incompatible-order", explain, {t, reader}, k);
  }

  /// Acknowledged appends that no read shows, though one began afterwards.
  void Lost() {
    const auto call = [&](uint32_t t) { return a_.OperationOf(t).call; };
    for (uint32_t t = 0; t < a_.transactions.size(); ++t) {
      if (a_.transactions[t].outcome != Outcome::kOk) continue;
      const Position ret = a_.OperationOf(t).ret;
      for (uint32_t i = a_.transactions[t].begin; i < a_.transactions[t].end; ++i) {
        const MicroOp& m = a_.mops[i];
        const AppendKey& key = a_.keys[m.key];
        if (!m.write || !key.suspect || key.ambiguous || key.last_reader == kNone) continue;
        if (a_.Find(m.key, m.value)->position != kNone || call(key.last_reader) < ret) continue;
        const auto explain = [&] {
          return Name(t) + " was acknowledged at event " + std::to_string(ret) +
                 ", but its append of " + Text(m.value) + " to " + KeyText(m.key) +
                 " is in no read; " + Name(key.last_reader) +
                 " began after it and does not have it.";
        };
        Report("lost-append", explain, {t, key.last_reader}, m.key);
      }
    }
  }

  AppendHistory& a_;
  ModelVerdict& verdict_;
  const ValueTable& values_;
};

}  // namespace

void CheckObservations(AppendHistory* appends, ModelVerdict* verdict) {
  if (!NumberVersions(appends)) return;
  Observations(appends, verdict).Run();
  NumberSuspectVersions(appends);
}

}  // namespace cleave
